import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertNothingRan, go, HOSTILE, overflow, REFUSED, settled, VIEWS, withConsole } from "../source/console.mjs";
import { accessibilityFaults, Browser } from "../source/page.mjs";
import { Service } from "../source/service.mjs";

const JSON_LINES = { "Content-Type": "application/x-ndjson" };

let service;
let browser;

before(async () => {
  [service, browser] = await Promise.all([Service.start({ settings: ["--lightning.backup.archive-interval=1s"] }), Browser.start()]);
  await service.call("PUT", "/v1/keyspaces/shop", { json: { historyVersions: 5 } });
  const lines = Array.from({ length: 300 }, (_, i) => JSON.stringify({ key: `order/${i % 7}/${i}`, value: { number: i, paid: i % 2 === 0 } }));
  await service.call("POST", "/v1/keyspaces/shop/entries:import", { headers: JSON_LINES, body: lines.join("\n") });
  await service.call("POST", "/v1/admin/operations", { json: { kind: "flush", keyspace: "shop" } });
  await service.call("POST", "/v1/admin/operations", { json: { kind: "backup" } });
  for (const [i, text] of HOSTILE.entries()) {
    const key = `hostile/${i}${text}`;
    await service.call("PUT", `/v1/keyspaces/shop/entries/${encodeURIComponent(key)}`, { body: text, headers: { "Content-Type": "text/html" } });
  }
  await service.call("PUT", "/v1/keyspaces/shop/entries/odd-type", { body: "{}", headers: { "Lightning-Content-Type": 'text/x;a="<script>window.pwned=1</script>"' } });
  await service.call("POST", "/v1/transactions", { json: {} });
});

after(async () => {
  await browser?.close();
  await service?.stop();
});

for (const scheme of ["light", "dark"]) {
  for (const width of [1280, 390]) {
    test(`every view can be used by all, ${scheme}, ${width} pixels`, async () => {
      await withConsole(browser, service.url, "overview", { scheme, width, height: 844 }, async (page) => {
        for (const view of VIEWS) {
          await go(page, view);
          assert.deepEqual(await accessibilityFaults(page), [], view);
          assert.deepEqual(await overflow(page), [], view);
          assert.equal(await page.locator(".problem").count(), 0, `${view} shows a problem`);
        }
      });
    });
  }
}

test("an entry, its editor and dialogs can be used by all", async () => {
  for (const look of [{ scheme: "light", width: 1280 }, { scheme: "dark", width: 390 }]) {
    await withConsole(browser, service.url, "data/shop?prefix=order/1/", look, async (page) => {
      await page.getByRole("link", { name: "order/1/1", exact: true }).click();
      await page.getByText("History").click();
      await page.getByRole("cell", { name: "Now" }).waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
      assert.deepEqual(await overflow(page), []);
      await page.getByRole("button", { name: "Edit" }).click();
      await page.getByLabel("Value").waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
      await page.getByRole("button", { name: "Cancel" }).click();
      for (const name of ["New entry", "Import", "Options", "Drop"]) {
        if (look.width < 760) {
          await go(page, "data/shop");
        }
        await page.getByRole("button", { name, exact: true }).click();
        await page.getByRole("dialog").waitFor();
        assert.deepEqual(await accessibilityFaults(page), [], name);
        assert.deepEqual(await overflow(page), [], name);
        await page.keyboard.press("Escape");
        await page.getByRole("dialog").waitFor({ state: "detached" });
      }
    });
  }
});

test("what is stored is shown as text and nothing else", async () => {
  const reason = HOSTILE[1];
  await service.call("PUT", "/v1/admin/mode", { json: { mode: "read-only", reason } });
  try {
    await withConsole(browser, service.url, "data/shop?prefix=hostile/", {}, async (page) => {
      await page.getByText(reason).first().waitFor();
      for (const text of HOSTILE) {
        await page.locator(".key", { hasText: text }).click();
        await page.locator("pre.value", { hasText: text }).waitFor();
        await assertNothingRan(page);
      }
      await go(page, "data/shop?prefix=odd-type");
      await page.locator(".key", { hasText: "odd-type" }).click();
      await page.locator(".entry .facts", { hasText: "window.pwned" }).waitFor();
      for (const view of VIEWS) {
        await go(page, view);
        await assertNothingRan(page);
      }
    });
  } finally {
    await service.call("PUT", "/v1/admin/mode", { json: { mode: "read-write" } });
  }
});

test("hostile addresses lead nowhere", async () => {
  await withConsole(browser, service.url, "overview", { allowed: [REFUSED(400), REFUSED(404)] }, async (page) => {
    for (const text of HOSTILE) {
      for (const view of [text, `data/${encodeURIComponent(text)}`, `storage/${encodeURIComponent(text)}`, `data/shop?prefix=${encodeURIComponent(text)}&key=${encodeURIComponent(text)}`]) {
        await go(page, view);
        await assertNothingRan(page);
      }
    }
  });
});

test("a person with a keyboard goes everywhere", async () => {
  await withConsole(browser, service.url, "data/shop?prefix=order/2/", {}, async (page) => {
    await page.reload();
    await page.locator(".key").first().waitFor();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the view");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");
    await page.locator(".key").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    const key = await page.evaluate(() => document.activeElement.textContent);
    await page.locator(".entry h2", { hasText: key }).waitFor();
    await go(page, "overview");
    const chart = page.getByRole("slider", { name: "Latency" });
    await chart.focus();
    const last = await chart.getAttribute("aria-valuenow");
    await page.keyboard.press("ArrowLeft");
    assert.equal(Number(await chart.getAttribute("aria-valuenow")), Number(last) - 1);
    assert.match(await chart.getAttribute("aria-valuetext"), /Read p99/);
  });
});

test("the scheme is switched for the tab", async () => {
  await withConsole(browser, service.url, "overview", { scheme: "light" }, async (page) => {
    const color = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await color();
    await page.getByRole("radio", { name: "Dark" }).check();
    const dark = await color();
    assert.notEqual(dark, light);
    await page.reload();
    await settled(page);
    assert.equal(await color(), dark);
  });
});
