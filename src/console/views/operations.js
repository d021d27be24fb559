// Operations: the mode of the service, work in the background, backups, and whether the data are whole.

import {h} from '../lib/dom.js';
import {get, json, path} from '../lib/api.js';
import {poll} from '../lib/poll.js';
import {ago, bytes, counted, date, share, span} from '../lib/format.js';
import {hash} from '../lib/route.js';
import {visible} from '../lib/keys.js';
import {badge, button, drawn, empty, loading, panel, problemBox, progress, table, toast, whileBusy} from '../lib/parts.js';
import {dialog} from '../lib/dialog.js';
import {backupsPanel} from './backups.js';
import {integrityPanel} from './integrity.js';
import {modePanel} from './mode.js';

const NAMES = {
  'backup': 'Backup', 'restore-check': 'Restore check', 'compaction': 'Compaction', 'flush': 'Flush', 'integrity-check': 'Integrity check', 'checkpoint': 'Checkpoint',
};
const STATES = {running: ['info', 'Running'], succeeded: ['ok', 'Done'], failed: ['bad', 'Failed'], cancelled: ['off', 'Cancelled'], interrupted: ['warn', 'Interrupted']};

/** Shows the view; returns how to leave it. */
export function show(root, context) {
  const list = h('div', null, loading());
  const start = (kind, more) => event => whileBusy(event.currentTarget, () => begin({kind, ...more}, () => watch.now()));
  const backups = backupsPanel(context, body => begin(body, () => watch.now()));
  const integrity = integrityPanel(body => begin(body, () => watch.now()));
  const mode = modePanel(context);
  root.append(mode.element,
      panel('Work in the background', {actions: [button('Checkpoint', start('checkpoint'), {title: 'Makes runs of all that is in memory, so that the next start has little to read'}),
        button('Flush', start('flush'), {title: 'Makes runs of the memtables of all keyspaces'}),
        button('Compact', start('compaction'), {title: 'Merges the runs of all keyspaces as far as can be'})]}, list),
      backups.element, integrity.element);
  const draw = drawn(list, ({operations}) => operationTable(operations, () => watch.now()));
  let ended = null;
  const watch = poll(async signal => {
    try {
      const {operations} = await get('/v1/admin/operations', {signal});
      draw({operations, tick: Math.floor(Date.now() / 15000)});
      const now = operations.filter(each => each.endedAt).map(each => each.id).join();
      if (ended !== null && now !== ended) {
        backups.load();
        integrity.load();
      }
      ended = now;
    } catch (error) {
      draw.fail(error);
    }
  });
  return () => {
    watch.stop();
    integrity.stop();
    mode.stop();
  };
}

/** Begins an operation. */
async function begin(body, again) {
  const begun = await json('POST', '/v1/admin/operations', {json: body});
  toast(`${NAMES[begun.kind] ?? begun.kind} begun.`);
  again();
  return begun;
}

function operationTable(operations, again) {
  return table('Operations', [
    {title: 'What', cell: row => [h('strong', null, NAMES[row.kind] ?? row.kind), parameters(row)]},
    {title: 'State', cell: row => badge(...(STATES[row.state] ?? ['off', row.state]))},
    {title: 'Begun', cell: row => h('span', {title: date(row.startedAt)}, ago(row.startedAt))},
    {title: 'How it went', kind: 'wide', cell: outcome},
    {title: 'Do', kind: 'actions', cell: row => row.state === 'running' ? button('Cancel', event => whileBusy(event.currentTarget, async () => {
      await json('DELETE', path`/v1/admin/operations/${row.id}`);
      toast('It will stop soon.');
      again();
    }), {kind: 'small danger', data: {id: `cancel-${row.id}`}}) : button('Details', () => showDetails(row), {kind: 'small', data: {id: `details-${row.id}`}})},
  ], operations, {empty: empty('Nothing was done yet', 'Backups, checks, flushes and compactions that are begun here or by a schedule are listed, the last hundred of them.')});
}

function parameters(row) {
  const texts = Object.entries(row.parameters ?? {}).map(([name, value]) => name === 'keyspace' ? `of ${value}` : value);
  return texts.length > 0 ? h('span', {class: 'muted'}, ` ${visible(texts.join(', '))}`) : null;
}

function outcome(row) {
  if (row.state === 'running') {
    return h('div', {class: 'going'}, progress(`Progress of ${row.kind}`, row.progress), h('span', {class: 'muted number'},
        `${share(row.progress)}${row.bytesPerSecond ? `, ${bytes(row.bytesPerSecond)}/s` : ''}${row.estimatedEndAt ? `, done ${ago(row.estimatedEndAt)}` : ''}`));
  }
  const took = row.endedAt ? `Took ${span(new Date(row.endedAt) - new Date(row.startedAt))}. ` : '';
  return row.problem ? `${row.problem.title}: ${visible(row.problem.detail ?? '')}` : took + resultWords(row);
}

function resultWords({kind, result = {}}) {
  switch (kind) {
    case 'backup': return result.backup ? `${result.backup}: ${bytes(result.ownBytes)} copied of ${bytes(result.bytes)}${result.deleted?.length ? `; ${result.deleted.length} old ones deleted` : ''}.` : '';
    case 'restore-check': return result.backup ? `${result.backup} was restored and verified.` : '';
    default: return result.keyspaces !== undefined ? `${counted(result.keyspaces, 'keyspace')}.` : '';
  }
}

function showDetails(row) {
  return dialog(NAMES[row.kind] ?? row.kind, [row.problem ? problemBox(Object.assign(new Error(row.problem.detail), row.problem)) : null,
    h('pre', {class: 'value', tabindex: 0, role: 'region', 'aria-label': 'The operation as the service tells it'}, JSON.stringify(row, null, 2)),
    row.parameters?.keyspace ? h('p', null, h('a', {href: hash('storage', [row.parameters.keyspace])}, 'Storage of the keyspace')) : null], [{text: 'Close'}], {wide: true});
}
