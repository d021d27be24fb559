import { strict as assert } from "node:assert";

/** Every view of the console, by the address behind its `#`. */
export const VIEWS = ["overview", "data", "data/shop", "storage", "storage/shop", "transactions", "operations", "security", "settings"];

/** Faults that a page tells of answers that a test provokes. */
export const REFUSED = (status) => new RegExp(`^console: Failed to load resource.* ${status} `);

/** What would show, in any place, that stored text has become a program. */
export const HOSTILE = [
  "<script>window.pwned = 1</script>",
  "<img src=x onerror=\"window.pwned = 1\">",
  "\"><svg onload=window.pwned=1>",
  "javascript:window.pwned=1",
  "{{constructor.constructor('window.pwned=1')()}}",
];

/**
 * Opens the console.
 *
 * @param {import("./page.mjs").Browser} browser
 * @param {string} url of the service
 * @param {string} view such as `data/shop?prefix=a`
 * @param {import("./page.mjs").Look & { token?: string }} look
 * @param {(page: import("playwright-core").Page) => Promise<any>} use
 */
export async function withConsole(browser, url, view, { token, allowed = [], ...look }, use) {
  // Health is an answer also where it is 503: no backup was made yet, say.
  return browser.with(`${url}/console/`, { ...look, allowed: [...allowed, REFUSED(503), ...(token ? [REFUSED(401)] : [])] }, async (page) => {
    if (token) {
      await signIn(page, token);
    }
    await go(page, view);
    return use(page);
  });
}

/** Gives the page a token, as a person does. */
export async function signIn(page, token) {
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Token").fill(token);
  await dialog.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("navigation", { name: "Views" }).waitFor();
}

/** Goes to a view, and waits until it has what it asked for. */
export async function go(page, view) {
  await page.getByRole("navigation", { name: "Views" }).waitFor();
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/${view}`);
  await settled(page);
}

/** Waits until nothing is being loaded any more. */
export async function settled(page) {
  await page.waitForFunction(() => document.querySelector("main h1") && !document.querySelector("main .loading"));
}

/** Finds what is wider than the page. */
export async function overflow(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) {
      return [];
    }
    return [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > width + 1)
      .map((element) => `${element.tagName} ${element.className}`)
      .slice(0, 5);
  });
}

/** Rows that stand in the page. */
export async function rows(page) {
  return page.evaluate(() => document.querySelectorAll("main tbody tr, main .key-list li").length);
}

/** Fails if anything stored has run, or has become an element. */
export async function assertNothingRan(page) {
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.equal(await page.evaluate(() => document.querySelectorAll("main script, main img, main [onload], main [onerror], main a[href^=javascript]").length), 0);
}
