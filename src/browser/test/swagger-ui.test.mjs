import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser } from "../source/page.mjs";
import { Service } from "../source/service.mjs";

// The page takes seconds to show the whole document, and more beside other work.
const WHOLE_DOCUMENT_WAIT_MILLIS_MAX = 60_000;

let service;
let browser;

before(async () => {
  [service, browser] = await Promise.all([Service.start(), Browser.start()]);
});

after(async () => {
  await browser?.close();
  await service?.stop();
});

for (const [width, height] of [
  [1280, 800],
  [390, 844],
]) {
  test(`the first screen shows calls, ${width} x ${height}`, async () => {
    await browser.with(`${service.url}/swagger-ui/index.html`, { width, height }, async (page) => {
      page.setDefaultTimeout(WHOLE_DOCUMENT_WAIT_MILLIS_MAX);
      await page.locator(".opblock").first().waitFor();
      const ends = await page.locator(".opblock").evaluateAll((blocks) => blocks.map((block) => block.getBoundingClientRect().bottom));
      const wanted = width > height ? 2 : 1;
      const seen = ends.filter((end) => end <= height).length;
      assert.ok(seen >= wanted, `${seen} calls within ${height} pixels: the first ends at ${ends[0]}`);
    });
  });
}
