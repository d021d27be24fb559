// Keys. They are bytes; most are UTF-8 text. Calls for one entry always send base64url, so that no key (with slashes, dots, control
// characters) is changed on its way through HTTP software.

const ENCODER = new TextEncoder();

/** Bytes as base64url without padding. */
export function toBase64Url(bytes) {
  let binary = '';
  for (const byte of bytes) {
    binary += String.fromCharCode(byte);
  }
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** The bytes of a base64url text. */
export function fromBase64Url(text) {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, character => character.charCodeAt(0));
}

/** A key, as its base64url text. */
export class Key {
  /** @param {string} encoded base64url without padding */
  constructor(encoded) {
    this.encoded = encoded;
  }

  /** The key of an address; null if it is none, as anything may stand there. */
  static parse(encoded) {
    try {
      fromBase64Url(encoded);
      return new Key(encoded);
    } catch {
      return null;
    }
  }

  static ofText(text) {
    return new Key(toBase64Url(ENCODER.encode(text)));
  }

  /** The key of an entry or folded prefix in an answer. */
  static of(text, keyEncoding) {
    return keyEncoding === 'base64url' ? new Key(text) : Key.ofText(text);
  }

  get bytes() {
    return fromBase64Url(this.encoded);
  }

  /** The text, or null if the key is not UTF-8. */
  get text() {
    try {
      return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(this.bytes);
    } catch {
      return null;
    }
  }

  /** What is shown: control characters as pictures of them, and bytes that are no text in hexadecimal. */
  get shown() {
    const text = this.text;
    return text === null ? `0x${[...this.bytes].map(byte => byte.toString(16).padStart(2, '0')).join('')}` : visible(text);
  }

  /** Path of the entry in a keyspace. */
  path(keyspace, below = '') {
    return `/v1/keyspaces/${encodeURIComponent(keyspace)}/entries/${this.encoded}${below}`;
  }
}

/** A text with its control and direction characters made visible, so that none of them plays tricks. */
export function visible(text) {
  return text.replace(/[\u0000-\u001f]/g, c => String.fromCharCode(0x2400 + c.charCodeAt(0))).replace(/\u007f/g, '\u2421')
      .replace(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, c => `\u27e8U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}\u27e9`);
}
