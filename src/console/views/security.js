// Security: who the caller is, the tokens of the service, and what was done of late.

import {h, replace} from '../lib/dom.js';
import {get, json, path} from '../lib/api.js';
import {ago, count, counted, date} from '../lib/format.js';
import {visible} from '../lib/keys.js';
import {confirmByName, dialog} from '../lib/dialog.js';
import {badge, button, copyable, empty, facts, field, loading, loadInto, panel, problemBox, table, tag, toast} from '../lib/parts.js';

const AUDIT_PAGE = 100;
const TOKENS_MAX = 300;
const ROLES = {
  reader: 'reads entries', writer: 'reads and writes entries', operator: 'watches and looks after the service, sees no entries', admin: 'may do everything',
};

/** Shows the view. */
export function show(root, context) {
  const caller = context.caller;
  root.append(panel('You', {}, facts(['Name', visible(caller.name ?? '')], ['Roles', caller.roles.map(role => [tag(role), ' '])],
      ['Keyspaces', caller.keyspaces?.join(', ')], ['Token', caller.id ? h('code', null, caller.id) : null], ['Ends', caller.expiresAt ? `${date(caller.expiresAt)} (${ago(caller.expiresAt)})` : null],
      ['Credentials', caller.secured ? badge('ok', 'Asked for') : badge('warn', 'Not asked for')]),
  caller.secured ? null : h('p', {class: 'note'}, 'Whatever reaches this address may do everything. Create a token here or with the command ', h('code', null, 'token create'),
      ', and start the service again: from then on credentials are asked for.')));
  if (!context.canServe('admin')) {
    root.append(panel('Tokens and audit', {}, empty('These take the role admin', 'Someone with that role can make tokens and read what was done.')));
    return;
  }
  const tokens = h('div', null, loading());
  const load = () => loadInto(tokens, () => get('/v1/admin/tokens'), answer => tokenTable(answer.tokens, load));
  root.append(panel('Tokens', {actions: button('New token', () => create(load), {kind: 'primary'})}, tokens), auditPanel());
  load();
}

function tokenTable(tokens, load) {
  return [table('Tokens', [
    {title: 'Name', cell: row => h('strong', null, visible(row.name))},
    {title: 'Id', kind: 'code', cell: row => row.id},
    {title: 'Roles', cell: row => row.roles.map(role => [tag(role), ' '])},
    {title: 'Keyspaces', cell: row => row.keyspaces.join(', ')},
    {title: 'Ends', cell: row => row.expiresAt ? [date(row.expiresAt), new Date(row.expiresAt) < new Date() ? [' ', badge('off', 'Ended')] : null] : 'never'},
    {title: 'Last used', cell: row => row.lastUsedAt ? h('span', {title: date(row.lastUsedAt)}, ago(row.lastUsedAt)) : 'never'},
    {title: 'Do', kind: 'actions', cell: row => button('Revoke', () => revoke(row, load), {kind: 'small danger', data: {id: `revoke-${row.id}`}})},
  ], tokens.slice(0, TOKENS_MAX), {empty: empty('No tokens', 'Make one for each program and person, with the roles and keyspaces that it needs.')}),
  tokens.length > TOKENS_MAX ? h('p', {class: 'note'}, `The first ${TOKENS_MAX} of ${count(tokens.length)}.`) : null];
}

async function create(load) {
  const name = h('input', {type: 'text', maxlength: 64, autocomplete: 'off', data: {first: ''}});
  const boxes = Object.keys(ROLES).map(role => h('input', {type: 'checkbox', value: role}));
  const keyspaces = h('input', {type: 'text', value: '*', spellcheck: 'false'});
  const days = h('input', {type: 'number', min: 1, max: 3660, placeholder: 'for ever'});
  const made = await dialog('New token', [field('Name', name, 'What you call it, such as the program that uses it'),
    h('fieldset', {class: 'roles'}, h('legend', null, 'Roles'), boxes.map(box => h('label', {class: 'check'}, box, h('span', null, h('strong', null, box.value), ` ${ROLES[box.value]}`)))),
    h('div', {class: 'row'}, field('Keyspaces', keyspaces, 'Names or beginnings with *, commas between them'), field('Valid for days', days))], [
    {text: 'Cancel'},
    {text: 'Create', kind: 'primary', submit: true, run: () => json('POST', '/v1/admin/tokens', {json: {
      name: name.value.trim(), roles: boxes.filter(box => box.checked).map(box => box.value), keyspaces: keyspaces.value.split(',').map(text => text.trim()).filter(text => text),
      ...(days.value ? {ttl: `P${days.value}D`} : {}),
    }})},
  ]);
  if (made) {
    await dialog('The token', [h('p', null, 'This is the only time that it is shown. Keep it where only ', h('strong', null, visible(made.name)), ' can read it.'), copyable(made.token)], [{text: 'I have kept it', kind: 'primary'}]);
    load();
  }
}

async function revoke(token, load) {
  const done = await confirmByName({title: 'Revoke a token', name: token.name, action: 'Revoke it', text: 'Its next request is refused. It cannot be had back.',
    run: () => json('DELETE', path`/v1/admin/tokens/${token.id}`)});
  if (done) {
    toast('The token is revoked.');
    load();
  }
}

/** What was done, the newest first, page by page. */
function auditPanel() {
  const list = h('div', null, loading());
  const before = [null];
  const load = async () => {
    try {
      const page = await get('/v1/admin/audit', {query: {limit: AUDIT_PAGE, before: before.at(-1)}});
      replace(list, auditTable(page.events), h('div', {class: 'pager'},
          button('Newer', () => {
            before.pop();
            load();
          }, {kind: 'small', disabled: before.length < 2, data: {id: 'newer'}}),
          h('span', {class: 'muted'}, counted(page.events.length, 'event')),
          button('Older', () => {
            before.push(page.next);
            load();
          }, {kind: 'small', disabled: !page.next, data: {id: 'older'}})));
    } catch (error) {
      replace(list, problemBox(error));
    }
  };
  load();
  return panel('Audit', {note: 'What was changed and what was refused since the start of the service, a thousand of each at most. An audit file, if lightning.security.audit-file names one, has all.', actions: button('Newest', () => {
    before.splice(1);
    load();
  }, {kind: 'small'})}, list);
}

function auditTable(events) {
  return table('Audit', [
    {title: 'When', cell: row => h('span', {title: ago(row.time)}, date(row.time))},
    {title: 'Who', cell: row => [visible(row.actor ?? ''), row.address ? h('span', {class: 'muted'}, ` ${visible(row.address)}`) : null]},
    {title: 'What', cell: row => visible(row.action ?? '')},
    {title: 'On', kind: 'code', cell: row => visible(row.target ?? '')},
    {title: 'Outcome', cell: row => outcomeBadge(String(row.outcome ?? ''))},
    {title: 'Request', kind: 'code nowrap', cell: row => row.requestId ?? ''},
  ], events, {empty: empty('Nothing yet', 'What is changed or denied from now on is listed here.')});
}

function outcomeBadge(outcome) {
  const [kind] = outcome.split(':');
  return badge({done: 'ok', failed: 'warn', denied: 'bad'}[kind] ?? 'off', visible(outcome));
}
