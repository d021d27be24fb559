// Settings in force: every one, where its value comes from, and what it is if nothing says otherwise.

import {h, replace} from '../lib/dom.js';
import {get} from '../lib/api.js';
import {count, counted} from '../lib/format.js';
import {visible} from '../lib/keys.js';
import {badge, empty, loading, panel, problemBox, table, tag} from '../lib/parts.js';

const ROWS_MAX = 500;

/** Shows the view. */
export function show(root) {
  const list = h('div', null, loading());
  const summary = h('p', {class: 'note', role: 'status'});
  const filter = h('input', {type: 'search', placeholder: 'Filter', 'aria-label': 'Filter settings by name, value or description', spellcheck: 'false', data: {id: 'filter'}});
  const changed = h('input', {type: 'checkbox', data: {id: 'changed'}});
  root.append(panel('Settings in force', {note: 'They are read at the start: change them in config/application.yaml, as environment variables or behind the command, and start the service again. Secrets are masked.',
    actions: [h('label', {class: 'check'}, changed, 'Changed only'), h('div', {class: 'filter'}, filter)]}, summary, list));
  let settings = [];
  const draw = () => {
    const wanted = filter.value.trim().toLowerCase();
    const found = settings.filter(each => (!changed.checked || each.source !== 'default')
      && (!wanted || `${each.name} ${each.value} ${each.description ?? ''}`.toLowerCase().includes(wanted)));
    summary.textContent = `${counted(found.length, 'setting')} of ${count(settings.length)}${found.length > ROWS_MAX ? `; the first ${ROWS_MAX} are shown` : ''}`;
    replace(list, settingTable(found.slice(0, ROWS_MAX)));
  };
  filter.addEventListener('input', draw);
  changed.addEventListener('change', draw);
  get('/v1/admin/settings').then(answer => {
    settings = answer.settings;
    draw();
  }, error => replace(list, problemBox(error)));
}

function settingTable(rows) {
  return table('Settings', [
    {title: 'Name', cell: row => [h('code', {class: 'setting-name'}, row.name), row.description ? h('p', {class: 'hint'}, visible(row.description)) : null]},
    {title: 'Value', kind: 'code', cell: row => row.masked ? badge('off', 'Masked') : visible(String(row.value ?? '')) || h('span', {class: 'muted'}, 'not set')},
    {title: 'Default', kind: 'code', cell: row => row.defaultValue === undefined || row.source === 'default' ? '' : visible(String(row.defaultValue))},
    {title: 'From', cell: row => row.source === 'default' ? h('span', {class: 'muted'}, 'default') : tag(row.source)},
  ], rows, {kind: 'settings', empty: empty('No setting matches', 'Change the filter.')});
}
