// Draws what a keyspace is made of: memtables on top, then the sorted runs of each level. Each run file is a bar over the keys that it may
// hold. Keys are placed by their rank among all bounds that occur, so that overlaps show as they are.

import {h, svg} from '../lib/dom.js';
import {fromBase64Url} from '../lib/keys.js';
import {bytes, count, counted, share, span} from '../lib/format.js';
import {badge, empty, progress, table} from '../lib/parts.js';

const LEFT = 148;
const RIGHT = 8;
const GAP = 0.06;
const ROWS_MAX = 200;
const ENCODER = new TextEncoder();

/** A key as it is shown, cut where the service cut it. */
export function keyText(key) {
  if (!key) {
    return '…';
  }
  const text = key.text ?? `0x${[...fromBase64Url(key.base64url)].map(byte => byte.toString(16).padStart(2, '0')).join('')}`;
  return (text === '' ? '(empty)' : text) + (ENCODER.encode(key.text ?? '').length < key.bytes && key.text !== undefined ? '…' : '');
}

/** What keys are compared by: characters that stand for bytes, which JavaScript compares as they are. */
function sortable(key) {
  const raw = key.text !== undefined ? ENCODER.encode(key.text) : fromBase64Url(key.base64url);
  return String.fromCharCode(...raw);
}

/** Places keys between 0 and 1 by their rank. Where no run has keys there is little room. */
function scaleOf(levels) {
  const opens = new Map();
  const add = (key, change) => opens.set(key, (opens.get(key) ?? 0) + change);
  for (const run of runsOf(levels)) {
    const end = run.lastKey ?? run.endKey;
    add(sortable(run.firstKey), 1);
    if (end) {
      add(sortable(end), -1);
    }
  }
  const sorted = [...opens.keys()].sort();
  const places = new Map();
  let place = 0;
  let covering = 0;
  for (const key of sorted) {
    places.set(key, place);
    covering += opens.get(key);
    place += covering > 0 ? 1 : GAP;
  }
  const all = place - GAP || 1;
  return key => key ? Math.min(1, places.get(sortable(key)) / all) : 1;
}

function runsOf(levels) {
  return levels.flatMap(level => level.sortedRuns.flatMap(sorted => sorted.runs));
}

/** Draws the answer of `/v1/admin/storage/keyspaces/{keyspace}`. */
export function picture(shape) {
  const runs = runsOf(shape.levels);
  const readout = h('p', {class: 'readout'}, 'Point at a bar to see what it is.');
  return h('div', {class: 'picture'},
      memtables(shape.memtables),
      shape.compactions.length > 0 ? compactions(shape.compactions) : null,
      runs.length === 0 ? empty('No runs yet', 'All that was written is in the memtable and the log. A flush makes the first run.') : [drawLevels(shape.levels, readout), readout],
      shape.runFilesLeftOut > 0 ? h('p', {class: 'note'}, `${counted(shape.runFilesLeftOut, 'more run file')} ${shape.runFilesLeftOut === 1 ? 'is' : 'are'} not drawn.`) : null,
      runs.length === 0 ? null : h('details', {data: {id: 'runs-as-table'}}, h('summary', null, 'Runs as a table'), runTable(shape.levels)));
}

function memtables(list) {
  const kinds = {active: ['info', 'takes writes'], frozen: ['warn', 'waits for its flush'], flushing: ['info', 'is being flushed']};
  return h('ul', {class: 'memtables', 'aria-label': 'Memtables'}, list.map(each => {
    const [kind, words] = kinds[each.state] ?? ['off', each.state];
    return h('li', {class: each.state}, h('strong', null, 'Memtable '), badge(kind, words), h('span', {class: 'muted'},
        ` ${bytes(each.bytes)}, ${counted(each.entries ?? 0, 'change')}`));
  }));
}

function compactions(list) {
  return h('ul', {class: 'compactions', 'aria-label': 'Compactions under way'}, list.map((each, i) => h('li', null,
      h('span', null, `${i === 0 ? 'Compaction' : 'Waiting'}: level ${each.fromLevel} into ${each.toLevel}`),
      progress(`Compaction of level ${each.fromLevel}`, each.bytesAll > 0 ? each.bytesDone / each.bytesAll : 0),
      h('span', {class: 'muted number'}, `${bytes(each.bytesDone)} of ${bytes(each.bytesAll)}, for ${span(Date.now() - new Date(each.since))}`))));
}

function drawLevels(levels, readout) {
  const place = scaleOf(levels);
  const plot = svg('svg', {class: 'levels', role: 'img', 'aria-label': levels.map(level =>
    `Level ${level.level}: ${counted(level.sortedRuns.length, 'sorted run')}, ${bytes(level.bytes)}`).join('. ')});
  const frame = h('div', {class: 'levels-frame'}, plot);
  let lastWidth = 0;
  const draw = () => {
    const width = Math.max(300, frame.clientWidth || 900);
    if (width === lastWidth) {
      return;
    }
    lastWidth = width;
    const left = width < 560 ? 0 : LEFT;
    const inner = width - left - RIGHT;
    let y = 4;
    const parts = [];
    for (const level of levels) {
      const lane = laneHeight(level.sortedRuns.length);
      const top = y;
      if (left === 0) {
        y += 50;
      }
      for (const sorted of level.sortedRuns) {
        for (const run of sorted.runs) {
          parts.push(bar(run, level, {x: left + place(run.firstKey) * inner, end: left + place(run.lastKey ?? run.endKey) * inner, y, lane}, readout));
        }
        y += lane + 3;
      }
      y = Math.max(y, top + 46);
      parts.push(...labels(level, top), svg('line', {class: 'grid', x1: 0, x2: width, y1: y + 3, y2: y + 3}));
      y += 12;
    }
    const all = runsOf(levels);
    const first = all.reduce((a, b) => sortable(b.firstKey) < sortable(a.firstKey) ? b : a).firstKey;
    const ends = all.map(run => run.lastKey ?? run.endKey);
    const last = ends.includes(undefined) ? null : ends.reduce((a, b) => sortable(b) > sortable(a) ? b : a);
    parts.push(svg('text', {class: 'axis', x: left, y: y + 10}, cut(keyText(first), inner / 16)),
        svg('text', {class: 'axis', x: width - RIGHT, y: y + 10, 'text-anchor': 'end'}, cut(keyText(last), inner / 16)));
    plot.setAttribute('viewBox', `0 0 ${width} ${y + 16}`);
    plot.setAttribute('height', String(y + 16));
    plot.replaceChildren(...parts);
  };
  new ResizeObserver(draw).observe(frame);
  draw();
  return frame;
}

function laneHeight(lanes) {
  return lanes <= 6 ? 18 : lanes <= 16 ? 12 : 7;
}

function cut(text, length) {
  return text.length > length ? `${text.slice(0, Math.max(4, length - 1))}…` : text;
}

function labels(level, y) {
  const bound = level.bytesMax ? ` of ${bytes(level.bytesMax)}` : '';
  return [svg('text', {class: 'level', x: 0, y: y + 13}, `Level ${level.level}`),
    svg('text', {class: 'axis', x: 0, y: y + 28}, `${bytes(level.bytes)}${bound}`),
    svg('text', {class: 'axis', x: 0, y: y + 42}, level.sortedRunsMax ? `${level.sortedRuns.length} of ${level.sortedRunsMax} sorted runs` : counted(level.sortedRuns.length, 'sorted run'))];
}

function bar(run, level, {x, end, y, lane}, readout) {
  const width = Math.max(3, end - x - 1);
  const live = run.bytes > 0 ? run.liveBytes / run.bytes : 1;
  const words = runWords(run, level);
  const tell = () => {
    readout.textContent = words;
  };
  return svg('g', {class: 'run', on: {pointerenter: tell, click: tell}},
      svg('title', null, words),
      svg('rect', {class: live < 1 ? 'run-bar dead' : 'run-bar', x, y, width, height: lane, rx: 3}),
      width > 70 && lane >= 12 ? svg('text', {class: 'run-text', x: x + width / 2, y: y + lane / 2 + 4, 'text-anchor': 'middle'}, bytes(run.bytes)) : null);
}

function runWords(run, level) {
  const live = run.liveBytes < run.bytes ? `, ${share(run.liveBytes / run.bytes)} of it still counts` : '';
  const deletions = run.deletions > 0 ? `, ${counted(run.deletions, 'deletion')} among them` : '';
  return `Level ${level.level}, ${run.file}: ${bytes(run.bytes)}${live}; ${counted(run.entries, 'entry', 'entries')}${deletions}; keys ${keyText(run.firstKey)} to ${
    run.lastKey ? keyText(run.lastKey) : run.endKey ? `before ${keyText(run.endKey)}` : 'the end'}; versions ${count(run.leastVersion)} to ${count(run.greatestVersion)}`;
}

function runTable(levels) {
  const rows = levels.flatMap(level => level.sortedRuns.flatMap((sorted, i) => sorted.runs.map(run => ({...run, level: level.level, sorted: i + 1}))));
  return [table('Runs', [
    {title: 'Level', kind: 'number', cell: row => row.level},
    {title: 'Run', kind: 'number', cell: row => row.sorted},
    {title: 'File', kind: 'code nowrap', cell: row => row.file},
    {title: 'Size', kind: 'number', cell: row => bytes(row.bytes)},
    {title: 'Entries', kind: 'number', cell: row => count(row.entries)},
    {title: 'First key', kind: 'code', cell: row => keyText(row.firstKey)},
    {title: 'Last key', kind: 'code', cell: row => keyText(row.lastKey ?? row.endKey)},
  ], rows.slice(0, ROWS_MAX)), rows.length > ROWS_MAX ? h('p', {class: 'note'}, `The first ${ROWS_MAX} of ${count(rows.length)}.`) : null];
}
