// The keyspaces: their list, and the dialogs that make, change and drop one.

import {h, replace} from '../lib/dom.js';
import {get, json, path} from '../lib/api.js';
import {bytes, count, counted, duration} from '../lib/format.js';
import {go, hash} from '../lib/route.js';
import {confirmByName, dialog} from '../lib/dialog.js';
import {button, empty, facts, field, loading, panel, problemBox, select, table, tag, toast} from '../lib/parts.js';

const ROWS_MAX = 500;
const LAYOUTS = ['read-optimized', 'balanced', 'write-optimized', 'time-ordered', 'auto'];
const COMPRESSIONS = ['none', 'lz4', 'zstd', 'zstd-high'];

/** Shows the list. */
export function show(root, context) {
  const control = new AbortController();
  const filter = h('input', {type: 'search', placeholder: 'Filter by name', 'aria-label': 'Filter keyspaces by name', spellcheck: 'false',
    on: {input: () => draw()}});
  const list = h('div', null, loading());
  const actions = [h('div', {class: 'filter'}, filter), context.can('admin') ? button('New keyspace', () => create(), {kind: 'primary'}) : null];
  root.append(panel('Keyspaces', {actions}, list));
  let all = [];
  let complete = false;

  const draw = () => {
    const wanted = filter.value.trim().toLowerCase();
    const found = all.filter(each => each.name.includes(wanted));
    const shown = found.slice(0, ROWS_MAX);
    const rest = found.length - shown.length;
    replace(list, keyspaceTable(shown, wanted, context),
        rest > 0 ? h('p', {class: 'note'}, `${counted(rest, 'more keyspace')}: filter by name to see ${rest === 1 ? 'it' : 'them'}.`) : null,
        complete ? null : loading('Loading more …'));
  };
  load(control.signal, page => {
    all = [...all, ...page.keyspaces];
    complete = !page.cursor;
    draw();
  }).catch(error => {
    if (error.name !== 'AbortError') {
      replace(list, problemBox(error));
    }
  });
  return () => control.abort();
}

/** Loads pages, a small one first: it is what one sees. */
async function load(signal, take) {
  let page = {cursor: null};
  for (let limit = 100; limit === 100 || page.cursor; limit = 450) {
    page = await get('/v1/keyspaces', {query: {limit, cursor: page.cursor}, signal});
    take(page);
  }
}

function keyspaceTable(rows, wanted, context) {
  return table('Keyspaces', [
    {title: 'Name', cell: row => context.can('reader') ? h('a', {href: hash('data', [row.name])}, row.name) : row.name},
    {title: 'Entries', kind: 'number', cell: row => count(row.statistics?.entries)},
    {title: 'Size', kind: 'number', cell: row => bytes(row.statistics?.bytes)},
    {title: 'Layout', cell: row => tag(row.options.layout)},
    {title: 'Durability', cell: row => row.options.durability},
    {title: 'History', cell: row => historyWords(row.options)},
  ], rows, {empty: wanted ? empty('No keyspace has this in its name', 'Change the filter.') : empty('No keyspaces', context.can('admin')
    ? 'A keyspace is a named, ordered set of entries. Make the first one.' : 'There is none that you may see. Someone with the role admin can make one.')});
}

/** What a keyspace keeps of the past, in words. */
export function historyWords(options) {
  const versions = options.historyVersions > 1 ? `${options.historyVersions} versions` : null;
  const age = options.historyAge && options.historyAge !== 'PT0S' ? duration(options.historyAge) : null;
  return [versions, age].filter(part => part).join(', ') || 'none';
}

function optionFields(options) {
  return {
    layout: select(LAYOUTS, options.layout ?? 'balanced'),
    durability: select(['synced', 'logged'], options.durability ?? 'synced'),
    compression: select(COMPRESSIONS, options.compression ?? 'lz4'),
    historyVersions: h('input', {type: 'number', min: 1, value: options.historyVersions ?? 1}),
    historyAge: h('input', {type: 'text', value: options.historyAge ?? 'PT0S', spellcheck: 'false'}),
    defaultTtl: h('input', {type: 'text', value: options.defaultTtl ?? 'PT0S', spellcheck: 'false'}),
  };
}

function optionForm(fields) {
  return [
    h('div', {class: 'row'}, field('Layout', fields.layout, 'auto follows the load'), field('Durability', fields.durability, 'synced outlives a power cut'),
        field('Compression', fields.compression)),
    h('div', {class: 'row'}, field('Versions kept', fields.historyVersions, '1 keeps the newest only'), field('Kept for', fields.historyAge, 'ISO 8601, such as P7D'),
        field('Entries expire after', fields.defaultTtl, 'ISO 8601; PT0S is never')),
  ];
}

/** The options that differ from those before, as the call takes them. */
function changed(fields, before) {
  const wanted = Object.entries(fields).map(([name, input]) => [name, name === 'historyVersions' ? Number(input.value) : input.value.trim()]);
  return Object.fromEntries(wanted.filter(([name, value]) => value !== before[name]));
}

async function create() {
  const name = h('input', {type: 'text', spellcheck: 'false', autocomplete: 'off', data: {first: ''}});
  const fields = optionFields({});
  const made = await dialog('New keyspace', [field('Name', name, 'Small letters, digits, - and _, beginning with a letter'), ...optionForm(fields)], [
    {text: 'Cancel'},
    {text: 'Create', kind: 'primary', submit: true, run: async () => {
      if (!name.value.trim()) {
        name.focus();
        return false;
      }
      await json('PUT', path`/v1/keyspaces/${name.value.trim()}`, {json: changed(fields, {layout: '', durability: ''})});
      return name.value.trim();
    }},
  ], {wide: true});
  if (made) {
    toast(`Keyspace ${made} is there.`);
    go('data', [made]);
  }
}

/** Shows the options of a keyspace, and changes them if the caller may. */
export async function showOptions(name, context) {
  const found = await get(path`/v1/keyspaces/${name}`);
  const options = found.options;
  const statistics = found.statistics ?? {};
  const words = facts(['Entries', count(statistics.entries)], ['That expire', count(statistics.expiringEntries)], ['Size', bytes(statistics.bytes)],
      ['In memory', bytes(statistics.memtableBytes)], ['Run files', count(statistics.runFiles)], ['Leaf size', bytes(options.leafBytes)],
      ['Point index', options.pointIndex], ['Compression of the last level', options.bottomCompression]);
  if (!context.can('admin')) {
    await dialog(`Keyspace ${name}`, [facts(['Layout', options.layout], ['Durability', options.durability], ['Compression', options.compression],
        ['History', historyWords(options)], ['Entries expire after', duration(options.defaultTtl)]), words], [{text: 'Close'}], {wide: true});
    return;
  }
  const fields = optionFields(options);
  const done = await dialog(`Keyspace ${name}`, [...optionForm(fields), words], [
    {text: 'Cancel'},
    {text: 'Change', kind: 'primary', submit: true, run: () => json('PUT', path`/v1/keyspaces/${name}`, {json: changed(fields, options)})},
  ], {wide: true});
  if (done) {
    toast(`The options of ${name} are changed.`);
    context.refresh();
  }
}

/** Drops a keyspace, if its name is typed. */
export async function drop(name) {
  const done = await confirmByName({
    title: 'Drop a keyspace', name, action: 'Drop it',
    text: ['All entries of ', h('strong', null, name), ' go with it. Only a restore of a backup brings them back.'],
    run: () => json('DELETE', path`/v1/keyspaces/${name}`, {query: {confirm: name}}),
  });
  if (done) {
    toast(`Keyspace ${name} is dropped.`);
    go('data');
  }
}
