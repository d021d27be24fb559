// Values. They are bytes with a media type, shown as JSON, text or hexadecimal.

/** Most bytes that are shown of a value; a larger one is downloaded. */
export const SHOWN_MAX = 262144;
const HEX_MAX = 16384;

/** Whether a media type is JSON. */
export function isJson(contentType) {
  return /^application\/(?:[\w.+-]+\+)?json\b/i.test(contentType ?? '');
}

/** The text of bytes, or null if they are not UTF-8. */
export function textOf(bytes) {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
  } catch {
    return null;
  }
}

/** Whether a text is one JSON value. */
export function isJsonText(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Lays out valid JSON over lines. Numbers and texts stay as they were written: no digit is lost, no member goes. */
export function pretty(text) {
  let out = '';
  let depth = 0;
  const line = () => '\n' + '  '.repeat(depth);
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g)) {
    if (token === '{' || token === '[') {
      out += token;
      depth++;
      out += line();
    } else if (token === '}' || token === ']') {
      depth--;
      out = out.endsWith(`${token === '}' ? '{' : '['}\n${'  '.repeat(depth + 1)}`) ? out.trimEnd() + token : out + line() + token;
    } else if (token === ',') {
      out += ',' + line();
    } else {
      out += token === ':' ? ': ' : token;
    }
  }
  return out;
}

/** Bytes in hexadecimal, sixteen a line, with their place before and their characters behind. */
export function hexOf(bytes) {
  const lines = [];
  for (let at = 0; at < Math.min(bytes.length, HEX_MAX); at += 16) {
    const part = [...bytes.subarray(at, at + 16)];
    const hex = part.map(byte => byte.toString(16).padStart(2, '0'));
    const halves = `${hex.slice(0, 8).join(' ')}  ${hex.slice(8).join(' ')}`;
    const characters = part.map(byte => byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.').join('');
    lines.push(`${at.toString(16).padStart(6, '0')}  ${halves.padEnd(49)} ${characters}`);
  }
  if (bytes.length > HEX_MAX) {
    lines.push(`… ${bytes.length - HEX_MAX} bytes more`);
  }
  return lines.join('\n');
}

/** Saves bytes as a file. */
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
