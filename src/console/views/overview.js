// Overview: what needs attention first, then how much is going on and how fast, then health in words and where disk and memory go.

import {h} from '../lib/dom.js';
import {get, Problem} from '../lib/api.js';
import {actuatorDocument, health} from '../lib/service.js';
import {poll} from '../lib/poll.js';
import {ago, bytes, count, date, micros, share, short} from '../lib/format.js';
import {hash} from '../lib/route.js';
import {lineChart, sparkline} from '../lib/chart.js';
import {badge, drawn, empty, facts, loading, mark, panel, problemBox, stack, table} from '../lib/parts.js';
import {advice, partsInWords} from './words.js';
import {memoryParts} from './memory.js';

const HISTORY_INTERVAL = 10000;
const POINTS = 360;
const POINTS_MIN = 60;
const TILES = [
  ['Reads', 'readsPerSecond', value => `${short(value)}/s`],
  ['Commits', 'writesPerSecond', value => `${short(value)}/s`],
  ['Read p99', 'readP99Micros', micros],
  ['Write p99', 'writeP99Micros', micros],
  ['Requests', 'requestsPerSecond', value => `${short(value)}/s`],
  ['Cache hits', 'cacheHitShare', share],
];
const CHARTS = [
  ['Throughput, a second', short, [['Reads', 'readsPerSecond'], ['Lists', 'scansPerSecond'], ['Commits', 'writesPerSecond']]],
  ['Latency', micros, [['Read p50', 'readP50Micros'], ['Read p99', 'readP99Micros'], ['Write p50', 'writeP50Micros'], ['Write p99', 'writeP99Micros']]],
  ['Requests, a second', short, [['All', 'requestsPerSecond'], ['Refused', 'refusedRequestsPerSecond'], ['Failed', 'failedRequestsPerSecond']]],
  ['Memory', bytes, [['Heap in use', 'heapBytes'], ['Cache', 'cacheBytes'], ['Memtables', 'memtableBytes']]],
  ['Written in the background, a second', bytes, [['Flushes', 'flushBytesPerSecond'], ['Compactions', 'compactionBytesPerSecond']]],
  ['Disk', bytes, [['Runs', 'runBytes'], ['Log', 'logBytes']]],
  ['Open now', short, [['Connections', 'connections'], ['Transactions', 'openTransactions'], ['Snapshots', 'openSnapshots']]],
  ['Processor, cores', short, [['In use', 'processorCores']]],
];

/** Shows the view; returns how to leave it. */
export function show(root, context) {
  const seen = {caller: context.caller};
  const attention = h('div', null, loading());
  const drawAttention = drawn(attention, items => attentionList(items, context));
  root.append(panel('Needs attention', {kind: 'attention'}, attention));
  if (!context.canServe('operator')) {
    return showForUsers(root, seen, drawAttention);
  }
  const tiles = h('div', {class: 'tiles'});
  const charts = h('div', {class: 'charts'}, loading());
  const parts = h('div', null, loading());
  const disk = h('div', null, loading());
  const memory = h('div', null, loading());
  root.append(tiles, panel('The last hour', {}, charts), h('div', {class: 'columns'},
      panel('Health', {}, parts), h('div', null, panel('Disk', {}, disk), panel('Memory budget', {}, memory))));
  const draw = {
    tiles: drawn(tiles, series => TILES.map(each => tile(series, ...each))),
    parts: drawn(parts, healthTable),
    disk: drawn(disk, diskParts),
    memory: drawn(memory, memoryParts),
  };
  const past = new Past();
  const watch = poll(async signal => {
    try {
      [seen.health, seen.lightning] = await Promise.all([health(signal), actuatorDocument('lightning', signal)]);
    } catch (error) {
      [drawAttention, draw.parts, draw.disk, draw.memory].forEach(each => each.fail(error));
      return;
    }
    drawAttention(advice(seen));
    draw.parts(seen.health?.components ?? null);
    draw.disk(seen.lightning ? {engine: seen.lightning.engine, path: seen.health?.components?.diskSpace?.details?.path} : null);
    draw.memory(seen.lightning?.engine.memory ?? null);
  });
  let drawnCharts = null;
  const follow = poll(async signal => {
    try {
      await past.load(signal);
    } catch (error) {
      if (!(error instanceof Problem)) {
        throw error;
      }
      charts.replaceChildren(problemBox(error));
      drawnCharts = null;
      return;
    }
    seen.recent = past.recent();
    draw.tiles(past.tail(60));
    drawnCharts ??= makeCharts(charts, past);
    drawnCharts.forEach(each => each.update(past));
  }, HISTORY_INTERVAL);
  return () => {
    watch.stop();
    follow.stop();
  };
}

/** Callers who may not watch the service are told whether it is well, and where they may go. */
function showForUsers(root, seen, drawAttention) {
  const words = h('div', null, loading());
  const draw = drawn(words, status => facts(
      ['Service', status === null ? 'Answers' : status === 'UP' ? badge('ok', 'Well') : badge('bad', `Not well: ${status}`)],
      ['Version', seen.caller.service?.version], ['Started', date(seen.caller.service?.startedAt)],
      ['You may see', seen.caller.keyspaces?.join(', ')]));
  root.append(panel('Service', {note: 'Figures of the service take the role operator.'}, words),
      panel('Where to go', {}, h('p', null, h('a', {href: hash('data')}, 'Data'), ' has the keyspaces and entries that your roles allow.')));
  const watch = poll(async signal => {
    seen.health = await health(signal);
    drawAttention(seen.health && seen.health.status !== 'UP'
      ? [{kind: 'bad', title: 'Some part of the service is not well', text: 'Those who look after it can see which.', view: null}] : advice({caller: seen.caller}));
    draw(seen.health?.status ?? null);
  }, 15000);
  return () => watch.stop();
}

/** The figures of the last hour. The first question asks for all of them, later ones for what is new. */
class Past {
  times = [];
  series = {};

  async load(signal) {
    const known = this.times.length > 0 && Date.now() - new Date(this.times.at(-1)) < 200000;
    const next = await get('/v1/admin/history', {query: known ? {seconds: 300, points: 30} : {seconds: 3600, points: POINTS}, signal});
    // The last value before may have been of an interval that had not ended, so what is new replaces all that it covers.
    const kept = known && next.times.length > 0 ? this.times.filter(time => time < next.times[0]).length : 0;
    const joined = (before, after) => [...before.slice(0, kept), ...after].slice(-POINTS);
    this.times = joined(this.times, next.times);
    this.series = Object.fromEntries(Object.entries(next.series).map(([name, values]) => [name, joined(this.series[name] ?? [], values)]));
    this.leaveOutBefore(new Date(next.since));
  }

  /** Of a service that began a short time ago there is no hour: what was before is left out, but for ten minutes in all. */
  leaveOutBefore(since) {
    const from = Math.min(Math.max(0, this.times.findIndex(time => new Date(time) >= since)), Math.max(0, this.times.length - POINTS_MIN));
    this.times = this.times.slice(from);
    this.series = Object.fromEntries(Object.entries(this.series).map(([name, values]) => [name, values.slice(from)]));
  }

  /** The last values of each series. */
  tail(points) {
    return Object.fromEntries(TILES.map(([, name]) => [name, (this.series[name] ?? []).slice(-points)]));
  }

  /** Requests that were refused or failed in the last five minutes. */
  recent() {
    const sum = name => (this.series[name] ?? []).slice(-30).reduce((all, value) => all + (value ?? 0) * 10, 0);
    return {refused: sum('refusedRequestsPerSecond'), failed: sum('failedRequestsPerSecond')};
  }
}

function attentionList(items, context) {
  if (items.every(each => each.kind === 'info')) {
    items = [{kind: 'ok', title: 'Nothing needs attention', text: 'All parts are well.'}, ...items];
  }
  return h('ul', {class: 'advice'}, items.map(each => h('li', {class: each.kind}, mark(each.kind),
      h('div', null, h('p', {class: 'advice-title'}, h('span', {class: 'hidden'}, {bad: 'Urgent: ', warn: 'Soon: ', info: 'To know: ', ok: ''}[each.kind]), each.title),
          h('p', {class: 'muted'}, each.text)),
      each.view && (context.canServe('operator') || each.view === 'security') ? h('a', {class: 'button small', href: hash(each.view)}, each.label) : null)));
}

function tile(series, title, name, format) {
  const values = series[name] ?? [];
  return h('div', {class: 'tile'}, h('p', {class: 'tile-title'}, title), h('p', {class: 'tile-value'}, format(values.at(-1))), sparkline(values));
}

function makeCharts(root, past) {
  const made = CHARTS.map(([title, format, lines]) => {
    const dataOf = from => ({times: from.times, lines: lines.map(([name, series]) => ({name, values: from.series[series] ?? []}))});
    const chart = lineChart({title, format, base: format === bytes ? 1024 : 10, ...dataOf(past)});
    return {chart, update: from => chart.update(dataOf(from))};
  });
  root.replaceChildren(...made.map(each => each.chart));
  return made;
}

function healthTable(components) {
  if (components === null) {
    return empty('Health is out of reach', 'It is on the management port of the service, which this page does not reach. The last hour above comes from the service itself.');
  }
  return table('Parts of the service', [
    {title: 'Part', cell: part => part.title},
    {title: 'State', cell: part => badge(part.kind, part.state)},
    {title: 'In words', kind: 'wide', cell: part => part.text},
  ], partsInWords(components), {kind: 'quiet'});
}

function diskParts(seen) {
  if (seen === null) {
    return empty('Out of reach', 'These figures are on the management port of the service, which this page does not reach.');
  }
  const {engine, path} = seen;
  const parts = [
    {name: 'Runs', value: engine.runBytes, text: bytes(engine.runBytes), title: 'Sorted runs: the entries themselves'},
    {name: 'Log', value: engine.logBytes, text: bytes(engine.logBytes), title: 'Write-ahead log'},
    {name: 'Ballast', value: engine.disk.ballastBytes, text: bytes(engine.disk.ballastBytes), title: 'Kept to be given back when the disk is full'},
    {name: 'Free', value: engine.disk.usableBytes, text: bytes(engine.disk.usableBytes), color: 'free'},
  ];
  return [stack('Disk', parts.slice(0, 3)), facts(['Free on this disk', bytes(engine.disk.usableBytes)], ['Writes stop below', bytes(engine.disk.reserveBytes)],
      ['Run files', count(engine.runFiles)], ['Directory', path ? h('code', null, path) : null])];
}
