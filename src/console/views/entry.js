// One entry: its value as JSON, text or hexadecimal, its history, and writes that happen only if no other was made in between.

import {h, replace} from '../lib/dom.js';
import {call, json} from '../lib/api.js';
import {Key, visible} from '../lib/keys.js';
import {hexOf, isJson, isJsonText, pretty, save, SHOWN_MAX, textOf} from '../lib/values.js';
import {ago, bytes, count, date} from '../lib/format.js';
import {go} from '../lib/route.js';
import {dialog} from '../lib/dialog.js';
import {button, copyButton, facts, field, loading, problemBox, segments, select, toast, whileBusy} from '../lib/parts.js';
import {showConflict} from './conflict.js';
import {historyList} from './history.js';

const EDIT_MAX = 1048576;
const ENCODED = {keyEncoding: 'base64url'};

/** An entry as it was read. */
class Entry {
  constructor(key, response, content) {
    this.key = key;
    this.tag = response.headers.get('ETag').replace(/-gzip"$/, '"');
    this.version = this.tag.replace(/^W\//, '').replaceAll('"', '');
    this.contentType = response.headers.get('Content-Type') ?? 'application/octet-stream';
    this.expiresAt = response.headers.get('Lightning-Expires-At');
    this.bytes = content;
    const range = response.headers.get('Content-Range');
    this.size = range ? Number(range.split('/')[1]) : content.length;
  }

  /** Whether all of the value is here. */
  get whole() {
    return this.bytes.length === this.size;
  }
}

/** Reads a value, or the beginning of a large one. */
async function read(keyspace, key, {at = null, whole = false, signal} = {}) {
  const headers = whole ? {} : {Range: `bytes=0-${SHOWN_MAX - 1}`};
  let response;
  try {
    response = await call('GET', key.path(keyspace), {query: {...ENCODED, at}, headers, signal});
  } catch (error) {
    // A value of no bytes has no range.
    if (error.status !== 416) {
      throw error;
    }
    response = await call('GET', key.path(keyspace), {query: {...ENCODED, at}, signal});
  }
  return new Entry(key, response, new Uint8Array(await response.arrayBuffer()));
}

/** Writes a value. */
function write(keyspace, key, content, {contentType, expiry, condition}) {
  return json('PUT', key.path(keyspace), {query: ENCODED, body: content,
    headers: {'Content-Type': contentType, ...expiry, ...condition}});
}

/**
 * Shows an entry.
 * @param {HTMLElement} root
 * @param {Key} key
 * @param {{signal: AbortSignal, back: string, listChanged: function()}} list the list beside it
 */
export async function showEntry(root, key, keyspace, context, list) {
  const again = () => showEntry(root, key, keyspace, context, list);
  const head = [h('a', {class: 'back', href: list.back}, 'Back to the keys'),
    h('div', {class: 'entry-head'}, h('h2', null, h('code', null, key.shown || '(empty key)')), key.text === null ? null : copyButton(key.text, 'Copy key'))];
  if (root.dataset.key !== key.encoded) {
    replace(root, head, loading());
  }
  root.dataset.key = key.encoded;
  let entry;
  try {
    entry = await read(keyspace, key, {signal: list.signal});
  } catch (error) {
    if (error.name !== 'AbortError' && root.dataset.key === key.encoded) {
      replace(root, head, problemBox(error), error.slug === 'entry-not-found' ? historyList(keyspace, key, null, context, again) : null);
    }
    return;
  }
  if (root.dataset.key !== key.encoded || list.signal.aborted) {
    return;
  }
  const actions = h('div', {class: 'actions'},
      context.canWrite && entry.whole && textOf(entry.bytes) !== null && entry.size <= EDIT_MAX
        ? button('Edit', () => edit(root, entry, keyspace, context, list), {data: {id: 'edit'}}) : null,
      button('Download', event => whileBusy(event.currentTarget, () => download(keyspace, key))),
      context.canWrite ? button('Delete', event => whileBusy(event.currentTarget, () => remove(keyspace, entry, list, again)), {kind: 'danger'}) : null);
  replace(root, head, facts(['Type', h('code', null, visible(entry.contentType))], ['Size', bytes(entry.size)], ['Version', count(entry.version)],
      ['Ends', entry.expiresAt ? h('span', {title: date(entry.expiresAt)}, ago(entry.expiresAt)) : 'never']),
  actions, valueView(entry), historyList(keyspace, key, entry, context, again));
}

/** The value in the form that is chosen; at first in the one that fits. */
function valueView(entry) {
  const text = textOf(entry.bytes);
  const asJson = entry.whole && text !== null && (isJson(entry.contentType) || /^\s*[[{]/.test(text)) && isJsonText(text);
  const forms = [...(asJson ? [['json', 'JSON']] : []), ...(text === null ? [] : [['text', 'Text']]), ['hex', 'Hex']];
  const shown = h('pre', {class: 'value', tabindex: 0, role: 'region', 'aria-label': 'Value'});
  const draw = form => {
    shown.textContent = form === 'json' ? pretty(text) : form === 'text' ? text : hexOf(entry.bytes);
  };
  draw(forms[0][0]);
  return h('div', {class: 'value-view'},
      h('div', {class: 'value-head'}, segments('Value as', forms, forms[0][0], draw), text === null || entry.size === 0 ? null : copyButton(text, 'Copy value')),
      entry.size === 0 ? h('p', {class: 'muted'}, 'The value is empty.') : shown,
      entry.whole ? null : h('p', {class: 'note'}, `The first ${bytes(entry.bytes.length)} of ${bytes(entry.size)}. Download it to see all.`));
}

/** The value that an entry had at a version, in a dialog. */
export async function showPast(keyspace, key, at, version, restore) {
  const entry = await read(keyspace, key, {at, whole: true});
  await dialog(`Version ${count(version)}`, [facts(['Type', h('code', null, visible(entry.contentType))], ['Size', bytes(entry.size)]), valueView(entry)], [
    {text: 'Close'},
    restore ? {text: 'Write it again', kind: 'primary', run: () => restore(entry)} : null,
  ].filter(each => each), {wide: true});
}

/** Writes what an entry was, on the condition that it is still what is shown. */
export async function writeAgain(keyspace, past, current) {
  await write(keyspace, past.key, past.bytes, {contentType: past.contentType, expiry: expiryOf(null),
    condition: current ? {'If-Match': current.tag} : {'If-None-Match': '*'}});
  toast('Written again as the newest version.');
}

async function download(keyspace, key) {
  const response = await call('GET', key.path(keyspace), {query: ENCODED});
  save(new Blob([await response.arrayBuffer()], {type: 'application/octet-stream'}), (key.text ?? key.encoded).replace(/[^\w.-]+/g, '_').slice(0, 100) || 'value');
}

/** Deletes an entry if it is still what is shown, and offers to put it back. */
async function remove(keyspace, entry, list, again) {
  const whole = entry.whole ? entry : await read(keyspace, entry.key, {whole: true});
  await json('DELETE', entry.key.path(keyspace), {query: ENCODED, headers: {'If-Match': entry.tag}});
  list.listChanged();
  again();
  toast(`Deleted ${entry.key.shown.slice(0, 60)}.`, {action: {text: 'Undo', run: async () => {
    try {
      await write(keyspace, entry.key, whole.bytes, {contentType: whole.contentType, expiry: expiryOf(whole.expiresAt), condition: {'If-None-Match': '*'}});
      toast('It is back.');
    } catch (error) {
      toast(error.status === 412 ? 'Not undone: another entry was written there since.' : `Not undone: ${error.message}`, {kind: 'bad', problem: error});
    }
    list.listChanged();
    again();
  }}});
}

/** The header that says when an entry ends. */
function expiryOf(moment) {
  return moment ? {'Lightning-Expires-At': moment} : {'Lightning-Ttl': 'none'};
}

/** Fields for when an entry ends. */
function expiryFields(entry) {
  const choice = select([...(entry ? [['keep', entry.expiresAt ? `Keep: ends ${date(entry.expiresAt)}` : 'Keep: never ends']] : [['default', 'As the keyspace says']]),
    ...(!entry || entry.expiresAt ? [['never', 'Never']] : []), ['after', 'After …']], entry ? 'keep' : 'default');
  const number = h('input', {type: 'number', min: 1, value: 1, 'aria-label': 'How long'});
  const unit = select([['T%M', 'minutes'], ['T%H', 'hours'], ['%D', 'days']], 'T%H', {'aria-label': 'Unit'});
  const after = h('div', {class: 'row'}, number, unit);
  after.hidden = true;
  choice.addEventListener('change', () => {
    after.hidden = choice.value !== 'after';
  });
  return {
    element: h('div', null, field('Ends', choice), after),
    header() {
      switch (choice.value) {
        case 'keep': return expiryOf(entry.expiresAt);
        case 'never': return expiryOf(null);
        case 'after': return {'Lightning-Ttl': `P${unit.value.replace('%', number.value)}`};
        default: return {};
      }
    },
  };
}

/** Edits a value where it is shown. */
function edit(root, entry, keyspace, context, list) {
  const before = textOf(entry.bytes);
  const text = h('textarea', {class: 'code', spellcheck: 'false', rows: 18, data: {id: 'editor'}});
  text.value = isJson(entry.contentType) && isJsonText(before) ? pretty(before) : before;
  const type = h('input', {type: 'text', value: entry.contentType, spellcheck: 'false'});
  const expiry = expiryFields(entry);
  const trouble = h('div');
  const close = () => showEntry(root, entry.key, keyspace, context, list);
  const put = async current => {
    await write(keyspace, entry.key, text.value, {contentType: type.value, expiry: expiry.header(), condition: {'If-Match': current.tag}});
    toast('Saved.');
    close();
  };
  const save = async () => {
    trouble.replaceChildren();
    try {
      await put(entry);
    } catch (error) {
      if (error.status !== 412) {
        trouble.append(problemBox(error));
        return;
      }
      const theirs = await read(keyspace, entry.key, {whole: true}).catch(failure => failure.status === 404 ? null : Promise.reject(failure));
      showConflict({mine: text.value, theirs: theirs && (textOf(theirs.bytes) ?? hexOf(theirs.bytes)), prettify: isJson(type.value), version: theirs?.version,
        overwrite: () => theirs ? put(theirs) : write(keyspace, entry.key, text.value,
            {contentType: type.value, expiry: expiry.header(), condition: {'If-None-Match': '*'}}).then(close),
        take: close});
    }
  };
  replace(root, h('div', {class: 'entry-head'}, h('h2', null, 'Edit ', h('code', null, entry.key.shown))),
      h('form', {on: {submit: event => {
        event.preventDefault();
        whileBusy(event.submitter ?? text, save);
      }}},
      field('Value', text), h('div', {class: 'row'}, field('Type', type), expiry.element), trouble,
      h('div', {class: 'actions'}, h('button', {type: 'submit', class: 'button primary'}, 'Save'), button('Cancel', close)),
      h('p', {class: 'hint'}, `Saved only if version ${count(entry.version)} is still the newest.`)));
  text.focus();
}

/** Asks for a new entry. */
export async function createEntry(keyspace, prefix, context) {
  const name = h('input', {type: 'text', value: prefix, spellcheck: 'false', autocomplete: 'off', data: {first: ''}});
  const text = h('textarea', {class: 'code', spellcheck: 'false', rows: 12});
  const type = h('input', {type: 'text', value: 'application/json', spellcheck: 'false'});
  const expiry = expiryFields(null);
  const made = await dialog('New entry', [field('Key', name), field('Value', text), h('div', {class: 'row'}, field('Type', type, 'application/json must be valid JSON'), expiry.element)], [
    {text: 'Cancel'},
    {text: 'Write', kind: 'primary', submit: true, run: async () => {
      const key = Key.ofText(name.value);
      await write(keyspace, key, text.value, {contentType: type.value, expiry: expiry.header(), condition: {'If-None-Match': '*'}});
      return key;
    }},
  ], {wide: true});
  if (made) {
    toast('Written.');
    go('data', [keyspace], {prefix, key: made.encoded});
    context.refresh();
  }
}
