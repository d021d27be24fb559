// Makes elements. Whatever is shown goes through here, as text: no function of the console hands a string to the HTML parser, so that
// what is stored (keys, values, names, reasons) cannot become markup, let alone a script.

const SVG = 'http://www.w3.org/2000/svg';
const LINK = /^(#|\.{0,2}\/|blob:)/;

/**
 * Makes an HTML element.
 * @param {string} tag name of the element
 * @param {Object<string, *>} [props] attributes; `on` is an object of listeners, `data` one of data-* attributes; true sets an attribute
 *     without a value; null, undefined and false leave it out
 * @param {...(Node|string|number|null|undefined|Array)} children texts and nodes; null and undefined are left out
 * @returns {HTMLElement}
 */
export function h(tag, props, ...children) {
  return build(document.createElement(tag), props, children);
}

/** Makes an SVG element, as {@link h} makes HTML ones. */
export function svg(tag, props, ...children) {
  return build(document.createElementNS(SVG, tag), props, children);
}

function build(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (name === 'on') {
      for (const [event, listener] of Object.entries(value)) {
        if (listener) {
          element.addEventListener(event, listener);
        }
      }
    } else if (name === 'data') {
      Object.assign(element.dataset, value);
    } else if (value !== null && value !== undefined && value !== false) {
      setAttribute(element, name, value);
    }
  }
  append(element, children);
  return element;
}

function setAttribute(element, name, value) {
  if (name === 'style' || name.startsWith('on')) {
    throw new Error(`the attribute ${name} is not for texts`);
  }
  if ((name === 'href' || name === 'src') && !LINK.test(String(value))) {
    throw new Error(`a link leads out of the service: ${value}`);
  }
  if (name === 'value' && 'value' in element) {
    element.value = value;
  } else {
    element.setAttribute(name, value === true ? '' : String(value));
  }
}

function append(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) {
      append(element, child);
    } else if (child !== null && child !== undefined && child !== false) {
      element.append(child instanceof Node ? child : String(child));
    }
  }
}

/**
 * Replaces what is in an element. The focus stays where it was if the new content has an element with the same data-id, and a
 * disclosure with a data-id stays open: a view that is drawn anew every few seconds must not take either away.
 */
export function replace(element, ...children) {
  const active = document.activeElement;
  const focused = active && element.contains(active) ? active.dataset.id : null;
  const open = [...element.querySelectorAll('details[open][data-id]')].map(each => each.dataset.id);
  const fragment = document.createDocumentFragment();
  append(fragment, children);
  element.replaceChildren(fragment);
  for (const id of open) {
    const details = find(element, id);
    if (details) {
      details.open = true;
    }
  }
  if (focused) {
    find(element, focused)?.focus({preventScroll: true});
  }
}

function find(element, id) {
  return element.querySelector(`[data-id="${CSS.escape(id)}"]`);
}
