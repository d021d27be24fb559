// The calls of the service. Each goes through `call`, which adds the token, turns refusals into a Problem, and notices when the service
// is gone and when it is back.

import {token} from './session.js';

/** Where the service is: the console lies one folder below it, also behind a proxy that has it below another path. */
const ROOT = new URL('../../', import.meta.url);
const WAITS = [1000, 2000, 4000, 8000, 15000];

/** A refusal as RFC 9457 has it, or the same shape for an answer that is none. */
export class Problem extends Error {
  /** @param {Object} document the problem */
  constructor(document) {
    super(document.detail ?? document.title);
    Object.assign(this, document);
    this.document = document;
  }

  /** Name of the type: the last part of its path. */
  get slug() {
    return String(this.type ?? '').split('/').pop();
  }
}

/** The service does not answer at all. */
export class Unreachable extends Error {}

const listeners = {unauthorized: new Set(), down: new Set(), up: new Set()};
const state = {down: false, attempt: 0, timer: 0, since: 0};

/** Calls a function on an event: `unauthorized` (with the problem), `down`, `up`. Returns how to stop that. */
export function on(event, listener) {
  listeners[event].add(listener);
  return () => listeners[event].delete(listener);
}

function emit(event, value) {
  [...listeners[event]].forEach(listener => listener(value));
}

/** Whether the service did not answer the last time, since when (milliseconds), and when it is tried again. */
export function reachability() {
  return {down: state.down, since: state.since, waitMillis: WAITS[Math.min(state.attempt, WAITS.length - 1)]};
}

/** The address of a path of the service, for links. */
export function address(path) {
  return new URL(path.replace(/^\//, ''), ROOT).href;
}

/** A link to a path of the service, relative to the console. */
export function link(path) {
  return '../' + path.replace(/^\//, '');
}

/**
 * Makes a path: each value is percent-encoded, dots included where they would be taken for a way up.
 * @example path`/v1/keyspaces/${name}`
 */
export function path(texts, ...values) {
  return texts.reduce((all, text, i) => all + encodeURIComponent(values[i - 1]) + text);
}

/**
 * Calls the service.
 * @param {string} method of HTTP
 * @param {string} where path below the service, as {@link path} makes it
 * @param {{query?: Object, headers?: Object, body?: *, json?: *, signal?: AbortSignal, also?: number[]}} [options] members of the query that are null are
 *     left out; `also` names statuses of 400 and more that are answers all the same
 * @returns {Promise<Response>}
 * @throws {Problem|Unreachable}
 */
export async function call(method, where, options = {}) {
  const target = new URL(where.replace(/^\//, ''), ROOT);
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== null && value !== undefined) {
      target.searchParams.set(name, value);
    }
  }
  const headers = {...options.headers, ...authorization()};
  let body = options.body;
  if (options.json !== undefined) {
    headers['Content-Type'] = 'application/json';
    body = JSON.stringify(options.json);
  }
  let response;
  try {
    response = await fetch(target, {method, headers, body, signal: options.signal, cache: 'no-store', credentials: 'omit', redirect: 'error'});
  } catch (error) {
    if (error.name !== 'AbortError') {
      lost();
      throw new Unreachable('The service does not answer.');
    }
    throw error;
  }
  if (response.ok || options.also?.includes(response.status) && isJson(response)) {
    found();
    return response;
  }
  throw await refused(response);
}

function isJson(response) {
  return (response.headers.get('Content-Type') ?? '').includes('json');
}

/** The header that tells who calls. */
export function authorization() {
  const text = token();
  return text ? {Authorization: `Bearer ${text}`} : {};
}

/** Calls the service and reads JSON. */
export async function json(method, where, options) {
  const response = await call(method, where, {...options, headers: {Accept: 'application/json', ...options?.headers}});
  return response.status === 204 ? null : parse(await response.text());
}

/** Reads JSON without losing digits: whole numbers beyond what JavaScript can hold stay texts. */
export function parse(text) {
  return JSON.parse(text, (_, value, context) =>
    typeof value === 'number' && context && Number.isInteger(value) && !Number.isSafeInteger(value) ? context.source : value);
}

/** The usual way to read. */
export const get = (where, options) => json('GET', where, options);

/** Turns an answer of 300 and more into a problem. */
export async function refused(response) {
  if (!isJson(response)) {
    // What stands between the console and the service says that the service is gone.
    if ([502, 503, 504].includes(response.status)) {
      lost();
      return new Unreachable(`The service does not answer (${response.status}).`);
    }
    return new Problem({title: 'An answer that is no problem document', status: response.status, detail: response.statusText});
  }
  let problem;
  try {
    problem = new Problem(await response.json());
  } catch {
    // Actuator tells some refusals in its own shape.
    problem = new Problem({title: 'The answer cannot be read', status: response.status});
  }
  found();
  if (response.status === 401) {
    emit('unauthorized', problem);
  }
  return problem;
}

function found() {
  if (state.down) {
    Object.assign(state, {down: false, attempt: 0});
    clearTimeout(state.timer);
    emit('up');
  }
}

function lost() {
  if (!state.down) {
    Object.assign(state, {down: true, attempt: 0, since: Date.now()});
    emit('down');
    retryLater();
  }
}

/** While the service is gone one small question is asked, less and less often; it needs no token. */
function retryLater() {
  clearTimeout(state.timer);
  state.timer = setTimeout(retryNow, reachability().waitMillis);
}

/** Tries at once whether the service is back. */
export async function retryNow() {
  clearTimeout(state.timer);
  try {
    const response = await fetch(new URL('./', ROOT), {headers: {Accept: 'application/json'}, cache: 'no-store', credentials: 'omit'});
    if (response.ok) {
      found();
      return;
    }
  } catch {
    // Still gone.
  }
  state.attempt++;
  emit('down');
  if (!document.hidden) {
    retryLater();
  }
}

document.addEventListener('visibilitychange', () => {
  if (state.down && !document.hidden) {
    retryNow();
  }
});
