// Dialogs. They are <dialog> elements: the browser keeps the focus inside, and Esc closes them.

import {h} from './dom.js';
import {button, field, newId, problemBox} from './parts.js';

/**
 * Shows a dialog. It closes when a button's task has gone well; a task that fails tells why in the dialog.
 * @param {string} title
 * @param {*} body
 * @param {Array<{text: string, kind?: string, run?: function(): (Promise<*>|*), submit?: boolean}>} buttons without `run`, a button only
 *     closes. The one with `submit` is also run by Enter. If `run` returns false, the dialog stays
 * @param {{wide?: boolean, closable?: boolean}} [options] wide: for tables and editors
 * @returns {Promise<*>} what `run` returned; undefined if it was closed otherwise
 */
export function dialog(title, body, buttons, options = {}) {
  return new Promise(resolve => {
    const id = newId('dialog');
    const trouble = h('div', {class: 'dialog-trouble'});
    let result;
    const press = async (each, element) => {
      trouble.replaceChildren();
      if (each.run) {
        element.disabled = true;
        try {
          const answer = await each.run();
          if (answer === false) {
            return;
          }
          result = answer ?? true;
        } catch (error) {
          trouble.append(problemBox(error));
          return;
        } finally {
          element.disabled = false;
        }
      }
      shown.close();
    };
    const submit = buttons.find(each => each.submit);
    const elements = buttons.map(each => each === submit
      ? h('button', {type: 'submit', class: `button ${each.kind ?? ''}`}, each.text)
      : button(each.text, event => press(each, event.currentTarget), {kind: each.kind}));
    const shown = h('dialog', {class: `dialog ${options.wide ? 'wide' : ''}`, 'aria-labelledby': id, on: {
      close: () => {
        shown.remove();
        resolve(result);
      },
      cancel: event => {
        if (options.closable === false) {
          event.preventDefault();
        }
      },
    }},
    h('form', {novalidate: true, on: {submit: event => {
      event.preventDefault();
      if (submit) {
        press(submit, elements[buttons.indexOf(submit)]);
      }
    }}},
    h('h2', {id}, title), h('div', {class: 'dialog-body'}, body), trouble, h('div', {class: 'dialog-buttons'}, elements)));
    document.body.append(shown);
    shown.showModal();
    shown.querySelector('[data-first]')?.focus();
  });
}

/**
 * Asks for the name of what is to be destroyed, and destroys it.
 * @param {{title: string, text: *, name: string, action: string, run: function(): Promise}} what
 */
export function confirmByName(what) {
  const input = h('input', {type: 'text', autocomplete: 'off', spellcheck: 'false', data: {first: ''}});
  const wrong = h('p', {class: 'hint bad', role: 'alert'});
  return dialog(what.title, [h('p', null, what.text), field('Type the name to confirm', input, what.name), wrong], [
    {text: 'Keep it'},
    {text: what.action, kind: 'danger', submit: true, run: async () => {
      if (input.value !== what.name) {
        wrong.textContent = `That is not “${what.name}”.`;
        input.focus();
        return false;
      }
      return (await what.run()) ?? true;
    }},
  ]);
}

/** Asks before something that cannot be undone but is small. */
export function confirm(title, text, action, run) {
  return dialog(title, h('p', null, text), [{text: 'Cancel'}, {text: action, kind: 'danger', submit: true, run}]);
}
