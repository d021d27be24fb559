// The mode of the service: whether it takes writes, whether it serves entries, and why not.

import {h} from '../lib/dom.js';
import {get, json} from '../lib/api.js';
import {poll} from '../lib/poll.js';
import {ago, date, span} from '../lib/format.js';
import {visible} from '../lib/keys.js';
import {dialog} from '../lib/dialog.js';
import {badge, button, drawn, facts, field, loading, panel, select, toast, whileBusy} from '../lib/parts.js';

const MODES = {'read-write': ['ok', 'Reads and writes'], 'read-only': ['warn', 'Read-only'], 'maintenance': ['warn', 'Maintenance: no entries are served']};

/** The panel, with how to stop it. */
export function modePanel(context) {
  const state = h('div', null, loading());
  const resume = button('Resume writes', event => whileBusy(event.currentTarget, async () => {
    const answer = await json('POST', '/v1/admin/resume');
    toast(answer.resumed ? 'Writes are taken again.' : 'Writes were not refused.');
    watch.now();
    context.modeChanged();
  }), {kind: 'primary'});
  resume.hidden = true;
  const change = context.canServe('admin') ? button('Change the mode', async () => {
    if (await changeMode()) {
      watch.now();
      context.modeChanged();
    }
  }) : null;
  const draw = drawn(state, ({mode}) => facts(['Mode', badge(...(MODES[mode.mode] ?? ['off', mode.mode]))],
      ['Why', mode.reason ? visible(mode.reason) : null], ['Since', h('span', {title: date(mode.since)}, ago(mode.since))], ['Until', mode.until ? date(mode.until) : null],
      ['After a restart', mode.mode === 'read-write' ? null : mode.survivesRestart ? 'stays' : 'reads and writes'],
      ['Storage failed', mode.storageFailure ? `${visible(mode.storageFailure.cause)}, ${span(mode.storageFailure.ageMillis)} ago` : null]));
  const watch = poll(async signal => {
    const mode = await get('/v1/admin/mode', {signal}).catch(draw.fail);
    if (!mode) {
      return;
    }
    resume.hidden = !mode.storageFailure;
    draw({mode, tick: Math.floor(Date.now() / 30000)});
  }, 15000);
  return {element: panel('Mode', {actions: [resume, change]}, state), stop: () => watch.stop()};
}

function changeMode() {
  const mode = select([['read-write', 'Reads and writes'], ['read-only', 'Read-only: writes are refused'], ['maintenance', 'Maintenance: entries are not served']], 'read-only');
  const reason = h('input', {type: 'text', maxlength: 200, data: {first: ''}});
  const until = h('input', {type: 'datetime-local'});
  const restart = h('input', {type: 'checkbox'});
  const more = h('div', null, field('Reason', reason, 'Refused clients are told this line'), field('Until', until, 'Empty: until it is changed again'),
      h('label', {class: 'check'}, restart, 'The next start ends it'));
  mode.addEventListener('change', () => {
    more.hidden = mode.value === 'read-write';
  });
  return dialog('Change the mode', [field('Mode', mode), more], [
    {text: 'Cancel'},
    {text: 'Change', kind: 'primary', submit: true, run: async () => {
      const body = mode.value === 'read-write' ? {mode: mode.value} : {mode: mode.value, reason: reason.value.trim(), untilRestart: restart.checked,
        ...(until.value ? {until: new Date(until.value).toISOString()} : {})};
      if (mode.value !== 'read-write' && !body.reason) {
        reason.focus();
        return false;
      }
      await json('PUT', '/v1/admin/mode', {json: body});
      return true;
    }},
  ]);
}
