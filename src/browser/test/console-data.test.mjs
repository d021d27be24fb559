import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { go, REFUSED, rows, withConsole } from "../source/console.mjs";
import { Browser } from "../source/page.mjs";
import { Service } from "../source/service.mjs";

const KEYSPACES = 1000;
const ENTRIES = 1_000_000;
const FIRST_ROWS_MILLIS = 1000;
const ROWS_MAX = 500;
const JSON_LINES = { "Content-Type": "application/x-ndjson" };
const SHOP = "/v1/keyspaces/shop";

let service;
let crowded;
let filled;
let browser;

before(async () => {
  [service, crowded, browser] = await Promise.all([Service.start(), Service.start({ settings: ["--lightning.limits.keyspaces-max=1100"] }), Browser.start()]);
  // It takes a while, and goes on beside the other tests.
  filled = fill(crowded);
  filled.catch(() => {});
});

async function fill(target) {
  const names = ["shop", ...Array.from({ length: KEYSPACES - 2 }, (_, i) => `many-${String(i).padStart(4, "0")}`)];
  for (let at = 0; at < names.length; at += 20) {
    await Promise.all(names.slice(at, at + 20).map((name) => target.call("PUT", `/v1/keyspaces/${name}`, { json: {} })));
  }
  for (let at = 0; at < ENTRIES; at += 100_000) {
    const lines = Array.from({ length: 100_000 }, (_, i) => `{"key":"big/${String(at + i).padStart(7, "0")}","value":${i}}`);
    await target.call("POST", `${SHOP}/entries:import`, { headers: { ...JSON_LINES, "Lightning-Durability": "logged" }, body: lines.join("\n") });
  }
}

beforeEach(async () => {
  await service.call("PUT", SHOP, { json: { historyVersions: 5 } });
  await put("cart/1", { items: 1 });
});

after(async () => {
  await browser?.close();
  await Promise.all([service?.stop(), crowded?.stop()]);
});

const entry = (key) => `${SHOP}/entries/${encodeURIComponent(key)}`;
const put = (key, value) => service.call("PUT", entry(key), { json: value });
const read = async (key) => (await service.request("GET", entry(key))).text();

/** Opens an entry in the console. */
async function open(page, key) {
  await page.getByRole("link", { name: key, exact: true }).click();
  await page.locator(".entry h2", { hasText: key }).waitFor();
}

test("an entry is made, edited, deleted, and brought back", async () => {
  await withConsole(browser, service.url, "data/shop", { allowed: [REFUSED(404)] }, async (page) => {
    await page.getByRole("button", { name: "New entry" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Key").fill("cart/2");
    await dialog.getByLabel("Value").fill('{"items": 2}');
    await dialog.getByRole("button", { name: "Write" }).click();
    await page.locator(".entry h2", { hasText: "cart/2" }).waitFor();
    assert.equal(await read("cart/2"), '{"items": 2}');

    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("Value").fill('{"items": 3}');
    await page.getByLabel("Ends").selectOption("after");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("pre.value", { hasText: '"items": 3' }).waitFor();
    const after = await service.request("GET", entry("cart/2"));
    assert.ok(after.headers.get("Lightning-Expires-At"), "it ends");

    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText("Deleted cart/2").waitFor();
    assert.equal((await service.request("GET", entry("cart/2"))).status, 404);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("It is back.").waitFor();
    const back = await service.request("GET", entry("cart/2"));
    assert.equal(await back.text(), '{"items": 3}');
    assert.equal(back.headers.get("Lightning-Expires-At"), after.headers.get("Lightning-Expires-At"));
  });
});

test("an undo does not overwrite what was written since", async () => {
  await withConsole(browser, service.url, "data/shop", { allowed: [REFUSED(404), REFUSED(412)] }, async (page) => {
    await open(page, "cart/1");
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText("Deleted cart/1").waitFor();
    await put("cart/1", "of another");
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Not undone").waitFor();
    assert.equal(await read("cart/1"), '"of another"');
  });
});

test("a conflict shows both values, and neither is lost", async () => {
  await withConsole(browser, service.url, "data/shop", { allowed: [REFUSED(412)] }, async (page) => {
    await open(page, "cart/1");
    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("Value").fill('{"items": 10}');
    await put("cart/1", { items: 20 });
    await page.getByRole("button", { name: "Save" }).click();
    const dialog = page.getByRole("dialog", { name: "Someone else wrote this entry" });
    await dialog.getByRole("region", { name: "Yours" }).getByText("10").waitFor();
    await dialog.getByRole("region", { name: "Theirs" }).getByText("20").waitFor();
    assert.equal(await read("cart/1"), '{"items":20}');
    await dialog.getByRole("button", { name: "Write mine over theirs" }).click();
    await page.getByText("Saved.").waitFor();
    assert.equal(await read("cart/1"), '{"items": 10}');
  });
});

test("numbers keep their digits, and bytes are shown as they are", async () => {
  await service.call("PUT", entry("cart/digits"), { body: '{"a":12345678901234567890,"a2":1.10}', headers: { "Content-Type": "application/json" } });
  await service.call("PUT", entry("cart/bytes"), { body: new Uint8Array([0, 255, 65]), headers: { "Content-Type": "application/octet-stream" } });
  await withConsole(browser, service.url, "data/shop", {}, async (page) => {
    await open(page, "cart/digits");
    const value = page.locator("pre.value");
    assert.equal(await value.textContent(), '{\n  "a": 12345678901234567890,\n  "a2": 1.10\n}');
    await page.getByRole("radio", { name: "Text" }).check();
    assert.equal(await value.textContent(), '{"a":12345678901234567890,"a2":1.10}');
    await open(page, "cart/bytes");
    assert.match(await value.textContent(), /00 ff 41 .*\.\.A/);
    assert.equal(await page.getByRole("button", { name: "Edit" }).count(), 0);
  });
});

test("an earlier version is looked at and written again", async () => {
  await put("cart/1", { items: 2 });
  await put("cart/1", { items: 3 });
  await withConsole(browser, service.url, "data/shop", {}, async (page) => {
    await open(page, "cart/1");
    await page.getByText("History").click();
    await page.getByRole("cell", { name: "Now" }).waitFor();
    await page.locator(".history").getByRole("button", { name: "Show" }).nth(1).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText('"items": 2').waitFor();
    await dialog.getByRole("button", { name: "Write it again" }).click();
    await page.locator("pre.value", { hasText: '"items": 2' }).waitFor();
    assert.equal(await read("cart/1"), '{"items":2}');
  });
});

test("a tree is gone down, and odd keys are reached", async () => {
  for (const key of ["a/b/c", "a/b/d", "a/x", "..", "a b?c#d%2F", "tab\there", "\u202eevil"]) {
    await service.call("PUT", `${SHOP}/entries/${Buffer.from(key).toString("base64url")}?keyEncoding=base64url`, { json: key });
  }
  await withConsole(browser, service.url, "data/shop", {}, async (page) => {
    await page.getByLabel("Fold").selectOption("/");
    await page.getByRole("link", { name: "a/", exact: false }).first().click();
    await page.getByRole("link", { name: "b/", exact: false }).first().click();
    await page.getByRole("link", { name: "c", exact: true }).click();
    await page.locator("pre.value", { hasText: "a/b/c" }).waitFor();
    await page.getByRole("navigation", { name: "Prefix" }).getByRole("link", { name: "All" }).click();
    for (const shown of ["..", "a b?c#d%2F", "tab\u2409here", "U+202E"]) {
      await go(page, "data/shop");
      await page.locator(".key", { hasText: shown }).first().click();
      await page.locator(".entry pre.value").waitFor();
    }
  });
});

test("a file is imported by choosing or dropping it, and exported", async () => {
  const file = join(service.folder, "orders.ndjson");
  writeFileSync(file, Array.from({ length: 2000 }, (_, i) => JSON.stringify({ id: `o${i}`, n: i })).join("\n"));
  await withConsole(browser, service.url, "data/shop", { allowed: [REFUSED(422)] }, async (page) => {
    await page.getByRole("button", { name: "Import" }).click();
    let dialog = page.getByRole("dialog");
    await dialog.getByLabel("File").setInputFiles(file);
    await dialog.getByLabel("Key is in").fill("/id");
    await dialog.getByRole("button", { name: "Import" }).click();
    await page.getByText("2,000 entries imported.").waitFor();

    await page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File(['{"key":"dropped","value":1}\nnot json\n'], "more.ndjson"));
      document.querySelector(".view").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    });
    dialog = page.getByRole("dialog");
    await dialog.getByText("more.ndjson").waitFor();
    await dialog.getByRole("button", { name: "Import" }).click();
    await dialog.locator(".problem").waitFor();
    await dialog.getByLabel("Lines that cannot be imported").selectOption("skip");
    await dialog.getByRole("button", { name: "Import" }).click();
    await page.getByRole("dialog", { name: "Lines that were left out" }).getByRole("button", { name: "Close" }).click();
    assert.equal(await read("dropped"), "1");

    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export" }).click()]);
    const lines = gunzipSync(readFileSync(await download.path())).toString().trim().split("\n");
    assert.equal(lines.length, (await service.call("GET", `${SHOP}/entries:count`)).count);
  });
});

test("a keyspace is dropped only if its name is typed", async () => {
  await service.call("PUT", "/v1/keyspaces/old-things", { json: {} });
  await withConsole(browser, service.url, "data/old-things", {}, async (page) => {
    await page.getByRole("button", { name: "Drop" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Type the name").fill("old");
    await dialog.getByRole("button", { name: "Drop it" }).click();
    await dialog.getByText("That is not").waitFor();
    assert.equal((await service.request("GET", "/v1/keyspaces/old-things")).status, 200);
    await dialog.getByLabel("Type the name").fill("old-things");
    await dialog.getByRole("button", { name: "Drop it" }).click();
    await page.getByText("Keyspace old-things is dropped.").waitFor();
    assert.equal((await service.request("GET", "/v1/keyspaces/old-things")).status, 404);
  });
});

test("a thousand keyspaces and a million keys are there at once, and few stand in the page", async () => {
  await filled;
  await withConsole(browser, crowded.url, "overview", {}, async (page) => {
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    const firstRows = (hash, row) =>
      page.evaluate(
        ([target, selector]) =>
          new Promise((resolve) => {
            const begun = performance.now();
            const look = () => (document.querySelector(selector) ? resolve(performance.now() - begun) : requestAnimationFrame(look));
            location.hash = target;
            look();
          }),
        [hash, row],
      );
    const times = {
      keyspaces: await firstRows("#/data", ".view-data tbody tr"),
      prefix: await firstRows("#/data/shop?prefix=big/", ".view-data .key-list li"),
      tree: await firstRows("#/data/shop?tree=/", ".view-data .key.folded"),
      storage: await firstRows("#/storage", ".view-storage tbody tr"),
    };
    for (const [what, millis] of Object.entries(times)) {
      assert.ok(millis < FIRST_ROWS_MILLIS, `${what}: first rows after ${millis} ms`);
    }
    for (const view of ["data", "data/shop?prefix=big/", "storage"]) {
      await go(page, view);
      const count = await rows(page);
      assert.ok(count > 50 && count <= ROWS_MAX, `${view} has ${count} rows`);
    }
    await go(page, "data");
    await page.getByRole("searchbox").fill("many-0997");
    await page.getByRole("link", { name: "many-0997" }).waitFor();
    assert.equal(asked.filter((url) => url.includes(":count")).length, 0);
  });
});
