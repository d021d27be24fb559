import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser } from "../source/page.mjs";
import { Service } from "../source/service.mjs";

let service;
let browser;

before(async () => {
  [service, browser] = await Promise.all([Service.start(), Browser.start()]);
});

after(async () => {
  await browser?.close();
  await service?.stop();
});

test("the first screen shows calls", async () => {
  const height = 800;
  await browser.with(`${service.url}/swagger-ui/index.html`, { width: 1280, height }, async (page) => {
    await page.locator(".opblock").first().waitFor();
    const ends = await page.locator(".opblock").evaluateAll((blocks) => blocks.map((block) => block.getBoundingClientRect().bottom));
    const seen = ends.filter((end) => end <= height).length;
    assert.ok(seen >= 2, `${seen} calls within ${height} pixels: the first ends at ${ends[0]}`);
  });
});
