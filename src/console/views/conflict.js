// A conflict: someone else wrote an entry while it was edited. Both values stand beside each other, with the lines that differ marked.

import {h} from '../lib/dom.js';
import {isJsonText, pretty} from '../lib/values.js';
import {count} from '../lib/format.js';
import {dialog} from '../lib/dialog.js';

const LINES_MAX = 2000;

/**
 * Marks the lines of two texts that the other does not have at that place (by a longest common subsequence).
 * @returns {[boolean[], boolean[]]} for each line whether it differs
 */
export function differing(left, right) {
  const lengths = Array.from({length: left.length + 1}, () => new Uint16Array(right.length + 1));
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      lengths[i][j] = left[i] === right[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  const marks = [left.map(() => true), right.map(() => true)];
  for (let i = 0, j = 0; i < left.length && j < right.length;) {
    if (left[i] === right[j]) {
      marks[0][i++] = marks[1][j++] = false;
    } else if (lengths[i + 1][j] >= lengths[i][j + 1]) {
      i++;
    } else {
      j++;
    }
  }
  return marks;
}

function side(title, lines, marks) {
  return h('div', {class: 'side'}, h('h3', null, title), h('pre', {tabindex: 0, role: 'region', 'aria-label': title}, lines.map((line, i) =>
    marks[i] ? h('mark', null, line + '\n') : line + '\n')));
}

/**
 * Shows the conflict and does what is chosen.
 * @param {{mine: string, theirs: ?string, prettify: boolean, version: ?string, overwrite: function(): Promise, take: function()}} conflict
 *     `theirs` is null if the entry was deleted
 */
export function showConflict({mine, theirs, prettify, version, overwrite, take}) {
  const laidOut = text => prettify && isJsonText(text) ? pretty(text) : text;
  const left = laidOut(mine).split('\n').slice(0, LINES_MAX);
  const right = theirs === null ? [] : laidOut(theirs).split('\n').slice(0, LINES_MAX);
  const marks = differing(left, right);
  return dialog('Someone else wrote this entry', [
    h('p', null, theirs === null ? 'It was deleted while you edited it.' : `Version ${count(version)} was written while you edited. Nothing of yours is saved yet.`),
    h('div', {class: 'sides'}, side('Yours', left, marks[0]), theirs === null ? null : side('Theirs, in the database', right, marks[1])),
  ], [
    {text: 'Go on editing'},
    {text: theirs === null ? 'Let it be deleted' : 'Take theirs', run: () => take()},
    {text: theirs === null ? 'Write mine again' : 'Write mine over theirs', kind: 'danger', run: overwrite},
  ], {wide: true});
}
