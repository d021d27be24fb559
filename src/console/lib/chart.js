// Draws lines over time as SVG: small ones without axes (sparklines), and charts with axes, a readout under the pointer and arrow keys.

import {h, svg} from './dom.js';
import {clock, NONE} from './format.js';

const HEIGHT = 190;
const INSETS = {left: 58, right: 12, top: 10, bottom: 24};

/** A path through points; it breaks where there is no value. */
function linePath(values, x, y) {
  let path = '';
  let down = false;
  values.forEach((value, i) => {
    if (value === null || value === undefined) {
      down = false;
    } else {
      path += `${down ? 'L' : 'M'}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
      down = true;
    }
  });
  return path;
}

/** What the axis has to reach: the greatest value, unless it stands far above nearly all others. Then it is cut off; the readout has it. */
function greatest(lines) {
  const values = lines.flatMap(line => line.values).filter(value => value > 0).sort((a, b) => a - b);
  const most = values.at(-1) ?? 0;
  const usual = values[Math.floor(values.length * 0.98)] ?? 0;
  return values.length >= 50 && most > 6 * usual ? 2 * usual : most;
}

/** The next of 1, 2, 5, 10 ... that is not smaller; of sizes, the next power of two. */
function niceStep(value, base) {
  if (base === 1024) {
    return 2 ** Math.ceil(Math.log2(value || 1));
  }
  const power = 10 ** Math.floor(Math.log10(value || 1));
  return power * [1, 2, 5, 10].find(factor => factor * power >= value * 0.999);
}

/** A line without axes. The number beside it says what it is. */
export function sparkline(values, color = 0) {
  const max = greatest([{values}]) || 1;
  const count = Math.max(2, values.length);
  return svg('svg', {class: 'sparkline', viewBox: '0 0 120 28', preserveAspectRatio: 'none', 'aria-hidden': 'true'},
      svg('path', {class: `line${color}`, d: linePath(values, i => i / (count - 1) * 120, value => 26 - Math.min(1, value / max) * 24)}));
}

/**
 * A chart. Arrow keys and the pointer move a line over it, and the values there are read out.
 * @param {{title: string, times: string[], lines: Array<{name: string, values: number[]}>, format: function(number): string,
 *     base?: number}} data `base` is 1024 for sizes
 * @returns {HTMLElement} with a method `update(data)`
 */
export function lineChart(data) {
  const readout = h('p', {class: 'readout'});
  const plot = svg('svg', {class: 'chart', tabindex: 0, role: 'slider', 'aria-label': data.title});
  const figure = h('figure', {class: 'figure'}, h('figcaption', null, data.title), readout, plot);
  let shown = data;
  let chosen = null;
  let scale;

  const last = () => shown.times.length - 1;
  const read = () => {
    const at = chosen ?? last();
    const values = shown.lines.map((line, i) => ({name: line.name, text: shown.format(line.values[at]), color: i}));
    readout.replaceChildren(h('span', {class: 'readout-time'}, at < 0 ? NONE : chosen === null ? 'now' : clock(shown.times[at])),
        ...values.map(each => h('span', null, h('span', {class: `swatch fill${each.color}`}), each.name, ' ', h('b', null, each.text))));
    plot.setAttribute('aria-valuenow', String(Math.max(0, at)));
    plot.setAttribute('aria-valuetext', at < 0 ? 'no values yet'
      : `${clock(shown.times[at])}: ${values.map(each => `${each.name} ${each.text}`).join(', ')}`);
    const cross = plot.querySelector('.cross');
    cross?.setAttribute('transform', `translate(${scale && chosen !== null ? scale.x(at) : -100} 0)`);
  };

  const draw = () => {
    const width = Math.max(240, plot.clientWidth || figure.clientWidth || 480);
    const inner = {width: width - INSETS.left - INSETS.right, height: HEIGHT - INSETS.top - INSETS.bottom};
    const step = niceStep(greatest(shown.lines) * 1.05 / 4, shown.base ?? 10);
    const top = step * 4;
    scale = {
      x: i => INSETS.left + (last() > 0 ? i / last() : 0) * inner.width,
      y: value => INSETS.top + inner.height * (1 - Math.min(1, value / top)),
    };
    plot.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`);
    plot.setAttribute('aria-valuemin', '0');
    plot.setAttribute('aria-valuemax', String(Math.max(0, last())));
    const rows = [0, 1, 2, 3, 4].map(i => i * top / 4).map(value => [
      svg('line', {class: 'grid', x1: INSETS.left, x2: width - INSETS.right, y1: scale.y(value), y2: scale.y(value)}),
      svg('text', {class: 'axis', x: INSETS.left - 8, y: scale.y(value) + 4, 'text-anchor': 'end'}, shown.format(value))]);
    const lines = shown.lines.map((line, i) => svg('path', {class: `line${i}`, d: linePath(line.values, scale.x, scale.y)}));
    plot.replaceChildren(...rows.flat(), ...timeTicks(shown.times, scale.x, width), ...lines.reverse(),
        svg('line', {class: 'cross', x1: 0, x2: 0, y1: INSETS.top, y2: INSETS.top + inner.height}));
    read();
  };

  const choose = index => {
    chosen = index === null ? null : Math.max(0, Math.min(last(), index));
    read();
  };
  plot.addEventListener('pointermove', event => {
    const box = plot.getBoundingClientRect();
    const inner = box.width - INSETS.left - INSETS.right;
    choose(Math.round((event.clientX - box.left - INSETS.left) / inner * last()));
  });
  plot.addEventListener('pointerleave', () => choose(null));
  plot.addEventListener('blur', () => choose(null));
  plot.addEventListener('keydown', event => {
    const moves = {ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageDown: -30, PageUp: 30, Home: -Infinity, End: Infinity};
    if (event.key in moves) {
      event.preventDefault();
      choose((chosen ?? last()) + moves[event.key]);
    }
  });
  new ResizeObserver(draw).observe(figure);
  figure.update = next => {
    shown = {...shown, ...next};
    draw();
  };
  draw();
  return figure;
}

/** Hours and minutes below a chart, as many as there is room for. */
function timeTicks(times, x, width) {
  const minutes = [1, 2, 5, 10, 15, 30, 60, 120];
  const first = new Date(times[0]).getTime();
  const all = new Date(times.at(-1)).getTime() - first;
  const step = (minutes.find(each => all / (each * 60000) * 64 < width) ?? 360) * 60000;
  const ticks = [];
  for (let at = Math.ceil(first / step) * step; at <= first + all && all > 0; at += step) {
    const place = x((at - first) / all * (times.length - 1));
    ticks.push(svg('text', {class: 'axis', x: place, y: HEIGHT - 6, 'text-anchor': 'middle'}, clock(at)));
  }
  return ticks;
}
