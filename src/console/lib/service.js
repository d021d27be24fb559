// What several views ask of the service.

import {get} from './api.js';

let links;

/**
 * Where something is, which the index tells: not every service has it.
 * @param {string} rel such as `documentation`
 * @returns {Promise<string|null>} a path
 */
export async function whereIs(rel) {
  links ??= (await get('/')).links;
  return links.find(each => each.rel === rel)?.href ?? null;
}

/**
 * Where Actuator is: it may have another path, or a port of its own that this page does not reach.
 * @returns {Promise<string|null>} the path that its calls begin with, or null
 */
export async function actuatorPath() {
  return (await whereIs('health'))?.replace(/\/health$/, '') ?? null;
}

/** Health with its parts, or null where it is out of reach. It is an answer also where something is wrong. */
export async function health(signal) {
  const base = await actuatorPath();
  return base === null ? null : get(`${base}/health`, {signal, also: [503]});
}

/** What Actuator tells below a name, or null where it is out of reach. */
export async function actuatorDocument(name, signal) {
  const base = await actuatorPath();
  return base === null ? null : get(`${base}/${name}`, {signal});
}

/** Names of all keyspaces that the caller may see, page by page. */
export async function allKeyspaces(signal) {
  const all = [];
  let cursor = null;
  do {
    const page = await get('/v1/keyspaces', {query: {limit: 1000, cursor}, signal});
    all.push(...page.keyspaces);
    cursor = page.cursor;
  } while (cursor && all.length < 10000);
  return all;
}
