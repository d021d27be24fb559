import assert from "node:assert/strict";
import { createServer, request as ask } from "node:http";
import { after, before, test } from "node:test";
import { assertNothingRan, go, HOSTILE, REFUSED, settled, signIn, withConsole } from "../source/console.mjs";
import { Browser } from "../source/page.mjs";
import { Service } from "../source/service.mjs";

const REQUESTS_PER_MINUTE_MAX = 60;

let service;
let browser;

before(async () => {
  [service, browser] = await Promise.all([Service.start({ secured: true }), Browser.start()]);
  await service.call("PUT", "/v1/keyspaces/shop", { json: {} });
  await service.call("PUT", "/v1/keyspaces/hidden", { json: {} });
  await service.call("PUT", "/v1/keyspaces/shop/entries/a", { json: 1 });
});

after(async () => {
  await browser?.close();
  await service?.stop();
});

test("a token is asked for once, a wrong one is refused with its reason, and it ends with the tab", async () => {
  await browser.with(`${service.url}/console/`, { allowed: [REFUSED(401), REFUSED(503)] }, async (page) => {
    const dialog = page.getByRole("dialog", { name: "Who are you?" });
    await dialog.getByLabel("Token").fill("wrong");
    await dialog.getByRole("button", { name: "Continue" }).click();
    await page.getByText("The token is not accepted").waitFor();
    await signIn(page, service.token);
    await go(page, "settings");
    await page.reload();
    await settled(page);
    assert.equal(await page.getByRole("dialog").count(), 0);
    assert.deepEqual(await page.evaluate(() => [Object.keys(localStorage), document.cookie]), [[], ""]);
    assert.ok(!(await page.content()).includes(service.token));
    assert.ok(!page.url().includes(service.token));
    await page.getByRole("button", { name: "Forget token" }).click();
    await page.getByRole("dialog", { name: "Who are you?" }).waitFor();
    assert.equal(await page.evaluate(() => sessionStorage.getItem("lightning.token")), null);
  });
});

test("a token that ends while the console is open is asked for again", async () => {
  const token = await service.createToken({ name: "short", roles: ["admin"] });
  await withConsole(browser, service.url, "data", { token }, async (page) => {
    const { tokens } = await service.call("GET", "/v1/admin/tokens");
    await service.call("DELETE", `/v1/admin/tokens/${tokens.find((each) => each.name === "short").id}`);
    await page.getByRole("link", { name: "Storage" }).click();
    await page.getByText("The token is not accepted").waitFor();
    await signIn(page, service.token);
    await settled(page);
  });
});

const OFFERED = {
  reader: { views: ["Overview", "Data", "Security"], entry: ["Download"], keyspace: ["Export", "Options"] },
  writer: { views: ["Overview", "Data", "Security"], entry: ["Edit", "Download", "Delete"], keyspace: ["New entry", "Import", "Export", "Options"] },
  operator: { keyspaces: ["*"], views: ["Overview", "Data", "Storage", "Transactions", "Operations", "Security"], entry: null, keyspace: null },
  admin: {
    keyspaces: ["*"],
    views: ["Overview", "Data", "Storage", "Transactions", "Operations", "Security", "Settings"],
    entry: ["Edit", "Download", "Delete"],
    keyspace: ["New entry", "Import", "Export", "Options", "Drop"],
  },
  "admin of some keyspaces": {
    roles: ["admin", "operator"],
    views: ["Overview", "Data", "Security"],
    entry: ["Edit", "Download", "Delete"],
    keyspace: ["New entry", "Import", "Export", "Options", "Drop"],
  },
};

for (const [role, offered] of Object.entries(OFFERED)) {
  test(`to the ${role} is offered what the role may do, and nothing is refused`, async () => {
    const token = await service.createToken({ name: role, roles: offered.roles ?? [role], keyspaces: offered.keyspaces ?? ["shop"] });
    await withConsole(browser, service.url, "overview", { token }, async (page) => {
      const refused = [];
      page.on("response", (answer) => answer.status() === 403 && refused.push(answer.url()));
      const views = page.getByRole("navigation", { name: "Views" }).getByRole("listitem");
      assert.deepEqual(await views.allTextContents(), offered.views);
      for (const view of offered.views) {
        await go(page, view.toLowerCase());
      }
      if (offered.entry) {
        await go(page, "data");
        assert.equal(await page.getByRole("link", { name: "hidden" }).count(), offered.keyspaces ? 1 : 0);
        await go(page, "data/shop");
        assert.deepEqual(await page.locator(".toolbar button").allTextContents(), offered.keyspace);
        await page.locator(".key").first().click();
        await page.locator("pre.value").waitFor();
        assert.deepEqual(await page.locator(".entry > .actions button").allTextContents(), offered.entry);
      }
      if (role !== "admin") {
        await go(page, "security");
        assert.equal(await page.getByRole("button", { name: "New token" }).count(), 0);
        await go(page, "settings");
        await page.getByText("takes the role").waitFor();
      }
      assert.deepEqual(refused, []);
    });
  });
}

test("names of tokens and what the audit tells are texts", async () => {
  await service.request("GET", `/v1/keyspaces/${encodeURIComponent(HOSTILE[0])}`, { token: null });
  await service.request("GET", "/v1/admin/tokens", { token: "wrong", headers: { "User-Agent": HOSTILE[0] } });
  await service.request("DELETE", `/v1/admin/backups/${encodeURIComponent(HOSTILE[1])}`);
  await withConsole(browser, service.url, "security", { token: service.token }, async (page) => {
    await page.getByRole("table", { name: "Audit" }).waitFor();
    await assertNothingRan(page);
  });
});

test("a token is made, shown once, and revoked by its name", async () => {
  await withConsole(browser, service.url, "security", { token: service.token }, async (page) => {
    await page.getByRole("button", { name: "New token" }).click();
    let dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("deploy");
    await dialog.getByRole("checkbox", { name: /^reader/ }).check();
    await dialog.getByRole("button", { name: "Create" }).click();
    dialog = page.getByRole("dialog", { name: "The token" });
    const text = await dialog.locator("pre").textContent();
    assert.equal((await service.request("GET", "/v1/caller", { token: text })).status, 200);
    await dialog.getByRole("button", { name: "I have kept it" }).click();
    const row = page.getByRole("row", { name: /deploy/ });
    await row.getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("dialog").getByLabel("Type the name").fill("deploy");
    await page.getByRole("dialog").getByRole("button", { name: "Revoke it" }).click();
    await row.waitFor({ state: "detached" });
    assert.equal((await service.request("GET", "/v1/caller", { token: text })).status, 401);
  });
});

test("a read-only service says so, and offers no writes", async () => {
  await withConsole(browser, service.url, "data/shop", { token: service.token }, async (page) => {
    await go(page, "operations");
    await page.getByRole("button", { name: "Change the mode" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Reason").fill("moving house");
    await dialog.getByRole("button", { name: "Change" }).click();
    await page.locator(".banner", { hasText: "moving house" }).waitFor();
    await go(page, "data/shop");
    assert.deepEqual(await page.locator(".toolbar button").allTextContents(), ["Export", "Options"]);
    await go(page, "overview");
    await page.locator(".advice", { hasText: "Writes are refused" }).waitFor();
    await service.call("PUT", "/v1/admin/mode", { json: { mode: "read-write" } });
    await page.locator(".banner").waitFor({ state: "detached" });
    await go(page, "data/shop");
    await page.getByRole("button", { name: "New entry" }).waitFor();
  });
});

test("a service that dies is missed, and found again when it is back", async () => {
  let target = await Service.start({ secured: true });
  const first = target;
  const front = createServer((asked, answer) => {
    const forwarded = target && ask(new URL(asked.url, target.url), { method: asked.method, headers: asked.headers }, (got) => {
      answer.writeHead(got.statusCode, got.headers);
      got.pipe(answer);
    });
    if (!forwarded) {
      asked.socket.destroy();
      return;
    }
    forwarded.on("error", () => answer.destroy());
    asked.pipe(forwarded);
  });
  await new Promise((resolve) => front.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${front.address().port}`;
  try {
    const allowed = [/401 \(/, /Failed to load resource/, /^console: (The service does not answer|Failed to fetch)/];
    await withConsole(browser, url, "overview", { token: first.token, allowed }, async (page) => {
      await page.locator(".tile").first().waitFor();
      await first.stop();
      target = null;
      await page.locator(".banner", { hasText: "does not answer" }).waitFor();
      let asked = 0;
      page.on("request", () => asked++);
      await page.waitForRequest(() => true);
      await page.waitForRequest(() => true);
      assert.ok(asked <= 3, `${asked} requests while it was gone`);
      await page.getByRole("button", { name: "Try now" }).click();
      await page.locator(".banner", { hasText: "does not answer" }).waitFor();
      target = service;
      // It is found by itself, and is another service: the token is not known there.
      await page.getByText("The token is not accepted").waitFor({ timeout: 40_000 });
      await signIn(page, service.token);
      await page.locator(".banner").waitFor({ state: "detached" });
      await page.locator(".tile").first().waitFor();
    });
  } finally {
    front.closeAllConnections();
    front.close();
    await first.stop();
  }
});

test("while it is open it asks little, and nothing while it is hidden", async () => {
  await withConsole(browser, service.url, "overview", { token: service.token }, async (page) => {
    await page.locator(".tile").first().waitFor();
    // A minute passes at once: the clock of the page is the test's.
    await page.clock.install();
    await page.reload();
    await page.locator(".tile").first().waitFor();
    let asked = 0;
    page.on("request", () => asked++);
    for (let second = 0; second < 60; second++) {
      await page.clock.runFor(1000);
      await page.evaluate(() => fetch("../v1/caller").catch(() => {}));
      asked--;
    }
    assert.ok(asked > 5, `${asked} requests: it follows what happens`);
    assert.ok(asked <= REQUESTS_PER_MINUTE_MAX, `${asked} requests a minute`);
    await page.evaluate(() => {
      Object.defineProperty(document, "hidden", { get: () => true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    asked = 0;
    await page.clock.runFor(60_000);
    assert.equal(asked, 0, "nothing is asked while the page is hidden");
  });
});
