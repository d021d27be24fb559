import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const WAIT_MILLIS_MAX = 20_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** One Chromium. Each page has a context of its own in it: storage, cache and settings are shared by none. */
export class Browser {
  #browser;

  /** @returns {Promise<Browser>} to be closed */
  static async start() {
    const browser = new Browser();
    browser.#browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      // The sandbox of Chromium refuses root. Names lead nowhere: what a page asks for has to be on loopback.
      chromiumSandbox: process.getuid?.() !== 0,
      args: ["--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"],
    });
    return browser;
  }

  /**
   * Opens a page, has it used, and closes it. The test fails if, meanwhile, a script failed, the console got an error or a warning, a dialog
   * opened, the policy of the page refused something, or the page asked another server for something.
   *
   * @template T
   * @param {string} url
   * @param {Look} look
   * @param {(page: import("playwright-core").Page) => Promise<T>} use
   * @returns {Promise<T>} what `use` returns
   */
  async with(url, look, use) {
    const opened = await this.open(url, look);
    let result;
    try {
      result = await use(opened.page);
    } catch (failure) {
      const faults = await opened.close();
      throw faults.length === 0 ? failure : new Error(`${failure.message}\n${told(faults)}`, { cause: failure });
    }
    const faults = await opened.close();
    if (faults.length > 0) {
      throw new Error(told(faults));
    }
    return result;
  }

  /**
   * Opens a page for a test that judges faults by itself.
   *
   * @param {string} url
   * @param {Look} [look]
   * @returns {Promise<{ page: import("playwright-core").Page, faults: string[], close: () => Promise<string[]> }>} the page, once it has
   *     loaded; what went wrong so far; and what closes the page and returns what went wrong
   */
  async open(url, { scheme = "light", width = 1280, height = 800, reducedMotion = false, allowed = [], ...more } = {}) {
    const context = await this.#browser.newContext({
      colorScheme: scheme,
      viewport: { width, height },
      reducedMotion: reducedMotion ? "reduce" : "no-preference",
      ...more,
    });
    context.setDefaultTimeout(WAIT_MILLIS_MAX);
    const faults = [];
    const fault = (text) => {
      if (!allowed.some((pattern) => pattern.test(text))) {
        faults.push(text);
      }
    };
    await context.exposeBinding("lightningPolicyViolated", (_, text) => fault(`policy: ${text}`));
    await context.addInitScript(() =>
      document.addEventListener("securitypolicyviolation", (event) =>
        window.lightningPolicyViolated(`${event.violatedDirective} refuses ${event.blockedURI} in ${event.sourceFile}:${event.lineNumber}`),
      ),
    );
    const origin = new URL(url).origin;
    context.on("request", (request) => {
      if (/^(https?|wss?):/.test(request.url()) && new URL(request.url()).origin !== origin) {
        fault(`request: ${request.method()} ${request.url()}`);
      }
    });
    context.on("console", (message) => {
      if (["error", "warning", "assert"].includes(message.type())) {
        fault(`console: ${message.text()} (${message.location().url})`);
      }
    });
    context.on("weberror", (error) => fault(`script: ${error.error().stack ?? error.error()}`));
    context.on("dialog", (dialog) => {
      fault(`dialog: ${dialog.type()} ${dialog.message()}`);
      dialog.dismiss().catch(() => {});
    });
    const page = await context.newPage();
    const close = async () => {
      // What the page told before comes before this answer.
      await Promise.all(context.pages().map((open) => open.evaluate("0").catch(() => {})));
      await context.close();
      return faults;
    };
    try {
      await page.goto(url, { waitUntil: "load" });
    } catch (failure) {
      await close();
      throw failure;
    }
    return { page, faults, close };
  }

  async close() {
    await this.#browser.close();
  }
}

/**
 * How a page is opened.
 *
 * @typedef {object} Look
 * @property {"light" | "dark"} [scheme] of colours, light if not given
 * @property {number} [width] in pixels, 1280 if not given
 * @property {number} [height] in pixels, 800 if not given
 * @property {boolean} [reducedMotion] whether the person asked for little motion
 * @property {RegExp[]} [allowed] faults that the test expects, such as `/^console: Failed to load resource.* 409 /`: Chromium tells every
 *     answer from 400 on
 */

/**
 * What axe finds wrong with a page, or with a part of it.
 *
 * @param {import("playwright-core").Page} page
 * @param {object} [options]
 * @param {string} [options.within] selects the part
 * @param {string[]} [options.without] rules left out
 * @returns {Promise<string[]>} a line for each element
 */
export async function accessibilityFaults(page, { within, without = [] } = {}) {
  // A script of the page would be refused by its policy; what the browser is told from outside is not.
  await page.evaluate(`if (!window.axe) { ${AXE} }`);
  return page.evaluate(
    async ([selector, left]) => {
      const result = await window.axe.run(selector ?? document, {
        rules: Object.fromEntries(left.map((rule) => [rule, { enabled: false }])),
      });
      return result.violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id} (${help}): ${target.join(" ")}`));
    },
    [within, without],
  );
}

function told(faults) {
  return `the page had faults:\n  ${faults.join("\n  ")}`;
}
