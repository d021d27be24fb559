// Numbers, sizes and times as people read them.

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
const WHOLE = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
const DATE = new Intl.DateTimeFormat('en-GB', {
  year: 'numeric', month: 'short', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false,
});
const CLOCK = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', hour12: false});

/** What stands where nothing is known. */
export const NONE = '–';

function absent(value) {
  return value === null || value === undefined || value === '' || Number.isNaN(value);
}

/** A size: 1 KB is 1024 B, as in the settings. */
export function bytes(value) {
  if (absent(value)) {
    return NONE;
  }
  let number = Number(value);
  let unit = 0;
  while (Math.abs(number) >= 1024 && unit < UNITS.length - 1) {
    number /= 1024;
    unit++;
  }
  return `${digits(number, unit === 0)}\u00a0${UNITS[unit]}`;
}

function digits(number, whole) {
  return whole || Math.abs(number) >= 100 ? WHOLE.format(number) : number.toFixed(Math.abs(number) >= 10 ? 1 : 2).replace(/\.?0+$/, '');
}

/** A count, whole, with commas. */
export function count(value) {
  return absent(value) ? NONE : WHOLE.format(value);
}

/** A rate or other number, short: 1.2k. */
export function short(value) {
  if (absent(value)) {
    return NONE;
  }
  const size = Math.abs(value);
  if (size >= 1e6) {
    return `${digits(value / 1e6)}M`;
  }
  if (size >= 1e4) {
    return `${digits(value / 1e3)}k`;
  }
  return size >= 100 || Number.isInteger(value) ? WHOLE.format(value) : digits(value);
}

/** A part of a whole. */
export function share(value) {
  return absent(value) ? NONE : `${digits(value * 100)}\u00a0%`;
}

/** A time that something takes, from microseconds. */
export function micros(value) {
  if (absent(value)) {
    return NONE;
  }
  if (value < 1000) {
    return `${digits(value, value >= 10)}\u00a0µs`;
  }
  return value < 1e6 ? `${digits(value / 1000)}\u00a0ms` : `${digits(value / 1e6)}\u00a0s`;
}

/** A time span, from milliseconds, in its two largest units. */
export function span(millis) {
  if (absent(millis)) {
    return NONE;
  }
  const seconds = Math.floor(Math.abs(millis) / 1000);
  if (seconds < 1) {
    return `${Math.round(Math.abs(millis))} ms`;
  }
  const parts = [[Math.floor(seconds / 86400), 'd'], [Math.floor(seconds / 3600) % 24, 'h'], [Math.floor(seconds / 60) % 60, 'min'], [seconds % 60, 's']];
  const first = parts.findIndex(([number]) => number > 0);
  return parts.slice(first, first + 2).filter(([number]) => number > 0).map(([number, unit]) => `${number} ${unit}`).join(' ');
}

/** How long ago a moment is, or how far ahead. */
export function ago(moment) {
  if (absent(moment)) {
    return NONE;
  }
  const millis = Date.now() - new Date(moment).getTime();
  if (Math.abs(millis) < 2000) {
    return 'just now';
  }
  return millis > 0 ? `${span(millis)} ago` : `in ${span(millis)}`;
}

/** A moment in the time zone of the browser. */
export function date(moment) {
  return absent(moment) ? NONE : DATE.format(new Date(moment));
}

/** Hours and minutes of a moment. */
export function clock(moment) {
  return CLOCK.format(new Date(moment));
}

/** Milliseconds of an ISO 8601 duration of days and smaller, as the service writes them. */
export function durationMillis(text) {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(text ?? '');
  if (!match) {
    return null;
  }
  const [days, hours, minutes, seconds] = match.slice(1).map(part => Number(part ?? 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

/** An ISO 8601 duration for people. */
export function duration(text) {
  const millis = durationMillis(text);
  return millis === null ? text ?? NONE : millis === 0 ? 'none' : span(millis);
}

/** A number and its noun. */
export function counted(number, one, many = `${one}s`) {
  return `${count(number)} ${Number(number) === 1 ? one : many}`;
}
