import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { accessibilityFaults, Browser } from "../source/page.mjs";

const POLICY = "default-src 'self'; script-src 'self' 'nonce-known'; connect-src *";
let server;
let browser;
let url;
let body;

before(async () => {
  server = createServer((request, response) => {
    if (request.url !== "/") {
      response.writeHead(request.url === "/icon" ? 204 : 404).end();
      return;
    }
    response.writeHead(200, { "Content-Type": "text/html", "Content-Security-Policy": POLICY });
    response.end(`<!doctype html><html lang="en"><head><title>t</title><link rel="icon" href="/icon"></head><body><main><h1>t</h1>${body}</main></body></html>`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${server.address().port}/`;
  browser = await Browser.start();
});

after(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
});

const script = (text) => `<script nonce="known">${text}</script>`;

async function opened(text, look) {
  body = text;
  return browser.with(url, look ?? {}, async (page) => {
    await page.waitForLoadState("networkidle");
    return page.evaluate(() => [matchMedia("(prefers-color-scheme: dark)").matches, innerWidth]);
  });
}

test("a page without a fault passes, in the scheme and the width it is opened with", async () => {
  assert.deepEqual(await opened(script("console.log('fine')"), { scheme: "dark", width: 400 }), [true, 400]);
  assert.deepEqual(await opened("", { width: 1000 }), [false, 1000]);
});

for (const [what, text, told] of [
  ["an error in the console", script("console.error('broken')"), /console: broken/],
  ["a warning in the console", script("console.warn('odd')"), /console: odd/],
  ["a script that fails", script("missing()"), /script: ReferenceError: missing/],
  ["a promise that fails", script("Promise.reject(new Error('late'))"), /script: Error: late/],
  ["a dialog", script("alert('well')"), /dialog: alert well/],
  ["a script that the policy refuses", "<script>window.x = 1</script>", /policy: script-src-elem refuses inline/],
  ["a style that the policy refuses", "<p style='color: red'>x</p>", /policy: style-src-attr refuses inline/],
  ["a file that is not there", "<img src='/none.png' alt='none'>", /console: Failed to load resource.*404/],
  ["another server", "<a href='/'>x</a>" + script("fetch('http://127.0.0.1:9/x', { mode: 'no-cors' }).catch(() => {})"), /request: GET http:.*127\.0\.0\.1:9\/x/],
]) {
  test(`${what} fails the test`, async () => {
    await assert.rejects(opened(text), told);
  });
}

test("a fault that is expected does not", async () => {
  await opened("<img src='/none.png' alt='none'>", { allowed: [/^console: Failed to load resource.* 404 /] });
});

test("axe finds what a person without sight would miss, whatever the policy", async () => {
  body = "<img src='/icon'><button></button>";
  await browser.with(url, { allowed: [/./] }, async (page) => {
    assert.deepEqual((await accessibilityFaults(page)).map((fault) => fault.split(" ")[0]).sort(), ["button-name", "image-alt"]);
    assert.deepEqual(await accessibilityFaults(page, { within: "h1" }), []);
    assert.deepEqual(await accessibilityFaults(page, { without: ["image-alt", "button-name"] }), []);
  });
});
