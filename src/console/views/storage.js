// Storage: what lies on disk, which keyspace has the most to do, and a picture of one of them.

import {h, replace} from '../lib/dom.js';
import {get, json, path} from '../lib/api.js';
import {actuatorDocument} from '../lib/service.js';
import {poll} from '../lib/poll.js';
import {bytes, count, counted, date} from '../lib/format.js';
import {hash} from '../lib/route.js';
import {badge, button, drawn, empty, facts, loading, panel, select, stack, table, tag, toast, whileBusy} from '../lib/parts.js';
import {picture} from './picture.js';

const ROWS_MAX = 500;
const LIST_INTERVAL = 15000;
const OF_THE_SERVICE = /^lightning-/;
const ORDERS = {
  runs: ['Most sorted runs first', (a, b) => b.sortedRuns - a.sortedRuns || b.runBytes - a.runBytes],
  size: ['Largest first', (a, b) => b.runBytes - a.runBytes],
  name: ['By name', (a, b) => a.name < b.name ? -1 : 1],
};
const LAYOUTS = {
  'read-optimized': 'Runs are merged at once and stay few: reads look into little, writes cost more.',
  'balanced': 'Runs are merged when some have gathered: between a B+tree and an LSM tree.',
  'write-optimized': 'Runs gather before they are merged: writes cost little, reads look into more.',
  'time-ordered': 'For keys that begin with a time: runs are hardly merged, and go whole when what is in them has expired.',
  'auto': 'The layout follows the load.',
};

/** Shows the view; returns how to leave it. */
export function show(root, context, route) {
  return route.parts[0] ? showKeyspace(root, route.parts[0]) : showList(root);
}

function showList(root) {
  const disk = h('div', null, loading());
  const list = h('div', null, loading());
  const filter = h('input', {type: 'search', placeholder: 'Filter by name', 'aria-label': 'Filter keyspaces by name', spellcheck: 'false'});
  const order = select(Object.entries(ORDERS).map(([value, [text]]) => [value, text]), 'runs', {'aria-label': 'Order'});
  root.append(panel('Disk', {actions: [startButton('flush', 'Flush all'), startButton('compaction', 'Compact all')]}, disk),
      panel('Keyspaces', {note: 'A read may have to look into every sorted run of its keyspace: the more there are, the slower it is. Frozen memtables wait for their flush; when too many do, writes wait too.',
        actions: [h('div', {class: 'filter'}, filter), order]}, list));
  let rows = null;
  const draw = () => {
    const wanted = filter.value.trim().toLowerCase();
    const found = (rows ?? []).filter(row => row.name.includes(wanted)).sort(ORDERS[order.value][1]);
    replace(list, keyspaceTable(found.slice(0, ROWS_MAX)), found.length > ROWS_MAX
      ? h('p', {class: 'note'}, `${counted(found.length - ROWS_MAX, 'more keyspace')}: filter by name.`) : null);
  };
  filter.addEventListener('input', draw);
  order.addEventListener('change', draw);
  const drawDisk = drawn(disk, diskFacts);
  const watch = poll(async signal => {
    try {
      const [storage, compaction] = await Promise.all([get('/v1/admin/storage', {signal}), actuatorDocument('compaction', signal)]);
      drawDisk(storage);
      rows = rowsOf(storage, compaction);
      draw();
    } catch (error) {
      drawDisk.fail(error);
      replace(list);
    }
  }, LIST_INTERVAL);
  return () => watch.stop();
}

/** What storage and compaction tell of each keyspace. Compaction is out of reach where Actuator has a port of its own. */
function rowsOf(storage, compaction) {
  const more = new Map((compaction?.keyspaces ?? []).map(each => [each.name, each]));
  return storage.keyspaces.map(each => {
    const known = more.get(each.name);
    return {...each, sortedRuns: each.levels.reduce((sum, level) => sum + level.sortedRuns, 0), layout: known?.layout, inForce: known?.effectiveLayout,
      frozen: known?.memtablesFrozen, compactions: known?.compactionsRunning, deadBytes: known?.deadBytes};
  });
}

function keyspaceTable(rows) {
  return table('Keyspaces on disk', [
    {title: 'Name', cell: row => OF_THE_SERVICE.test(row.name) ? [row.name, h('span', {class: 'muted'}, ' of the service itself')] : h('a', {href: hash('storage', [row.name])}, row.name)},
    {title: 'Sorted runs', kind: 'number', cell: row => count(row.sortedRuns)},
    {title: 'Size', kind: 'number', cell: row => bytes(row.runBytes)},
    {title: 'Files', kind: 'number', cell: row => count(row.runFiles)},
    {title: 'Frozen memtables', kind: 'number', cell: row => count(row.frozen)},
    {title: 'Layout', cell: row => row.layout ? tag(row.layout === row.inForce ? row.layout : `${row.layout}: ${row.inForce}`) : ''},
    {title: 'Now', cell: row => row.compactions > 0 ? badge('info', counted(row.compactions, 'compaction')) : ''},
  ], rows, {empty: empty('No keyspace', 'None has this in its name.')});
}

function diskFacts(storage) {
  return [
    stack('On disk', [{name: 'Runs', value: storage.runBytes, text: bytes(storage.runBytes)}, {name: 'Log', value: storage.log.bytes, text: bytes(storage.log.bytes)}]),
    facts(['Free on this disk', bytes(storage.diskFreeBytes)], ['Run files', count(storage.runFiles)], ['Segments of the log', count(storage.log.segments)],
        ['Directory', h('code', null, storage.directory)]),
  ];
}

function startButton(kind, text, keyspace) {
  return button(text, event => whileBusy(event.currentTarget, async () => {
    await json('POST', '/v1/admin/operations', {json: keyspace ? {kind, keyspace} : {kind}});
    toast(`The ${kind} has begun; Operations shows how far it is.`);
  }));
}

function showKeyspace(root, name) {
  const drawing = h('div', null, loading());
  const words = h('div', null, loading());
  root.append(h('div', {class: 'toolbar'},
      h('p', {class: 'crumb'}, h('a', {href: hash('storage')}, 'Storage'), h('span', {'aria-hidden': 'true'}, ' / '), h('strong', null, name)),
      h('div', {class: 'actions'}, startButton('flush', 'Flush', name), startButton('compaction', 'Compact', name),
          h('a', {class: 'button', href: hash('data', [name])}, 'Entries'))),
  panel('Runs', {note: 'Newest on top. From left to right go the keys, in order: where bars lie above each other, a read of such a key looks into each.'}, drawing),
  panel('What the layout decided', {}, words));
  const draw = drawn(drawing, picture);
  const drawWords = drawn(words, layoutWords);
  const watch = poll(async signal => {
    try {
      const shape = await get(path`/v1/admin/storage/keyspaces/${name}`, {signal});
      draw(shape);
      drawWords({layout: shape.layout, layoutInForce: shape.layoutInForce, decisions: shape.decisions, compactions: shape.compactions.length, levels: shape.levels.length});
    } catch (error) {
      draw.fail(error);
      drawWords.fail(error);
    }
  });
  return () => watch.stop();
}

function layoutWords(shape) {
  return [
    facts(['Layout', tag(shape.layout)], ['In force', tag(shape.layoutInForce)], ['Levels', count(shape.levels)], ['Compactions under way', count(shape.compactions)]),
    h('p', {class: 'note'}, LAYOUTS[shape.layoutInForce] ?? ''),
    shape.layout === 'auto' ? table('Decisions', [
      {title: 'When', cell: row => date(row.time)},
      {title: 'From', cell: row => tag(row.from)},
      {title: 'To', cell: row => tag(row.to)},
      {title: 'Why', kind: 'wide', cell: row => row.reason},
    ], shape.decisions, {empty: empty('No change so far', 'The load has given no reason to leave the layout that is in force.')})
      : h('p', {class: 'note'}, 'It is set in the options of the keyspace; the layout auto would follow the load, and would tell here why it changed.'),
  ];
}
