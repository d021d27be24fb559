// Asks again every few seconds, but only while the page is seen and the service is there.

import {on, Problem, reachability, Unreachable} from './api.js';

/** How often views ask, in milliseconds. */
export const INTERVAL = 5000;

/**
 * Runs a task now and again and again. The next run begins a while after the one before has ended, so that a slow service is not
 * asked faster than it answers.
 * @param {function(AbortSignal): Promise} task
 * @param {number} [interval] milliseconds
 * @returns {{stop: function(), now: function()}}
 */
export function poll(task, interval = INTERVAL) {
  const control = new AbortController();
  let timer = 0;
  let running = false;
  const run = async () => {
    clearTimeout(timer);
    if (running || control.signal.aborted || document.hidden || reachability().down) {
      return;
    }
    running = true;
    try {
      await task(control.signal);
    } catch (error) {
      // The banner tells that the service is gone, and views show problems. What is left is a fault of the console.
      if (!control.signal.aborted && !(error instanceof Unreachable) && !(error instanceof Problem)) {
        console.error(error);
      }
    } finally {
      running = false;
    }
    if (!control.signal.aborted) {
      timer = setTimeout(run, interval);
    }
  };
  const stopUp = on('up', run);
  document.addEventListener('visibilitychange', run);
  run();
  return {
    now: run,
    stop() {
      control.abort();
      clearTimeout(timer);
      stopUp();
      document.removeEventListener('visibilitychange', run);
    },
  };
}
