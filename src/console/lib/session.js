// What the tab remembers: the token and the colour scheme. Both end with the tab.

const TOKEN = 'lightning.token';
const SCHEME = 'lightning.scheme';

/** The token that is sent with each call, or null. */
export function token() {
  return sessionStorage.getItem(TOKEN);
}

/** Keeps a token for this tab; null forgets it. */
export function keepToken(text) {
  if (text) {
    sessionStorage.setItem(TOKEN, text);
  } else {
    sessionStorage.removeItem(TOKEN);
  }
}

/** The colour scheme: `light`, `dark` or `auto`, which is what the system wants. */
export function scheme() {
  return sessionStorage.getItem(SCHEME) ?? 'auto';
}

/** Changes the colour scheme for this tab. */
export function keepScheme(name) {
  sessionStorage.setItem(SCHEME, name);
  applyScheme();
}

/** Has the page follow the scheme. */
export function applyScheme() {
  document.documentElement.dataset.scheme = scheme();
}
