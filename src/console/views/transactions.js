// Transactions and snapshots: who keeps old versions, since when, and how to end it.

import {h} from '../lib/dom.js';
import {call, json, parse, path} from '../lib/api.js';
import {poll} from '../lib/poll.js';
import {ago, count, counted, date, span} from '../lib/format.js';
import {visible} from '../lib/keys.js';
import {confirm} from '../lib/dialog.js';
import {badge, button, drawn, empty, loading, mark, panel, table, tag, toast} from '../lib/parts.js';

const ROWS_MAX = 250;
const OLD_MILLIS = 600000;

/** Shows the view; returns how to leave it. */
export function show(root) {
  const pins = h('div', null, loading());
  const open = h('div', null, loading());
  const snapshots = h('div', null, loading());
  root.append(panel('What is kept from being freed', {kind: 'attention'}, pins),
      panel('Open transactions', {note: 'A transaction that is ended is rolled back; its client is told that it has expired.'}, open),
      panel('Open snapshots', {note: 'What an open snapshot sees is kept, however old it is. Running requests, lists between two pages and transactions have one.'}, snapshots));
  // Ages grow by themselves: tables are drawn anew when something changed, and every now and then.
  const draw = {
    pins: drawn(pins, pinWords),
    open: drawn(open, ({rows}) => transactionTable(rows, () => watch.now())),
    snapshots: drawn(snapshots, ({rows}) => snapshotTable(rows, () => watch.now())),
  };
  const watch = poll(async signal => {
    try {
      const [transactions, all] = await Promise.all([read('/v1/admin/transactions', signal), read('/v1/admin/snapshots', signal)]);
      const oldest = all.body.snapshots.reduce((a, b) => a && a.version <= b.version ? a : b, null);
      draw.pins(oldest && {owner: oldest.owner, version: oldest.version, openedAt: oldest.openedAt, old: oldest.ageMillis > OLD_MILLIS, age: Math.floor(oldest.ageMillis / 5000),
        now: all.version, count: all.body.snapshots.length});
      const tick = Math.floor(Date.now() / 15000);
      draw.open({tick, rows: transactions.body.transactions.map(({owner, transaction: t}) => ({owner, id: t.id, isolation: t.isolation, readOnly: t.readOnly, state: t.state, version: t.version,
        begun: new Date(Math.round((Date.now() - t.ageMillis) / 10000) * 10000).toISOString(), lease: t.lease}))});
      draw.snapshots({tick, rows: all.body.snapshots.map(({id, owner, version, openedAt}) => ({id, owner, version, openedAt}))});
    } catch (error) {
      Object.values(draw).forEach(each => each.fail(error));
    }
  });
  return () => watch.stop();
}

async function read(where, signal) {
  const response = await call('GET', where, {signal, headers: {Accept: 'application/json'}});
  return {version: response.headers.get('Lightning-Version'), body: parse(await response.text())};
}

function pinWords(oldest) {
  if (!oldest) {
    return h('ul', {class: 'advice'}, h('li', {class: 'ok'}, mark('ok'), h('div', null, h('p', {class: 'advice-title'}, 'Nothing'),
        h('p', {class: 'muted'}, 'No snapshot is open: old versions are freed by compactions, as far as keyspaces keep no history.'))));
  }
  const behind = oldest.now === null ? null : Number(oldest.now) - Number(oldest.version);
  return h('ul', {class: 'advice'}, h('li', {class: oldest.old ? 'warn' : 'ok'}, mark(oldest.old ? 'warn' : 'ok'), h('div', null,
      h('p', {class: 'advice-title'}, `Versions since ${count(oldest.version)}`),
      h('p', {class: 'muted'}, `The oldest of ${counted(oldest.count, 'snapshot')} is of ${oldest.owner ? visible(oldest.owner) : 'an unknown owner'}, open for ${
        span(Date.now() - new Date(oldest.openedAt))}${behind ? `, ${counted(behind, 'commit')} behind` : ''}. ${oldest.old ? 'If nothing needs it any more, end it below.' : 'That is no age to worry about.'}`))));
}

function transactionTable(rows, again) {
  return [table('Open transactions', [
    {title: 'Transaction', kind: 'code', cell: row => row.id},
    {title: 'Owner', cell: row => visible(row.owner)},
    {title: 'Isolation', cell: row => [tag(row.isolation), row.readOnly ? [' ', tag('read-only')] : null]},
    {title: 'State', cell: row => badge(row.state === 'active' ? 'info' : 'warn', row.state)},
    {title: 'Sees version', kind: 'number', cell: row => count(row.version)},
    {title: 'Begun', cell: row => h('span', {title: date(row.begun)}, ago(row.begun))},
    {title: 'Do', kind: 'actions', cell: row => button('End', () => confirm('End a transaction', `Transaction ${row.id} of ${visible(row.owner)} is rolled back. Its client has to begin again.`, 'End it',
        async () => {
          await json('DELETE', path`/v1/admin/transactions/${row.id}`);
          toast('The transaction is ended.');
          again();
        }), {kind: 'small danger', data: {id: `end-${row.id}`}})},
  ], rows.slice(0, ROWS_MAX), {empty: empty('No open transactions', 'Each is listed here while it is open, with the client that began it.')}), more(rows)];
}

function snapshotTable(rows, again) {
  return [table('Open snapshots', [
    {title: 'Snapshot', kind: 'code', cell: row => row.id},
    {title: 'Owner', cell: row => visible(row.owner || 'unknown')},
    {title: 'Sees version', kind: 'number', cell: row => count(row.version)},
    {title: 'Opened', cell: row => h('span', {title: date(row.openedAt)}, ago(row.openedAt))},
    {title: 'Do', kind: 'actions', cell: row => button('End', () => confirm('End a snapshot', `What reads through snapshot ${row.id} (${visible(row.owner || 'unknown owner')}) fails with a problem that says so.`, 'End it',
        async () => {
          await json('DELETE', path`/v1/admin/snapshots/${row.id}`);
          toast('The snapshot is ended.');
          again();
        }), {kind: 'small danger', data: {id: `snapshot-${row.id}`}})},
  ], rows.slice(0, ROWS_MAX), {empty: empty('No open snapshots', 'Nothing keeps old versions.')}), more(rows)];
}

function more(rows) {
  return rows.length > ROWS_MAX ? h('p', {class: 'note'}, `The first ${ROWS_MAX} of ${count(rows.length)}.`) : null;
}
