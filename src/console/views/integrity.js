// Whether the data are whole: the scrub, which reads everything again and again, checks on demand, and what is in quarantine.

import {h, replace} from '../lib/dom.js';
import {get} from '../lib/api.js';
import {actuatorDocument} from '../lib/service.js';
import {poll} from '../lib/poll.js';
import {ago, bytes, count, counted, date, share} from '../lib/format.js';
import {visible} from '../lib/keys.js';
import {hash} from '../lib/route.js';
import {badge, button, empty, facts, loading, panel, problemBox, progress, table, whileBusy} from '../lib/parts.js';
import {keyText} from './picture.js';

const ROWS_MAX = 200;
const FINDERS = {read: 'a read', compaction: 'a compaction', scrub: 'the scrub', check: 'a check', backup: 'a backup'};

/**
 * The panel.
 * @param {function(Object): Promise} begin begins an operation
 * @returns {{element: HTMLElement, load: function(), stop: function()}}
 */
export function integrityPanel(begin) {
  const state = h('div', null, loading());
  const quarantine = h('div', null, loading());
  const check = button('Check everything now', event => whileBusy(event.currentTarget, () => begin({kind: 'integrity-check'})), {title: 'Reads and checks every byte of the database'});
  const watch = poll(async signal => {
    try {
      const [known, held] = await Promise.all([actuatorDocument('integrity', signal), get('/v1/admin/quarantine', {signal})]);
      replace(state, known === null ? empty('Out of reach', 'The scrub is told on the management port of the service, which this page does not reach.') : words(known));
      replace(quarantine, quarantineTable(held.items));
    } catch (error) {
      if (!error.status) {
        throw error;
      }
      replace(quarantine, problemBox(error));
    }
  }, 15000);
  return {element: panel('Integrity', {actions: check}, state, h('h3', null, 'Quarantine'), quarantine), load: () => watch.now(), stop: () => watch.stop()};
}

function words(known) {
  const scrub = known.scrub ?? {};
  const part = scrub.passBytesAll > 0 ? scrub.passBytes / scrub.passBytesAll : 0;
  const faults = known.report?.faults ?? [];
  return [facts(
      ['Scrub', scrub.bytesPerSecondMax === 0 ? badge('warn', 'Off') : scrub.running ? badge('info', `Reading, ${share(part)}`) : badge('ok', 'Between two passes')],
      ['Last pass complete', scrub.completedAt ? [date(scrub.completedAt), h('br', null), h('span', {class: 'muted'}, ago(scrub.completedAt))] : 'not yet'],
      ['This pass', scrub.running && scrub.passStartedAt ? `since ${date(scrub.passStartedAt)}` : null],
      ['Damaged blocks in it', scrub.passBlocksDamaged ?? null],
      ['At most', scrub.bytesPerSecondMax ? `${bytes(scrub.bytesPerSecondMax)}/s` : null],
      ['Scrub says', scrub.problem ? visible(scrub.problem) : null],
      ['Last check on demand', checkWords(known)]),
  scrub.running ? progress('Scrub', part) : null,
  faults.length > 0 ? table('Faults', [
    {title: 'File', kind: 'code nowrap', cell: row => visible(row.file)},
    {title: 'At byte', kind: 'number', cell: row => count(row.offset)},
    {title: 'What is wrong', kind: 'wide', cell: row => visible(row.reason)},
  ], faults.slice(0, ROWS_MAX)) : null];
}

function checkWords({phase, startedAt, failure, report}) {
  switch (phase) {
    case 'RUNNING': return badge('info', `Running since ${date(startedAt)}`);
    case 'FAILED': return badge('bad', visible(failure ?? 'It could not go on'));
    case 'FINISHED': return [report.faults.length > 0 ? badge('bad', counted(report.faults.length, 'fault')) : badge('ok', 'No fault'),
      h('br', null), h('span', {class: 'muted'}, `${date(startedAt)}, ${bytes(report.bytesChecked)}`)];
    default: return 'none since the start';
  }
}

function quarantineTable(items) {
  return [table('Quarantine', [
    {title: 'Keyspace', cell: row => h('a', {href: hash('storage', [row.keyspace])}, row.keyspace)},
    {title: 'File', kind: 'code nowrap', cell: row => visible(row.file)},
    {title: 'Keys from', kind: 'code', cell: row => keyText(row.firstKey)},
    {title: 'to', kind: 'code', cell: row => row.endKey ? ['before ', keyText(row.endKey)] : keyText(row.lastKey)},
    {title: 'Size', kind: 'number', cell: row => bytes(row.bytes)},
    {title: 'Found', cell: row => `${date(row.foundAt)} by ${FINDERS[row.foundBy] ?? row.foundBy}`},
    {title: 'Why', cell: row => visible(row.reason ?? '')},
  ], items.slice(0, ROWS_MAX), {empty: empty('Nothing is in quarantine', 'A block whose checksum is wrong would be set apart here and never be served.')}),
  items.length > 0 ? h('p', {class: 'note'}, 'Reads of these keys are refused. Restore a backup beside, and write back what is missing; the runbook “corruption found” has the steps.') : null];
}
