/** What an integer beyond 2^53 stands for while JSON.parse and JSON.stringify see a text; no value has it by chance. */
const MARK = `integer ${crypto.randomUUID()} `;
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LONG_NUMBER = /\d{16}/;
const INTEGER = /^-?\d+$/;
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, "g");

/** Reads JSON like JSON.parse, except that integers which a number would round come as bigint. */
export function parseJson(text: string): unknown {
  if (!LONG_NUMBER.test(text)) {
    return JSON.parse(text);
  }
  const marked = text.replace(TOKENS, (token) =>
    INTEGER.test(token) && !Number.isSafeInteger(Number(token)) ? `"${MARK}${token}"` : token,
  );
  return JSON.parse(marked, (_, value) =>
    typeof value === "string" && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value,
  );
}

/** Writes JSON like JSON.stringify, except that a bigint is an integer with all its digits. */
export function writeJson(value: unknown): string {
  const text = JSON.stringify(value, (_, member) => (typeof member === "bigint" ? `${MARK}${member}` : member));
  return text.replace(MARKED, "$1");
}
