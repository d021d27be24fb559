import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import {
  BrokenStreamError,
  type ClientOptions,
  LightningClient,
  LightningError,
  parseJson,
  type Record,
  writeJson,
} from "../source/index.js";

const URL = process.env["SERVICE_URL"]!;
const TOKEN = process.env["SERVICE_TOKEN"]!;
const BEYOND_DOUBLE = 9007199254740993n;
const SPACE = "packed";

function client(options: Partial<ClientOptions> = {}): LightningClient {
  return new LightningClient({ url: URL, token: TOKEN, ...options });
}

/** A client that notes its requests, and is answered by another than the service as long as there is an answer. */
function answered(...answers: (Response | Error)[]) {
  const requests: Request[] = [];
  const fetcher = async (request: Request) => {
    requests.push(request.clone());
    const answer = answers.shift();
    if (answer instanceof Error) {
      throw answer;
    }
    return answer ?? fetch(request);
  };
  return { requests, db: client({ fetch: fetcher }) };
}

function refusal(status: number, type: string, retryAfter: string, retryable = true): Response {
  const problem = { type: `/problems/${type}`, title: type, status, detail: "", instance: "", retryable };
  return new Response(JSON.stringify(problem), {
    status,
    headers: { "Content-Type": "application/problem+json", "Retry-After": retryAfter },
  });
}

async function* counted(count: number): AsyncGenerator<Record> {
  for (let i = 0; i < count; i++) {
    yield { key: `key-${String(i).padStart(6, "0")}`, value: i };
  }
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) {
    found.push(item);
  }
  return found;
}

async function failure(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => assert.fail("the call succeeded"),
    (error: unknown) => error,
  );
}

before(async () => {
  for (const keyspace of [SPACE, "packed-streams"]) {
    await client().api.PUT("/v1/keyspaces/{keyspace}", { params: { path: { keyspace } }, body: {} });
  }
});

test("JSON has integers of any size, and strings that look like them", () => {
  const texts = [
    '{"a":9007199254740993,"b":[-9007199254740993,1500]}',
    '"9007199254740993"',
    '{"9007199254740993":"\\"9007199254740993"}',
    "[0.12345678901234568,1]",
  ];
  for (const text of texts) {
    assert.equal(writeJson(parseJson(text)), text);
  }
  assert.deepEqual(parseJson('[9007199254740993,9007199254740991,"9007199254740993"]'), [
    BEYOND_DOUBLE,
    9007199254740991,
    "9007199254740993",
  ]);
});

test("values, conditions and counters", async () => {
  const space = client().keyspace(SPACE);
  const tag = await space.putJson("big", { n: BEYOND_DOUBLE, nothing: null });
  const value = await space.get("big");
  assert.deepEqual(value!.json(), { n: BEYOND_DOUBLE, nothing: null });
  assert.equal(value!.tag, tag);
  assert.equal(value!.contentType, "application/json");
  await space.put("bytes", Uint8Array.of(0, 255));
  assert.deepEqual((await space.get("bytes"))!.bytes, Uint8Array.of(0, 255));
  await space.put("a/ü", "", { ttl: "PT1H" });
  assert.equal((await space.get("a/ü"))!.text(), "");
  assert.equal(await space.get("absent"), undefined);

  const refused = await failure(space.put("big", "x", { ifAbsent: true }));
  assert.ok(refused instanceof LightningError && refused.type === "precondition-failed");
  await space.put("big", "x", { ifTag: tag });
  assert.equal(await space.delete("big"), true);
  assert.equal(await space.delete("big"), false);

  assert.equal(await space.increment("counter", BEYOND_DOUBLE), BEYOND_DOUBLE);
  assert.equal(await space.increment("counter", -BEYOND_DOUBLE), 0);
  const batch = await space.batch([{ put: { key: "a", value: null } }, { get: { key: "a" } }]);
  assert.equal(batch.results[1]!.value, null);
  const lost = await failure(client().keyspace("nowhere").get("a"));
  assert.ok(lost instanceof LightningError && lost.type === "keyspace-not-found");
});

test("streams in and out", async () => {
  const space = client().keyspace("packed-streams");
  const progress: number[] = [];
  const count = await space.import(counted(5000), { chunkBytes: 40_000, onProgress: (each) => progress.push(each) });
  assert.equal(count, 5000);
  assert.ok(progress.length > 3, String(progress.length));
  assert.equal(progress.at(-1), 5000);
  await space.import([{ key: "zz", value: BEYOND_DOUBLE }]);

  const exported = await all(space.export());
  assert.equal(exported.length, 5001);
  assert.equal(exported[4999]!.value, 4999);
  assert.equal(exported[5000]!.value, BEYOND_DOUBLE);
  const listed = await all(space.entries({ prefix: "key-00000", limit: 7 }));
  assert.deepEqual(listed.map((each) => each.value), [0, 1, 2, 3, 4, 5, 6]);

  let read = 0;
  for await (const _ of space.export()) {
    if (++read === 3) {
      break;
    }
  }
  assert.equal(read, 3);
});

test("what is imported is taken as it is asked for", async () => {
  let given = 0;
  let least = 0;
  async function* records() {
    for await (const record of counted(3000)) {
      given++;
      yield record;
    }
  }
  await client().keyspace("packed-streams").import(records(), {
    chunkBytes: 10_000,
    onProgress: (imported) => (least = Math.max(least, given - imported)),
  });
  assert.ok(least < 10, `${least} records were waiting`);
});

test("streams that are cut are not shorter results", async () => {
  const whole = await fetch(`${URL}/v1/keyspaces/packed-streams/entries:export`, {
    headers: { Authorization: `Bearer ${TOKEN}` },
  });
  const bytes = new Uint8Array(await whole.arrayBuffer());
  const pieces = [bytes.subarray(0, bytes.length >> 1)];
  const server = createServer((request, response) => {
    const isExport = request.url!.includes(":export");
    response.writeHead(200, { "Content-Type": isExport ? "application/gzip" : "application/x-ndjson" });
    response.write(isExport ? pieces[0] : '{"key":"a","value":1}\n{"key":"b"', () => {
      if (request.url!.includes("cut")) response.destroy();
      else response.end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  try {
    const db = client({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    for (const name of ["cut", "ended"]) {
      const exported = await failure(all(db.keyspace(name).export()));
      assert.ok(exported instanceof BrokenStreamError, String(exported));
      const listed = await failure(all(db.keyspace(name).entries()));
      assert.ok(listed instanceof BrokenStreamError, String(listed));
    }
  } finally {
    server.closeAllConnections();
    server.close();
  }
  const problem = '{"key":"a","value":1}\n{"problem":{"type":"/problems/deadline-exceeded","status":504,"title":"t","detail":"d"}}\n';
  const ended = answered(new Response(problem));
  const refused = await failure(all(ended.db.keyspace(SPACE).entries()));
  assert.ok(refused instanceof LightningError && refused.type === "deadline-exceeded");
});

test("what is refused for now is tried again when it is told to", async () => {
  const { db, requests } = answered(refusal(429, "rate-limited", "1"), refusal(503, "overloaded", "1"));
  const begun = Date.now();
  assert.equal(await db.keyspace(SPACE).increment("tried"), 1);
  assert.ok(Date.now() - begun >= 1990);
  const keys = requests.map((each) => each.headers.get("Idempotency-Key"));
  assert.equal(keys.length, 3);
  assert.deepEqual(keys, [keys[0], keys[0], keys[0]]);
  assert.ok(keys[0]!.length > 20);

  const late = answered(refusal(503, "overloaded", "3600"));
  assert.equal(((await failure(late.db.keyspace(SPACE).get("a"))) as LightningError).status, 503);
  assert.equal(late.requests.length, 1);
  const final = answered(refusal(503, "read-only", "1", false));
  await failure(final.db.keyspace(SPACE).put("a", "b"));
  assert.equal(final.requests.length, 1);
  const none = { attempts: 1 };
  await failure(client({ retry: none, fetch: async () => refusal(429, "rate-limited", "1") }).keyspace(SPACE).get("a"));
});

test("a connection that fails repeats only what may be", async () => {
  const read = answered(new TypeError("fetch failed"));
  assert.notEqual(await read.db.keyspace(SPACE).get("bytes"), undefined);
  const counted = answered(new TypeError("fetch failed"));
  assert.equal(await counted.db.keyspace(SPACE).increment("once"), 1);
  const imported = answered(new TypeError("fetch failed"));
  assert.equal(await imported.db.keyspace(SPACE).import([{ key: "again", value: 1 }]), 1);
  const written = answered(new TypeError("fetch failed"));
  assert.ok((await failure(written.db.keyspace(SPACE).put("a", "b"))) instanceof TypeError);
  assert.equal(written.requests.length, 1);
  const bare = answered(refusal(503, "shutting-down", "1"));
  const { response } = await bare.db.api.POST("/v1/admin/resume");
  assert.equal(response.status, 503);
  assert.equal(bare.requests.length, 1);
});

test("an answer that was lost is given once more, and nothing is done twice", async () => {
  let lost = false;
  const db = client({
    fetch: async (request) => {
      const response = await fetch(request);
      if (!lost && request.method === "POST") {
        lost = true;
        await response.body?.cancel();
        throw new TypeError("fetch failed");
      }
      return response;
    },
  });
  assert.equal(await db.keyspace(SPACE).increment("lost", 5), 5);
  assert.equal((await db.keyspace(SPACE).get("lost"))!.json(), 5);
});

test("transactions are done again while others get in the way", async () => {
  const db = client();
  const space = db.keyspace(SPACE);
  await space.putJson("balance", 10);
  const openBefore = (await db.api.GET("/v1/transactions")).data!.transactions.length;
  let runs = 0;
  const result = await db.transaction(async (transaction) => {
    const inside = transaction.keyspace(SPACE);
    const balance = (await inside.get("balance"))!.json() as number;
    if (++runs === 1) {
      await space.putJson("balance", 20);
    }
    await inside.putJson("balance", balance + 1);
    return balance + 1;
  });
  assert.equal(result, 21);
  assert.equal(runs, 2);
  assert.equal((await space.get("balance"))!.json(), 21);

  const thrown = new Error("on purpose");
  const undone = db.transaction(async (transaction) => {
    await transaction.keyspace(SPACE).putJson("balance", 0);
    throw thrown;
  });
  assert.equal(await failure(undone), thrown);
  assert.equal((await space.get("balance"))!.json(), 21);

  let tries = 0;
  const hopeless = db.transaction(
    async (transaction) => {
      tries++;
      await transaction.keyspace(SPACE).putJson("balance", -1);
      await space.putJson("balance", 30 + tries);
    },
    { attempts: 2 },
  );
  const conflict = await failure(hopeless);
  assert.ok(conflict instanceof LightningError && conflict.isConflict);
  assert.equal(tries, 2);
  assert.equal((await db.api.GET("/v1/transactions")).data!.transactions.length, openBefore);

  const executed = await db.execute({ then: [{ increment: { keyspace: SPACE, key: "executed" } }] });
  assert.equal(executed.results[0]!.value, 1);
});

test("calls see what earlier ones saw", async () => {
  const { db, requests } = answered();
  await db.keyspace(SPACE).put("seen", "1");
  assert.ok(db.versionSeen > 0);
  await db.keyspace(SPACE).get("seen");
  assert.equal(requests[0]!.headers.get("Lightning-Version-At-Least"), null);
  assert.equal(requests[1]!.headers.get("Lightning-Version-At-Least"), String(db.versionSeen));
  const deaf = client({ readYourWrites: false });
  await deaf.keyspace(SPACE).get("seen");
  await deaf.keyspace(SPACE).get("seen");
});

test("a signal ends calls, waits and streams", async () => {
  const waiting = answered(refusal(503, "overloaded", "9"));
  const controller = new AbortController();
  const call = failure(waiting.db.keyspace(SPACE).get("a", { signal: controller.signal }));
  setTimeout(() => controller.abort(), 50);
  const begun = Date.now();
  assert.equal(((await call) as Error).name, "AbortError");
  assert.ok(Date.now() - begun < 5000);

  const space = client().keyspace("packed-streams");
  const stream = new AbortController();
  let read = 0;
  const reading = (async () => {
    for await (const _ of space.export({ signal: stream.signal })) {
      if (++read === 1) {
        stream.abort();
      }
    }
  })();
  // What had been received by then may still come.
  await reading.catch((error: Error) => assert.match(error.name, /AbortError|BrokenStreamError/));
  const stopped = AbortSignal.abort();
  assert.equal(((await failure(space.import(counted(10), { signal: stopped }))) as Error).name, "AbortError");
});

test("the packed package is installed, has the version of the service, and runs the example of its page", () => {
  const packed = readdirSync(process.env["PACKED"]!).filter((name) => name.endsWith(".tgz"));
  assert.deepEqual(packed, [`lightningdb-client-${process.env["SERVICE_VERSION"]}.tgz`]);
  const folder = mkdtempSync(join(tmpdir(), "lightningdb-client-"));
  writeFileSync(join(folder, "package.json"), '{"private":true,"type":"module"}');
  const npm = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", join(process.env["PACKED"]!, packed[0]!)];
  execFileSync("npm", npm, { cwd: folder, stdio: "pipe" });
  const page = readFileSync(join(folder, "node_modules", "lightningdb-client", "README.md"), "utf8");
  const example = /```js\n([^`]*)```/.exec(page)![1]!;
  assert.equal(example.trimEnd().split("\n").length, 5);
  writeFileSync(join(folder, "example.js"), example);
  const told = execFileSync(process.execPath, ["example.js"], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, LIGHTNING_URL: URL, LIGHTNING_TOKEN: TOKEN },
  });
  assert.equal(told, "{ name: 'bash' }\n");
});
