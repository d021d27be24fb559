// Backups: which there are, on which each builds, whether it was verified, and the commands that restore it.

import {h, replace} from '../lib/dom.js';
import {get, json, path} from '../lib/api.js';
import {ago, bytes, count, counted, date} from '../lib/format.js';
import {confirmByName, dialog} from '../lib/dialog.js';
import {badge, button, copyable, empty, field, loading, panel, problemBox, table, toast, whileBusy} from '../lib/parts.js';

const ROWS_MAX = 200;

/**
 * The panel.
 * @param {Object} context
 * @param {function(Object): Promise} begin begins an operation
 * @returns {{element: HTMLElement, load: function()}}
 */
export function backupsPanel(context, begin) {
  const list = h('div', null, loading());
  const actions = h('div', {class: 'actions'});
  const start = body => event => whileBusy(event.currentTarget, () => begin(body));
  let place = null;

  const draw = ({backups, damaged, unfinished}) => {
    const newest = [...backups].sort((a, b) => a.createdAt < b.createdAt ? 1 : -1);
    replace(actions, button('Full backup', start({kind: 'backup', type: 'full'}), {kind: newest.length === 0 ? 'primary' : ''}),
        newest.length > 0 ? [button('Incremental backup', start({kind: 'backup', type: 'incremental'})),
          button('Check the newest by restoring it', start({kind: 'restore-check'})), button('Restore to a moment …', () => restoreToMoment(newest, place))] : null);
    replace(list, damaged.length > 0 ? h('div', {class: 'problem'}, h('p', {class: 'problem-title'}, counted(damaged.length, 'damaged backup')),
        h('p', null, damaged.join(', '), ' cannot be restored. Make a full backup, and look at the disk or bucket.')) : null,
    unfinished.length > 0 ? h('p', {class: 'note'}, `Unfinished: ${unfinished.join(', ')}. `, button('Go on with the last', start({kind: 'backup', resume: unfinished.at(-1)}), {kind: 'small'})) : null,
    backupTable(newest.slice(0, ROWS_MAX), newest, place, context, load));
  };
  const load = async () => {
    try {
      place ??= context.canServe('admin') ? await placeOfBackups() : null;
      draw(await get('/v1/admin/backups'));
    } catch (error) {
      replace(actions);
      replace(list, error.slug === 'backups-not-configured' ? empty('No backups are made', 'Set lightning.backup.directory to a folder on another disk, or to s3://bucket/prefix, and start the service again.')
        : problemBox(error));
    }
  };
  load();
  return {element: panel('Backups', {actions}, list), load};
}

/** Where backups are, which the settings tell those who may see them. */
async function placeOfBackups() {
  try {
    const {settings} = await get('/v1/admin/settings');
    return settings.find(each => each.name === 'lightning.backup.directory')?.value ?? null;
  } catch {
    return null;
  }
}

function backupTable(rows, all, place, context, load) {
  return table('Backups', [
    {title: 'Backup', kind: 'code nowrap', cell: row => row.id},
    {title: 'Taken', cell: row => h('span', {title: date(row.createdAt)}, date(row.createdAt), h('br', null), h('span', {class: 'muted'}, ago(row.createdAt)))},
    {title: 'Kind', cell: row => [row.type === 'full' ? badge('info', 'Full') : badge('off', 'Incremental'), row.parent ? h('span', {class: 'muted'}, ` on ${row.parent}`) : null]},
    {title: 'Copied', kind: 'number', cell: row => bytes(row.ownBytes)},
    {title: 'Whole', kind: 'number', cell: row => bytes(row.bytes)},
    {title: 'Version', kind: 'number', cell: row => count(row.version)},
    {title: 'Verified', cell: verified},
    {title: 'Do', kind: 'actions', cell: row => [button('Restore …', () => showCommands(row, all, place), {kind: 'small', data: {id: `restore-${row.id}`}}),
      context.canServe('admin') ? button('Delete', () => remove(row, load), {kind: 'small danger', data: {id: `delete-${row.id}`}}) : null]},
  ], rows, {empty: empty('No backup yet', 'Make a full one. Later ones may be incremental: they copy only what is new.')});
}

function verified(row) {
  const last = row.lastVerification;
  return !last ? badge('off', 'Not yet') : last.good ? badge('ok', `${last.depth === 'restored' ? 'Restored' : 'Read'} ${ago(last.at)}`, date(last.at)) : badge('bad', last.fault ?? 'Damaged');
}

/** A backup and those that it builds on, the full one first. */
export function chainOf(backup, all) {
  const chain = [backup];
  while (chain[0].parent) {
    const parent = all.find(each => each.id === chain[0].parent);
    if (!parent) {
      break;
    }
    chain.unshift(parent);
  }
  return chain;
}

function quoted(text) {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function commands(options, place) {
  const from = place ? quoted(place) : '<backups>';
  return `java -jar lightningdb.jar restore ${options} ${from} restored\njava -jar lightningdb.jar verify restored`;
}

function commandHelp(place) {
  return [place ? null : h('p', {class: 'hint'}, h('code', null, '<backups>'), ' stands for what lightning.backup.directory is set to.'),
    h('p', {class: 'hint'}, 'Run it where the service runs, in a distribution with ', h('code', null, 'bin/lightningdb'), ' for ', h('code', null, 'java -jar lightningdb.jar'),
        '. It makes the folder ', h('code', null, 'restored'), ' and verifies every byte; then stop the service and start it with --lightning.data-directory=restored.')];
}

function showCommands(backup, all, place) {
  const chain = chainOf(backup, all);
  return dialog('Restore a backup', [
    h('p', null, `As the data were at ${date(backup.createdAt)}, version ${count(backup.version)}:`), copyable(commands(`--backup=${backup.id}`, place)),
    h('h3', null, 'What it needs'),
    h('ol', {class: 'chain'}, chain.map(each => h('li', null, h('code', null, each.id), ' ', badge(each.type === 'full' ? 'info' : 'off', each.type), h('span', {class: 'muted'}, ` ${date(each.createdAt)}, ${bytes(each.ownBytes)}`)))),
    chain[0].parent ? h('p', {class: 'hint bad'}, `${chain[0].parent}, on which it builds, is not in the list.`) : null,
    commandHelp(place)], [{text: 'Close'}], {wide: true});
}

/** The command that restores a moment: from the newest backup before it and the archive of the log behind that. */
function restoreToMoment(newest, place) {
  const moment = h('input', {type: 'datetime-local', step: 1, data: {first: ''}});
  const answer = h('div', {'aria-live': 'polite'}, h('p', {class: 'hint'}, 'Choose a moment to see the command.'));
  moment.addEventListener('input', () => {
    const time = moment.value ? new Date(moment.value) : null;
    if (!time || Number.isNaN(time.getTime())) {
      return;
    }
    const before = newest.find(each => new Date(each.createdAt) <= time);
    replace(answer, !before ? h('p', {class: 'hint bad'}, `No backup is that old: the oldest is of ${date(newest.at(-1).createdAt)}.`) : [
      copyable(commands(`--to-time=${time.toISOString()}`, place)),
      h('p', {class: 'hint'}, `From backup ${before.id} of ${date(before.createdAt)} and the archive of the log after it. Without an archive, this is as near as it gets:`),
      copyable(commands(`--backup=${before.id}`, place))]);
  });
  return dialog('Restore to a moment', [field('Moment', moment, 'In the time zone of this browser'), answer, commandHelp(place)], [{text: 'Close'}], {wide: true});
}

async function remove(backup, load) {
  const done = await confirmByName({title: 'Delete a backup', name: backup.id, action: 'Delete it', text: 'Its files go. A backup that others build on is refused.',
    run: () => json('DELETE', path`/v1/admin/backups/${backup.id}`)});
  if (done) {
    toast('The backup is deleted.');
    load();
  }
}
