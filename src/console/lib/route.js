// Where one is in the console: it stands behind the # of the address, which browsers keep to themselves, so no key reaches a log.

/**
 * Reads the address.
 * @returns {{view: string, parts: string[], query: URLSearchParams}}
 */
export function route() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [view, ...parts] = path.split('/').map(decode);
  return {view: view || 'overview', parts, query: new URLSearchParams(query)};
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Makes an address, such as `#/data/products?prefix=a`. Members of the query that are null or empty are left out. */
export function hash(view, parts = [], query = {}) {
  const kept = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== false);
  const text = new URLSearchParams(kept).toString();
  return '#/' + [view, ...parts].map(encodeURIComponent).join('/') + (text ? `?${text}` : '');
}

/** Goes somewhere in the console. */
export function go(view, parts, query) {
  location.hash = hash(view, parts, query);
}
