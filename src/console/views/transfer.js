// Import and export of a keyspace.

import {h, replace} from '../lib/dom.js';
import {address, authorization, call, path, Problem} from '../lib/api.js';
import {save} from '../lib/values.js';
import {bytes, count, counted} from '../lib/format.js';
import {dialog} from '../lib/dialog.js';
import {empty, field, problemBox, progress, select, table, toast} from '../lib/parts.js';

const TYPES = {ndjson: 'application/x-ndjson', jsonl: 'application/x-ndjson', json: 'application/x-ndjson', csv: 'text/csv', gz: 'application/gzip'};

/** Takes files that are dropped on a view. */
export function takeDrops(root, signal, take) {
  const hold = event => {
    if ([...event.dataTransfer.types].includes('Files')) {
      event.preventDefault();
      root.classList.add('dropping');
    }
  };
  root.addEventListener('dragenter', hold, {signal});
  root.addEventListener('dragover', hold, {signal});
  root.addEventListener('dragleave', event => {
    if (!root.contains(event.relatedTarget)) {
      root.classList.remove('dropping');
    }
  }, {signal});
  root.addEventListener('drop', event => {
    root.classList.remove('dropping');
    const file = event.dataTransfer.files[0];
    if (file) {
      event.preventDefault();
      take(file);
    }
  }, {signal});
}

/** Asks for a file, or takes the one that was dropped, and imports it. */
export async function importEntries(keyspace, context, dropped = null) {
  const input = h('input', {type: 'file', accept: '.ndjson,.jsonl,.json,.csv,.gz'});
  const keyField = h('input', {type: 'text', placeholder: '/id', spellcheck: 'false'});
  const onError = select([['stop', 'Stop at the first'], ['skip', 'Leave them out']], 'stop');
  const chosen = h('p', {class: 'chosen'}, dropped ? [h('strong', null, dropped.name), ` ${bytes(dropped.size)}`] : 'No file yet.');
  const zone = h('div', {class: 'zone'}, h('p', null, 'Drop a file here, or choose one.'), field('File', input), chosen);
  let file = dropped;
  const take = taken => {
    file = taken;
    replace(chosen, h('strong', null, taken.name), ` ${bytes(taken.size)}`);
  };
  input.addEventListener('change', () => input.files[0] && take(input.files[0]));
  takeDrops(zone, new AbortController().signal, take);
  const state = h('div', {'aria-live': 'polite'});
  const running = {};
  const imported = await dialog(`Import into ${keyspace}`, [zone,
    h('p', {class: 'hint'}, 'NDJSON (.ndjson, .jsonl), CSV with a header row, or gzip of NDJSON as an export makes it.'),
    h('div', {class: 'row'}, field('Key is in', keyField, 'JSON pointer or /column. Empty: lines have key and value'), field('Lines that cannot be imported', onError)), state], [
    {text: 'Cancel', run: () => running.request?.abort()},
    {text: 'Import', kind: 'primary', submit: true, run: async () => {
      if (!file) {
        input.focus();
        return false;
      }
      const report = await send(keyspace, file, {keyField: keyField.value.trim() || null, onError: onError.value}, state, running);
      return report ?? false;
    }},
  ], {wide: true});
  running.request?.abort();
  if (imported?.imported !== undefined) {
    toast(`${counted(imported.imported, 'entry', 'entries')} imported.`);
    context.refresh();
    if (imported.rejected > 0) {
      await dialog('Lines that were left out', table('Lines', [
        {title: 'Line', kind: 'number', cell: row => count(row.line)},
        {title: 'Why', kind: 'wide', cell: row => row.problem?.detail ?? row.detail ?? row.problem?.title ?? ''},
      ], (imported.rejections ?? []).slice(0, 100), {empty: empty('No details')}), [{text: 'Close'}], {wide: true});
    }
  }
}

/** Sends a file. Two things move: bytes on their way to the service, and lines that it has committed. */
function send(keyspace, file, query, state, running) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    running.request = request;
    const target = new URL(address(path`/v1/keyspaces/${keyspace}/entries:import`));
    Object.entries(query).forEach(([name, value]) => value !== null && target.searchParams.set(name, value));
    request.open('POST', target);
    const headers = {...authorization(), 'Content-Type': TYPES[file.name.split('.').pop().toLowerCase()] ?? 'application/x-ndjson',
      'Accept': 'application/x-ndjson, application/problem+json'};
    Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
    let part = 0;
    let seen = 0;
    let last = null;
    const draw = () => replace(state, progress('Sent', part), h('p', {class: 'muted'},
        `${bytes(part * file.size)} of ${bytes(file.size)} sent; ${counted(last?.acknowledgedLines ?? 0, 'line')} committed.`));
    const readLines = () => {
      const end = request.responseText.lastIndexOf('\n');
      if (end > seen) {
        const line = request.responseText.slice(seen, end).trim().split('\n').pop();
        seen = end;
        last = JSON.parse(line);
        draw();
      }
    };
    request.upload.addEventListener('progress', event => {
      part = event.total > 0 ? event.loaded / event.total : 1;
      draw();
    });
    request.addEventListener('progress', readLines);
    request.addEventListener('load', () => {
      try {
        if (request.status >= 300) {
          reject(new Problem(JSON.parse(request.responseText)));
          return;
        }
        readLines();
        if (last?.problem) {
          reject(new Problem(last.problem));
        } else {
          resolve(last?.result ?? last);
        }
      } catch (error) {
        reject(error);
      }
    });
    request.addEventListener('error', () => reject(new Error('The service broke the connection off. What it had committed by then is there.')));
    request.addEventListener('abort', () => resolve(null));
    draw();
    request.send(file);
  });
}

/** Exports a keyspace into a file. Where the browser can, it is written while it comes; else it is held until it is whole. */
export async function exportEntries(keyspace) {
  const control = new AbortController();
  const name = `${keyspace}.ndjson.gz`;
  const state = h('p', {'aria-live': 'polite'}, 'Asking …');
  const work = (async () => {
    const response = await call('GET', path`/v1/keyspaces/${keyspace}/entries:export`, {signal: control.signal});
    const chunks = [];
    let size = 0;
    for (const reader = response.body.getReader();;) {
      const {done, value} = await reader.read();
      if (done) {
        break;
      }
      chunks.push(value);
      size += value.length;
      state.textContent = `${bytes(size)} received.`;
    }
    save(new Blob(chunks, {type: 'application/gzip'}), name);
    state.textContent = `Done: ${bytes(size)} in ${name}. An import takes this file as it is.`;
  })();
  work.catch(error => {
    if (error.name !== 'AbortError') {
      replace(state, problemBox(error));
    }
  });
  await dialog(`Export ${keyspace}`, [h('p', null, 'All entries as they are at this moment, as gzip of NDJSON.'), state], [{text: 'Close'}]);
  control.abort();
}
