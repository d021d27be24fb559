// The parts of which views are made: panels, tables, badges, buttons, fields, problems and empty states.

import {h, replace, svg} from './dom.js';
import {link, Problem, Unreachable} from './api.js';

let ids = 0;

/** An id that no other element has. */
export function newId(prefix = 'e') {
  return `${prefix}-${++ids}`;
}

/**
 * A part of a view with a heading.
 * @param {string} title
 * @param {{actions?: *, note?: *, kind?: string}} [options] buttons beside the heading, a sentence below it, a class
 */
export function panel(title, options = {}, ...children) {
  const id = newId('panel');
  return h('section', {class: `panel ${options.kind ?? ''}`, 'aria-labelledby': id},
      h('header', {class: 'panel-head'},
          h('h2', {id}, title),
          options.actions ? h('div', {class: 'actions'}, options.actions) : null),
      options.note ? h('p', {class: 'note'}, options.note) : null,
      children);
}

/** A button. `kind` is `primary`, `danger`, `quiet` or nothing. */
export function button(text, onClick, options = {}) {
  const {kind, ...rest} = options;
  return h('button', {type: 'button', class: `button ${kind ?? ''}`, on: {click: onClick}, ...rest}, text);
}

/** Runs a task while a button waits; tells the problem in a toast if it fails. Returns whether it went well. */
export async function whileBusy(element, task) {
  element.disabled = true;
  element.setAttribute('aria-busy', 'true');
  try {
    await task();
    return true;
  } catch (error) {
    toast(problemText(error), {kind: 'bad', problem: error});
    return false;
  } finally {
    element.disabled = false;
    element.removeAttribute('aria-busy');
  }
}

const MARKS = {
  ok: 'M3 8.5l3.2 3.2L13 4.8',
  warn: 'M8 3v6M8 12v1.2',
  bad: 'M4 4l8 8M12 4l-8 8',
  info: 'M8 7v6M8 3v1.2',
  off: 'M3.5 8h9',
};

/** A small sign beside a word; the word says what it means. */
export function mark(kind) {
  return svg('svg', {class: `mark ${kind}`, viewBox: '0 0 16 16', 'aria-hidden': 'true'},
      svg('path', {d: MARKS[kind] ?? MARKS.info}));
}

/** A word with a sign. `kind` is `ok`, `warn`, `bad`, `info` or `off`. */
export function badge(kind, text, title) {
  return h('span', {class: `badge ${kind}`, title}, mark(kind), text);
}

/** A word without a sign. */
export function tag(text) {
  return h('span', {class: 'tag'}, text);
}

/**
 * A table. On a narrow page each row becomes a card.
 * @param {string} caption what it lists, for screen readers
 * @param {Array<{title: string, cell: function(*): *, kind?: string}>} columns `kind` is `number`, `code`, `actions` or `wide`
 * @param {Array} rows
 * @param {{empty?: *, kind?: string}} [options] what stands there without rows
 */
export function table(caption, columns, rows, options = {}) {
  if (rows.length === 0 && options.empty) {
    return options.empty instanceof Node ? options.empty : empty(options.empty);
  }
  return h('table', {class: `table ${options.kind ?? ''}`, role: 'table', 'aria-label': caption},
      h('thead', {role: 'rowgroup'}, h('tr', {role: 'row'}, columns.map(column =>
        h('th', {scope: 'col', role: 'columnheader', class: column.kind},
            column.kind === 'actions' ? h('span', {class: 'hidden'}, column.title) : column.title)))),
      h('tbody', {role: 'rowgroup'}, rows.map(row =>
        h('tr', {role: 'row'}, columns.map(column =>
          h('td', {role: 'cell', class: column.kind, data: {label: column.title}}, column.cell(row)))))));
}

/** Names and values. Pairs whose value is null or undefined are left out. */
export function facts(...pairs) {
  return h('dl', {class: 'facts'}, pairs.filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value))));
}

/** What stands where there is nothing: what that means, and what to do. */
export function empty(title, text, action) {
  return h('div', {class: 'empty'}, h('p', {class: 'empty-title'}, title), text ? h('p', null, text) : null, action);
}

/** What stands there until the first answer. */
export function loading(text = 'Loading …') {
  return h('p', {class: 'loading'}, text);
}

/** One sentence for an error. */
export function problemText(error) {
  return error instanceof Problem ? `${error.title}: ${error.detail ?? ''}` : error.message;
}

/** A refusal: what happened, and where it says what to do. */
export function problemBox(error) {
  if (error instanceof Unreachable) {
    return h('div', {class: 'problem', role: 'alert'}, h('p', {class: 'problem-title'}, 'The service does not answer'),
        h('p', null, 'This view comes back by itself when the service does.'));
  }
  const known = error instanceof Problem && String(error.type ?? '').startsWith('/problems/');
  return h('div', {class: 'problem', role: 'alert'},
      h('p', {class: 'problem-title'}, error instanceof Problem ? error.title : 'The console failed'),
      h('p', null, error instanceof Problem ? error.detail : String(error.message)),
      h('p', {class: 'problem-more'},
          known ? h('a', {href: link(error.type), target: '_blank', rel: 'noopener'}, 'What to do about it') : null,
          error.requestId ? h('span', {class: 'muted'}, 'Request ', h('code', null, error.requestId)) : null));
}

/** A text to copy, as code, with a button. */
export function copyable(text, label = 'Copy') {
  return h('div', {class: 'copyable'}, h('pre', {tabindex: 0, role: 'region', 'aria-label': 'Text to copy'}, h('code', null, text)), copyButton(text, label));
}

/** A button that copies a text. */
export function copyButton(text, label = 'Copy') {
  return button(label, async event => {
    const copied = event.currentTarget;
    try {
      await navigator.clipboard.writeText(text);
      toast('Copied.');
    } catch {
      // Browsers allow it on https and on this machine only.
      const area = h('textarea', {class: 'hidden', readonly: true, 'aria-label': 'Text to copy'});
      area.value = text;
      copied.after(area);
      area.select();
      const done = document.execCommand('copy');
      area.remove();
      copied.focus();
      toast(done ? 'Copied.' : 'The browser does not allow copying here: mark the text and copy it.');
    }
  }, {kind: 'quiet small'});
}

/**
 * A field with its label.
 * @param {string} label
 * @param {HTMLElement} input
 * @param {string} [hint] a sentence below it
 */
export function field(label, input, hint) {
  input.id ||= newId('field');
  const hintId = hint ? newId('hint') : null;
  if (hintId) {
    input.setAttribute('aria-describedby', hintId);
  }
  return h('div', {class: 'field'}, h('label', {for: input.id}, label), input, hint ? h('p', {class: 'hint', id: hintId}, hint) : null);
}

/** A choice of few, with one chosen. */
export function select(options, chosen, props = {}) {
  return h('select', props, options.map(option => {
    const [value, text] = Array.isArray(option) ? option : [option, option];
    return h('option', {value, selected: value === chosen}, text);
  }));
}

/** Buttons of which one is chosen, such as JSON, text and hex. Arrow keys move as in any group of radio buttons. */
export function segments(label, options, chosen, onChange) {
  const name = newId('segment');
  return h('fieldset', {class: 'segments'}, h('legend', {class: 'hidden'}, label), options.map(([value, text]) =>
    h('label', null,
        h('input', {type: 'radio', name, value, checked: value === chosen, data: {id: `${label}-${value}`}, on: {change: () => onChange(value)}}),
        h('span', null, text))));
}

/** How far something is. */
export function progress(label, part) {
  const bar = h('div', {class: 'progress', role: 'progressbar', 'aria-label': label, 'aria-valuemin': 0, 'aria-valuemax': 100,
    'aria-valuenow': Math.round(part * 100)}, h('div', {class: 'progress-part'}));
  bar.firstChild.style.setProperty('--part', String(Math.min(1, Math.max(0, part))));
  return bar;
}

/**
 * Parts of a whole as a bar, with a legend.
 * @param {Array<{name: string, value: number, text: string, title?: string}>} parts
 */
export function stack(label, parts) {
  const all = parts.reduce((sum, part) => sum + part.value, 0) || 1;
  const bar = h('div', {class: 'stack', role: 'img', 'aria-label': `${label}: ${parts.map(part => `${part.name} ${part.text}`).join(', ')}`},
      parts.map((part, i) => {
        const piece = h('span', {class: `fill${part.color ?? i}`});
        piece.style.setProperty('--part', String(part.value / all));
        return piece;
      }));
  return h('div', null, bar, h('ul', {class: 'legend'}, parts.map((part, i) =>
    h('li', {title: part.title}, h('span', {class: `swatch fill${part.color ?? i}`}), h('span', null, part.name), h('span', {class: 'number'}, part.text)))));
}

const toasts = h('div', {class: 'toasts', role: 'status', 'aria-live': 'polite'});

/** Where toasts appear; the page holds it. */
export function toastRegion() {
  return toasts;
}

/**
 * Tells in passing. With an action (such as undo) it stays longer.
 * @param {{kind?: string, action?: {text: string, run: function()}, problem?: Error}} [options]
 */
export function toast(text, options = {}) {
  const close = () => item.remove();
  const known = String(options.problem?.type ?? '').startsWith('/problems/');
  const item = h('div', {class: `toast ${options.kind ?? ''}`}, h('span', null, text),
      known ? h('a', {href: link(options.problem.type), target: '_blank', rel: 'noopener'}, 'What to do') : null,
      options.action ? button(options.action.text, () => {
        close();
        options.action.run();
      }, {kind: 'small'}) : null,
      button('Close', close, {kind: 'quiet small'}));
  toasts.append(item);
  while (toasts.children.length > 4) {
    toasts.firstChild.remove();
  }
  setTimeout(close, options.action ? 60000 : options.kind === 'bad' ? 20000 : 6000);
}

/**
 * Makes a function that draws into an element, and does nothing while what it draws stays the same. Its `fail` shows a problem there
 * instead, until there is something to draw again; what is no problem of the service is thrown on.
 * @param {HTMLElement} element
 * @param {function(*): (Node|Array)} draw
 */
export function drawn(element, draw) {
  let last;
  const show = value => {
    const text = JSON.stringify(value);
    if (text !== last) {
      last = text;
      replace(element, draw(value));
    }
  };
  show.fail = error => {
    if (!(error instanceof Problem)) {
      throw error;
    }
    last = undefined;
    replace(element, problemBox(error));
  };
  return show;
}

/**
 * Loads something into an element and shows the problem there if that fails.
 * @param {HTMLElement} element
 * @param {function(): Promise} load
 * @param {function(*): *} draw
 */
export async function loadInto(element, load, draw) {
  try {
    replace(element, draw(await load()));
  } catch (error) {
    if (error.name !== 'AbortError') {
      replace(element, problemBox(error));
    }
  }
}
