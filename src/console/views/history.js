// The versions that the database still has of an entry.

import {h, replace} from '../lib/dom.js';
import {get} from '../lib/api.js';
import {bytes, count} from '../lib/format.js';
import {visible} from '../lib/keys.js';
import {badge, button, empty, loading, problemBox, table, whileBusy} from '../lib/parts.js';
import {showPast, writeAgain} from './entry.js';

const SHOWN = 50;

/** A disclosure that loads the versions when it is opened. */
export function historyList(keyspace, key, current, context, again) {
  // Of an entry that is not there, the history is all that there is to see.
  const list = h('div', null, loading());
  return h('details', {class: 'history', open: current === null, data: {id: 'history'}, on: {toggle: event => {
    if (event.currentTarget.open) {
      load(list, keyspace, key, current, context, again);
    }
  }}}, h('summary', null, 'History'), list);
}

async function load(list, keyspace, key, current, context, again) {
  try {
    const past = await get(key.path(keyspace, '/history'), {query: {keyEncoding: 'base64url', limit: SHOWN}});
    // The oldest one may have been written before the time that is kept: it is read as it was at the beginning of that.
    const look = (version, button) => whileBusy(button, () => showPast(keyspace, key, Math.max(version, past.historyFrom), version,
        context.canWrite && version !== Number(current?.version) ? async entry => {
          await writeAgain(keyspace, entry, current);
          again();
        } : null));
    replace(list, table('Versions', [
      {title: 'Version', kind: 'number', cell: row => count(row.version)},
      {title: 'What', cell: row => row.deleted ? badge('off', 'Deleted') : String(row.version) === current?.version ? badge('ok', 'Now') : badge('info', 'Value')},
      {title: 'Size', kind: 'number', cell: row => row.deleted ? '' : row.sizeBytes === undefined ? `about ${bytes(row.storedBytes)}` : bytes(row.sizeBytes)},
      {title: 'Type', kind: 'code', cell: row => row.contentType ? visible(row.contentType) : ''},
      {title: 'Do', kind: 'actions', cell: row => row.deleted ? '' : button('Show', event => look(row.version, event.currentTarget), {kind: 'small'})},
    ], past.versions, {empty: empty('No versions', 'There was never an entry with this key, or what was there is no longer kept.')}),
    h('p', {class: 'hint'}, past.next ? `The newest ${SHOWN}.` : past.versions.length > 1 ? `What was in force since version ${count(past.historyFrom)} is kept.`
      : 'Older versions are gone. A keyspace that keeps some has “Versions kept” or “Kept for” in its options.'));
  } catch (error) {
    replace(list, problemBox(error));
  }
}
