import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { Browser } from "../source/page.mjs";
import { Service } from "../source/service.mjs";

const PAGE = '<!doctype html><html lang="en"><head><title>t</title><link rel="icon" href="data:,"></head><body></body></html>';
// More than the web server takes for the head of a request.
const LARGE = "x".repeat(100_000);

let servers = [];
let allowed;
let other;
let service;
let browser;
const pages = {};

before(async () => {
  servers = await Promise.all([listening(), listening()]);
  [allowed, other] = servers.map((server) => `http://127.0.0.1:${server.address().port}`);
  [service, browser] = await Promise.all([
    Service.start({ secured: true, settings: [`--lightning.cors.allowed-origins=${allowed}`] }),
    Browser.start(),
  ]);
  // The browser tells each status from 400 on, and each answer that it keeps from the page.
  const look = { allowed: [/^console: /, new RegExp(`^request: [A-Z]+ ${service.url}/`)] };
  for (const origin of [allowed, other]) {
    pages[origin] = await browser.open(origin, look);
  }
  await service.call("PUT", "/v1/keyspaces/default/entries/there", { json: { name: "there" } });
});

after(async () => {
  for (const page of Object.values(pages)) {
    assert.deepEqual(await page.close(), []);
  }
  await browser?.close();
  await service?.stop();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

const CALLS = [
  { status: 200, method: "GET", path: "/v1/keyspaces/default/entries/there", exposed: ["ETag", "Lightning-Version"] },
  { status: 200, method: "PUT", path: "/v1/keyspaces/default/entries/there", body: "1", exposed: ["ETag", "Lightning-Version"] },
  { status: 204, method: "DELETE", path: "/v1/keyspaces/default/entries/text", exposed: ["Lightning-Version"] },
  { status: 401, problem: "unauthenticated", method: "GET", path: "/v1/keyspaces", token: null, exposed: ["WWW-Authenticate"] },
  { status: 401, problem: "unauthenticated", method: "GET", path: "/v1/keyspaces", token: "wrong", exposed: ["WWW-Authenticate"] },
  { status: 404, problem: "entry-not-found", method: "GET", path: "/v1/keyspaces/default/entries/none" },
  { status: 404, problem: "path-not-found", method: "GET", path: "/v1/none" },
  { status: 405, problem: "method-not-allowed", method: "POST", path: "/v1/keyspaces", exposed: ["Allow"] },
  { status: 409, problem: "not-an-integer", method: "POST", path: "/v1/keyspaces/default/entries/text/increment", body: "{}" },
  { status: 412, problem: "precondition-failed", method: "PUT", path: "/v1/keyspaces/default/entries/there", body: "2", headers: { "If-None-Match": "*" } },
  { status: 414, problem: "uri-too-long", method: "GET", path: `/v1/keyspaces?cursor=${LARGE}` },
  { status: 431, problem: "headers-too-large", method: "GET", path: "/v1/keyspaces", headers: { "X-Large": LARGE } },
];

for (const { status, problem, method, path, body, headers = {}, token, exposed = [] } of CALLS) {
  const what = `${method} ${path.slice(0, 60)}${token === undefined ? "" : `, token ${token}`}`;

  test(`a page of an allowed origin reads ${status} ${problem ?? "answers"}: ${what}`, async () => {
    await service.call("PUT", "/v1/keyspaces/default/entries/text", { body: "text", headers: { "Content-Type": "text/plain" } });
    const answer = await asked(allowed, { method, path, body, headers, token });
    assert.equal(answer.status, status, JSON.stringify(answer));
    if (problem) {
      assert.equal(JSON.parse(answer.text).type, `/problems/${problem}`);
    }
    for (const name of exposed) {
      assert.ok(answer.headers[name.toLowerCase()], `the page cannot read ${name} of ${JSON.stringify(answer.headers)}`);
    }
  });
}

test("a page of another origin reads nothing, and its writes are not made", async () => {
  for (const { method, path, body, headers = {}, token } of CALLS) {
    const answer = await asked(other, { method, path, body, headers, token });
    assert.equal(answer.failure, "TypeError: Failed to fetch", `${method} ${path.slice(0, 60)}: ${JSON.stringify(answer)}`);
  }
  await asked(other, { method: "PUT", path: "/v1/keyspaces/default/entries/other", body: "1" });
  assert.equal((await service.request("GET", "/v1/keyspaces/default/entries/other")).status, 404);
});

/** Has the script of the page of an origin call the service. */
async function asked(origin, { method, path, body, headers, token = service.token }) {
  const all = { ...headers, ...(token && { Authorization: `Bearer ${token}` }), ...(body && { "Content-Type": "application/json" }) };
  return pages[origin].page.evaluate(
    async ([url, options]) => {
      try {
        const response = await fetch(url, options);
        return { status: response.status, text: await response.text(), headers: Object.fromEntries(response.headers) };
      } catch (failure) {
        return { failure: String(failure) };
      }
    },
    [service.url + path, { method, body, headers: all }],
  );
}

async function listening() {
  const server = createServer((_, response) => response.writeHead(200, { "Content-Type": "text/html" }).end(PAGE));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
