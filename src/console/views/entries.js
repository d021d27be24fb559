// The keys of a keyspace: by prefix, as a list or folded at a separator into a tree, a page at a time. Beside them the entry that is chosen.

import {h, replace} from '../lib/dom.js';
import {get, json, path} from '../lib/api.js';
import {Key, visible} from '../lib/keys.js';
import {ago, counted} from '../lib/format.js';
import {go, hash} from '../lib/route.js';
import {confirmByName} from '../lib/dialog.js';
import {button, empty, field, loading, problemBox, select, toast, whileBusy} from '../lib/parts.js';
import {drop, showOptions} from './keyspaces.js';
import {exportEntries, importEntries, takeDrops} from './transfer.js';
import {createEntry, showEntry} from './entry.js';

const PAGE = 100;
const SEPARATORS = [['', 'No tree'], ['/', 'Tree by /'], [':', 'Tree by :'], ['.', 'Tree by .'], ['-', 'Tree by -'], ['_', 'Tree by _']];

/** Shows a keyspace; returns how to leave it. */
export function show(root, context, route) {
  if (!context.can('reader')) {
    root.append(empty('Entries take the role reader', 'Your roles let you look after the service, not into what is stored.'));
    return null;
  }
  const control = new AbortController();
  const at = {
    keyspace: route.parts[0],
    prefix: route.query.get('prefix') ?? '',
    separator: route.query.get('tree') ?? '',
    reverse: route.query.has('reverse'),
    key: Key.parse(route.query.get('key') ?? '?')?.encoded ?? null,
  };
  const list = h('div', {class: 'keys'}, loading());
  const detail = h('section', {class: 'panel entry', 'aria-label': 'Entry'});
  root.classList.toggle('with-entry', at.key !== null);
  root.append(toolbar(at, context), h('div', {class: 'browser'}, h('section', {class: 'panel', 'aria-label': 'Keys'}, searchRow(at), crumbs(at), list), detail));
  const pages = new Pages(at, control.signal);
  const turn = async move => {
    try {
      replace(list, keyList(await pages.turn(move), at, pages, turn, context));
      mark(list, at.key);
    } catch (error) {
      if (error.name !== 'AbortError') {
        replace(list, problemBox(error), error.status === 410 ? button('Begin again', () => context.refresh()) : null);
      }
    }
  };
  const choose = () => {
    root.classList.toggle('with-entry', at.key !== null);
    mark(list, at.key);
    if (at.key === null) {
      replace(detail, empty('No entry chosen', 'Choose a key to see its value.'));
    } else {
      showEntry(detail, new Key(at.key), at.keyspace, context, {
        signal: control.signal,
        back: hash('data', [at.keyspace], queryOf(at, {key: null})),
        listChanged: () => turn('again'),
      });
    }
  };
  turn('first');
  choose();
  if (context.canWrite) {
    takeDrops(root, control.signal, file => importEntries(at.keyspace, context, file));
  }
  // Another key of the same list needs no new list.
  at.choose = key => {
    at.key = key;
    history.pushState(null, '', hash('data', [at.keyspace], queryOf(at)));
    choose();
  };
  return () => control.abort();
}

function queryOf(at, changes = {}) {
  return {prefix: at.prefix, tree: at.separator, reverse: at.reverse ? '1' : null, key: at.key, ...changes};
}

function mark(list, key) {
  for (const item of list.querySelectorAll('a[data-key]')) {
    if (item.dataset.key === key) {
      item.setAttribute('aria-current', 'true');
    } else {
      item.removeAttribute('aria-current');
    }
  }
}

function toolbar(at, context) {
  return h('div', {class: 'toolbar'},
      h('p', {class: 'crumb'}, h('a', {href: hash('data')}, 'Keyspaces'), h('span', {'aria-hidden': 'true'}, ' / '), h('strong', null, at.keyspace)),
      h('div', {class: 'actions'},
          context.canWrite ? button('New entry', () => createEntry(at.keyspace, at.prefix, context), {kind: 'primary'}) : null,
          context.canWrite ? button('Import', () => importEntries(at.keyspace, context)) : null,
          button('Export', () => exportEntries(at.keyspace)),
          button('Options', event => whileBusy(event.currentTarget, () => showOptions(at.keyspace, context))),
          context.can('admin') && context.canWrite ? button('Drop', () => drop(at.keyspace), {kind: 'danger'}) : null));
}

function searchRow(at) {
  const prefix = h('input', {type: 'search', value: at.prefix, placeholder: 'All keys', spellcheck: 'false', autocomplete: 'off', data: {id: 'prefix'}});
  const separator = select(SEPARATORS.some(([value]) => value === at.separator) ? SEPARATORS : [...SEPARATORS, [at.separator, `Tree by ${at.separator}`]], at.separator);
  const order = select([['', 'First keys first'], ['1', 'Last keys first']], at.reverse ? '1' : '');
  const search = () => go('data', [at.keyspace], {prefix: prefix.value, tree: separator.value, reverse: order.value});
  separator.addEventListener('change', search);
  order.addEventListener('change', search);
  return h('form', {class: 'search', role: 'search', 'aria-label': 'Keys', on: {submit: event => {
    event.preventDefault();
    search();
  }}}, h('div', {class: 'row'}, field('Keys that begin with', prefix), button('Search', search)),
  h('div', {class: 'row'}, field('Fold', separator), field('Order', order)));
}

/** The way down the tree, if there is one. */
function crumbs(at) {
  if (!at.separator || !at.prefix) {
    return null;
  }
  const steps = at.prefix.split(at.separator);
  const last = steps.pop();
  let prefix = '';
  const links = steps.map(step => {
    prefix += step + at.separator;
    return [h('a', {href: hash('data', [at.keyspace], queryOf(at, {prefix, key: null}))}, visible(step + at.separator))];
  });
  return h('nav', {class: 'way', 'aria-label': 'Prefix'}, h('a', {href: hash('data', [at.keyspace], queryOf(at, {prefix: null, key: null}))}, 'All'), ' ',
      links.map(each => [each, ' ']), last ? visible(last) : null);
}

/** Pages of keys. Values are left out: they may be large. The way back is kept as the cursors that led here. */
class Pages {
  constructor(at, signal) {
    this.at = at;
    this.signal = signal;
    this.cursors = [null];
    this.next = null;
  }

  async turn(move) {
    if (move === 'next') {
      this.cursors.push(this.next);
    } else if (move === 'previous') {
      this.cursors.pop();
    } else if (move === 'again' || move === 'first') {
      this.cursors = [null];
    }
    const page = await get(path`/v1/keyspaces/${this.at.keyspace}/entries`, {signal: this.signal, query: {
      prefix: this.at.prefix || null, delimiter: this.at.separator || null, reverse: this.at.reverse ? 'true' : null,
      fields: 'key,version,expiresAt', limit: PAGE, cursor: this.cursors.at(-1),
    }});
    this.next = page.cursor ?? null;
    return page;
  }
}

function keyList(page, at, pages, turn, context) {
  const rows = rowsOf(page, at);
  if (rows.length === 0) {
    const exact = queryOf(at, {key: Key.ofText(at.prefix).encoded});
    return at.prefix ? empty('No key begins so', 'Shorten the prefix. If an entry with this very key was deleted, its history may still have it.', h('div', {class: 'actions'},
        h('a', {class: 'button', href: hash('data', [at.keyspace])}, 'All keys'), h('a', {class: 'button', href: hash('data', [at.keyspace], exact)}, 'History of this key')))
      : empty('No entries yet', context.canWrite ? 'Write the first one, or drop a file here to import it: NDJSON, CSV or an export.' : 'Nothing has been written here.');
  }
  const items = h('ul', {class: 'key-list', on: {keydown: arrows}}, rows.map(row => h('li', null, row)));
  return [items, h('div', {class: 'pager'},
      button('Previous', () => turn('previous'), {kind: 'small', disabled: pages.cursors.length < 2, data: {id: 'previous'}}),
      h('span', {class: 'muted'}, `Page ${pages.cursors.length}, ${counted(rows.length, 'row')}`),
      button('Next', () => turn('next'), {kind: 'small', disabled: pages.next === null, data: {id: 'next'}}),
      at.prefix && context.canWrite ? button('Delete all of this prefix', () => deletePrefix(at, turn), {kind: 'quiet small'}) : null)];
}

/** Entries and folded prefixes, in the order of their keys. */
function rowsOf(page, at) {
  const folded = (page.prefixes ?? []).map(each => ({key: Key.of(each.prefix, each.keyEncoding), folded: true}));
  const entries = page.entries.map(each => ({key: Key.of(each.key, each.keyEncoding), entry: each}));
  const all = folded.length === 0 ? entries : [...folded, ...entries].sort((a, b) => compare(a.key.bytes, b.key.bytes) * (at.reverse ? -1 : 1));
  return all.map(each => each.folded ? foldedRow(each.key, at) : keyRow(each.key, each.entry, at));
}

function compare(a, b) {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a[i] !== b[i]) {
      return a[i] - b[i];
    }
  }
  return a.length - b.length;
}

function foldedRow(key, at) {
  const text = key.text;
  return text === null ? h('span', {class: 'key folded'}, key.shown)
    : h('a', {class: 'key folded', href: hash('data', [at.keyspace], queryOf(at, {prefix: text, key: null}))},
        h('span', {class: 'key-text'}, tail(key, at)), h('span', {class: 'muted', 'aria-hidden': 'true'}, '›'));
}

function keyRow(key, entry, at) {
  return h('a', {class: 'key', href: hash('data', [at.keyspace], queryOf(at, {key: key.encoded})), data: {key: key.encoded, id: key.encoded}, title: key.shown,
    on: {click: event => {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        at.choose(key.encoded);
      }
    }}},
  h('span', {class: 'key-text'}, tail(key, at)), entry.expiresAt ? h('span', {class: 'muted small'}, `ends ${ago(entry.expiresAt)}`) : null);
}

/** In a tree a key is shown without what leads to it. */
function tail(key, at) {
  const shown = key.shown;
  const text = key.text;
  const lead = at.separator ? at.prefix.slice(0, at.prefix.lastIndexOf(at.separator) + at.separator.length) : '';
  return lead && text !== null && text.startsWith(lead) && text.length > lead.length ? visible(text.slice(lead.length)) : shown || '(empty key)';
}

/** Arrow keys go from key to key. */
function arrows(event) {
  const moves = {ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity};
  if (event.key in moves) {
    const links = [...event.currentTarget.querySelectorAll('a')];
    const next = Math.min(links.length - 1, Math.max(0, links.indexOf(document.activeElement) + moves[event.key]));
    links[next].focus();
    event.preventDefault();
  }
}

async function deletePrefix(at, turn) {
  const done = await confirmByName({
    title: 'Delete all keys of a prefix', name: at.prefix, action: 'Delete all',
    text: ['Every entry of ', h('strong', null, at.keyspace), ' whose key begins with this goes, in one commit. It cannot be undone here.'],
    run: () => json('DELETE', path`/v1/keyspaces/${at.keyspace}/entries`, {query: {prefix: at.prefix, confirm: 'true'}}),
  });
  if (done) {
    toast(`All keys that begin with ${visible(at.prefix)} are deleted.`);
    turn('first');
  }
}
