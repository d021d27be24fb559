import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import createClient from "openapi-fetch";
import type { components, paths } from "../generated/openapi-typescript.js";
import { Calls } from "../source/calls.js";

// Every operation of the document, called by openapi-fetch with the types that openapi-typescript generates.

type Problem = components["schemas"]["Problem"];

const SPACE = "fetched";
const BEYOND_DOUBLE = "9007199254740993";
const THREE_MEBIBYTES = 3 << 20;

// Without these types an answer is anything that a call can answer: a page, or a line of a stream; JSON, or a page for people.
type Media =
  | "application/json"
  | "application/problem+json"
  | "application/vnd.spring-boot.actuator.v3+json"
  | "application/octet-stream"
  | "application/gzip";

const calls = new Calls(process.env["DOCUMENT"]!);
const api = createClient<paths, Media>({
  baseUrl: process.env["SERVICE_URL"]!,
  headers: { Authorization: `Bearer ${process.env["SERVICE_TOKEN"]}` },
  fetch: (request) => calls.fetch(request),
});

interface Answer<Data, Failure> {
  data?: Data;
  error?: Failure;
  response: Response;
}

/** The decoded result of a call that succeeds. */
async function good<Data>(call: Promise<Answer<Data, unknown>>, status = 200): Promise<NonNullable<Data>> {
  const answer = await call;
  assert.equal(answer.response.status, status, JSON.stringify(answer.error));
  return answer.data as NonNullable<Data>;
}

/** The problem of a call that is refused, which the types of the call must have as such. */
async function bad(
  call: Promise<Answer<unknown, Problem | components["schemas"]["Health"] | undefined>>,
  status: number,
  type: string,
): Promise<Problem> {
  const answer = await call;
  assert.equal(answer.response.status, status, JSON.stringify(answer.error));
  const problem = answer.error as Problem;
  assert.equal(problem.type, `/problems/${type}`);
  assert.equal(problem.status, status);
  assert.ok(problem.title.length > 0);
  return problem;
}

// Bytes are strings for openapi-typescript, and are sent as they are given if nothing makes JSON of them.
const asIs = { bodySerializer: (body: unknown) => body as BodyInit };
const bytes = (body: BodyInit) => body as unknown as string;
const octets = { "Content-Type": "application/octet-stream" };
const image = { headers: { Accept: "image/png" } };
const space = { keyspace: SPACE };
const nowhere = { keyspace: "nowhere" };

function put(key: string, body: BodyInit, type?: string) {
  return api.PUT("/v1/keyspaces/{keyspace}/entries/{key}", {
    params: {
      path: { ...space, key },
      header: type === undefined ? {} : { "Lightning-Content-Type": type },
    },
    headers: octets,
    body: bytes(body),
    ...asIs,
  });
}

function get(key: string) {
  return api.GET("/v1/keyspaces/{keyspace}/entries/{key}", {
    params: { path: { ...space, key } },
    parseAs: "arrayBuffer",
  });
}

async function begin(): Promise<string> {
  return (await good(api.POST("/v1/transactions", { body: {} }), 201)).id;
}

before(async () => {
  await good(api.PUT("/v1/keyspaces/{keyspace}", { params: { path: space }, body: {} }), 201);
});

after(() => {
  // Runs behind every test of this file.
  assert.ok(calls.count() > 60);
  assert.deepEqual(calls.missing(), []);
});

test("keyspaces", async () => {
  const options = await good(
    api.PUT("/v1/keyspaces/{keyspace}", { params: { path: { keyspace: "short" } }, body: { defaultTtl: "PT1H" } }),
    201,
  );
  assert.equal(options.name, "short");
  assert.equal(options.options.defaultTtl, "PT1H");
  await bad(
    api.PUT("/v1/keyspaces/{keyspace}", { params: { path: space }, body: { defaultTtl: "soon" } }),
    422,
    "invalid-content",
  );
  const all = await good(api.GET("/v1/keyspaces", { params: { query: { limit: 100 } } }));
  assert.ok(all.keyspaces.some((each) => each.name === "short"));
  await bad(api.GET("/v1/keyspaces", { params: { query: { limit: 0 } } }), 400, "invalid-parameter");
  const one = await good(api.GET("/v1/keyspaces/{keyspace}", { params: { path: space } }));
  assert.equal(one.name, SPACE);
  await bad(api.GET("/v1/keyspaces/{keyspace}", { params: { path: nowhere } }), 404, "keyspace-not-found");
  const short = { keyspace: "short" };
  await bad(
    api.DELETE("/v1/keyspaces/{keyspace}", { params: { path: short, query: { confirm: "other" } } } as never),
    428,
    "confirmation-required",
  );
  await good(
    api.DELETE("/v1/keyspaces/{keyspace}", { params: { path: short, query: { confirm: "short" } } } as never),
    204,
  );
});

test("values come back byte by byte", async () => {
  const large = randomBytes(THREE_MEBIBYTES);
  const values: [key: string, value: Uint8Array, type: string | undefined][] = [
    ["text", Buffer.from("hällo"), "text/plain;charset=utf-8"],
    ["null", Buffer.from("null"), "application/json"],
    ["number", Buffer.from(BEYOND_DOUBLE), "application/json"],
    ["bytes", Uint8Array.of(0, 255, 10, 13), undefined],
    ["empty", new Uint8Array(0), undefined],
    ["large", large, "image/png"],
  ];
  for (const [key, value, type] of values) {
    const written = await good(put(key, value as BodyInit, type), 201);
    assert.ok(written.version > 0);
    const answer = await get(key);
    assert.equal(answer.response.status, 200);
    // There is no data where the body is empty.
    assert.deepEqual(Buffer.from(answer.data ?? new ArrayBuffer(0)), Buffer.from(value), key);
    assert.equal(answer.response.headers.get("content-type"), type ?? "application/octet-stream");
  }
  await bad(put("json", "{", "application/json"), 400, "malformed-json");
  await bad(put("type", "x", "no type"), 415, "unsupported-media-type");
  await bad(get("absent"), 404, "entry-not-found");
});

test("conditions", async () => {
  const written = await put("conditional", "1");
  const tag = written.response.headers.get("etag")!;
  const path = { ...space, key: "conditional" };
  const changed = (header: Record<string, string>) =>
    api.PUT("/v1/keyspaces/{keyspace}/entries/{key}", {
      params: { path, header },
      headers: octets,
      body: bytes("2"),
      ...asIs,
    });
  const problem = await bad(changed({ "If-None-Match": "*" }), 412, "precondition-failed");
  assert.equal(problem.actualVersion, written.data!.version);
  await good(changed({ "If-Match": tag }));
  await bad(changed({ "If-Match": tag }), 412, "precondition-failed");

  const head = await api.HEAD("/v1/keyspaces/{keyspace}/entries/{key}", { params: { path } });
  assert.equal(head.response.headers.get("content-length"), "1");
  const absent = await api.HEAD("/v1/keyspaces/{keyspace}/entries/{key}", {
    params: { path: { ...space, key: "absent" } },
  });
  assert.equal(absent.response.status, 404);
  const part = await api.GET("/v1/keyspaces/{keyspace}/entries/{key}", {
    params: { path: { ...space, key: "large" }, header: { Range: "bytes=1-3" } },
    parseAs: "blob",
  });
  assert.equal(part.response.status, 206);
  assert.equal(part.data!.size, 3);

  await bad(
    api.DELETE("/v1/keyspaces/{keyspace}/entries/{key}", { params: { path, header: { "If-Match": tag } } }),
    412,
    "precondition-failed",
  );
  await good(api.DELETE("/v1/keyspaces/{keyspace}/entries/{key}", { params: { path } }), 204);
});

test("numbers beyond 2^53 are exact where JSON.parse does not see them", async () => {
  const counter = { ...space, key: "counter" };
  // As text, or in a value of its own, a number goes out as it is spelt.
  await good(put("counter", BEYOND_DOUBLE, "application/json"), 201);
  const text = await good(
    api.POST("/v1/keyspaces/{keyspace}/entries/{key}/increment", {
      params: { path: counter },
      body: { by: 2 },
      parseAs: "text",
    }),
  );
  assert.match(text as unknown as string, /"value":9007199254740995,/);
  // As JSON it is the nearest double, which is another number: JavaScript has no other.
  const rounded = await good(
    api.POST("/v1/keyspaces/{keyspace}/entries/{key}/increment", { params: { path: counter }, body: { by: 0 } }),
  );
  assert.notEqual(String(rounded.value), "9007199254740995");
  await bad(
    api.POST("/v1/keyspaces/{keyspace}/entries/{key}/increment", {
      params: { path: { ...space, key: "text" } },
      body: { by: 1 },
    }),
    409,
    "not-an-integer",
  );
});

test("batches have one result for each operation", async () => {
  const header = { "Idempotency-Key": "batch-1" };
  const sent = {
    params: { path: space, header },
    body: {
      operations: [
        { put: { key: "a", value: { n: 1 } } },
        { put: { key: "b", value: null, valueBase64: "AQI=" } },
        { put: { key: "big", valueBase64: btoa(BEYOND_DOUBLE), contentType: "application/json" } },
        { put: { key: "null", value: null } },
        { increment: { key: "n", by: 5 } },
        { get: { key: "a" } },
        { delete: { key: "text", ifVersion: 0 } },
      ],
    },
  };
  const refused = await bad(api.POST("/v1/keyspaces/{keyspace}/entries:batch", sent), 412, "precondition-failed");
  assert.equal(refused.operationIndex, 6);
  sent.body.operations.pop();
  const batch = await api.POST("/v1/keyspaces/{keyspace}/entries:batch", sent);
  const result = await good(Promise.resolve(batch));
  assert.equal(result.results.length, 6);
  assert.equal(result.results[0]!.version, result.version);
  assert.equal(result.results[4]!.value, 5);
  assert.deepEqual(result.results[5]!.value, { n: 1 });
  const again = await api.POST("/v1/keyspaces/{keyspace}/entries:batch", sent);
  assert.equal(again.response.headers.get("idempotency-replayed"), "true");
  assert.deepEqual(again.data, batch.data);
  assert.equal(Buffer.from((await get("big")).data!).toString(), BEYOND_DOUBLE);

  const many = await good(
    api.POST("/v1/keyspaces/{keyspace}/entries:multiget", {
      params: { path: space },
      body: { keys: ["a", "absent", "null", "bytes"] },
    }),
  );
  assert.deepEqual(
    many.entries.map((each) => each.value),
    [{ n: 1 }, undefined, null, undefined],
  );
  assert.equal(many.entries[3]!.valueBase64, "AP8KDQ==");
  await bad(
    api.POST("/v1/keyspaces/{keyspace}/entries:multiget", { params: { path: space }, body: { key: "a" } as never }),
    422,
    "invalid-content",
  );
});

test("ranges", async () => {
  const page = await good(
    api.GET("/v1/keyspaces/{keyspace}/entries", { params: { path: space, query: { limit: 2, start: "a" } } }),
  );
  assert.deepEqual(
    page.entries.map((each) => each.key),
    ["a", "b"],
  );
  const next = await good(
    api.GET("/v1/keyspaces/{keyspace}/entries", { params: { path: space, query: { limit: 1, cursor: page.cursor! } } }),
  );
  assert.equal(next.entries[0]!.key, "big");
  await bad(
    api.GET("/v1/keyspaces/{keyspace}/entries", { params: { path: space, query: { cursor: "none" } } }),
    400,
    "invalid-cursor",
  );
  const count = await good(
    api.GET("/v1/keyspaces/{keyspace}/entries:count", { params: { path: space, query: { prefix: "a" } } }),
  );
  assert.equal(count.count, 1);
  await bad(
    api.GET("/v1/keyspaces/{keyspace}/entries:count", { params: { path: nowhere } }),
    404,
    "keyspace-not-found",
  );
  const lines = await good(
    api.GET("/v1/keyspaces/{keyspace}/entries", {
      params: { path: space, query: { start: "a", end: "c" } },
      headers: { Accept: "application/x-ndjson" },
      parseAs: "stream",
    }),
  );
  const text = await new Response(lines as ReadableStream).text();
  assert.deepEqual(
    text.trimEnd().split("\n").map((line) => JSON.parse(line).key),
    ["a", "b", "big", "bytes"],
  );
});

test("streams in and out", async () => {
  const streamed = { keyspace: "streamed" };
  await good(api.PUT("/v1/keyspaces/{keyspace}", { params: { path: streamed }, body: {} }), 201);
  const lines = (text: string, type = "application/x-ndjson", body: BodyInit = text) =>
    api.POST("/v1/keyspaces/{keyspace}/entries:import", {
      params: { path: streamed },
      headers: { "Content-Type": type },
      body: bytes(body),
      ...asIs,
    });
  const two = `{"key":"a","value":null}\n{"key":"b","value":${BEYOND_DOUBLE}}\n`;
  assert.equal((await good(lines(two))).imported, 2);
  assert.equal((await good(lines("", "application/gzip", new Uint8Array(gzipSync('{"key":"c","value":"x"}\n'))))).imported, 1);
  assert.equal((await good(lines("key,value,contentType\r\nd,y,text/plain\r\n", "text/csv"))).imported, 1);
  const stopped = await bad(lines('{"key":"e","value":1}\n{"key":'), 422, "import-stopped");
  assert.equal(stopped.line, 2);

  const exported = await good(
    api.GET("/v1/keyspaces/{keyspace}/entries:export", { params: { path: streamed }, parseAs: "arrayBuffer" }),
  );
  const out = gunzipSync(Buffer.from(exported)).toString();
  assert.match(out, /"key":"a".*null/);
  assert.match(out, new RegExp(`"key":"b".*${BEYOND_DOUBLE}`));
  await bad(
    api.GET("/v1/keyspaces/{keyspace}/entries:export", { params: { path: nowhere } }),
    404,
    "keyspace-not-found",
  );

  await bad(
    api.DELETE("/v1/keyspaces/{keyspace}/entries", { params: { path: streamed, query: { prefix: "a" } } } as never),
    428,
    "confirmation-required",
  );
  await good(
    api.DELETE("/v1/keyspaces/{keyspace}/entries", {
      params: { path: streamed, query: { prefix: "a", confirm: "true" } },
    } as never),
  );
});

test("transactions", async () => {
  const transaction = await begin();
  const path = { transaction, ...space };
  const lost = { transaction: "absent", ...space };
  const at = { ...path, key: "inside" };
  const lostAt = { ...lost, key: "inside" };
  await bad(api.POST("/v1/transactions", { body: { lease: "soon" } }), 422, "invalid-content");
  const described = await good(api.GET("/v1/transactions/{transaction}", { params: { path } }));
  assert.equal(described.state, "active");
  await bad(api.GET("/v1/transactions/{transaction}", { params: { path: lost } }), 404, "transaction-not-found");
  const open = await good(api.GET("/v1/transactions"));
  assert.ok(open.transactions.some((each) => each.transaction.id === transaction));
  await bad(api.GET("/v1/transactions", image), 406, "not-acceptable");
  const kept = await good(api.POST("/v1/transactions/{transaction}/keep-alive", { params: { path } }));
  assert.equal(kept.id, transaction);
  await bad(
    api.POST("/v1/transactions/{transaction}/keep-alive", { params: { path: lost } }),
    404,
    "transaction-not-found",
  );

  const entry = "/v1/transactions/{transaction}/keyspaces/{keyspace}/entries/{key}";
  const written = { headers: octets, body: bytes("[1]"), ...asIs };
  const header = { "Lightning-Content-Type": "application/json" };
  await good(api.PUT(entry, { params: { path: at, header }, ...written }), 204);
  await bad(api.PUT(entry, { params: { path: lostAt, header }, ...written }), 404, "transaction-not-found");
  const read = await api.GET(entry, { params: { path: at }, parseAs: "text" });
  assert.equal(read.data, "[1]");
  assert.equal(read.response.headers.get("content-type"), "application/json");
  await bad(api.GET(entry, { params: { path: { ...path, key: "absent" } } }), 404, "entry-not-found");
  assert.equal((await api.HEAD(entry, { params: { path: at } })).response.status, 200);
  assert.equal((await api.HEAD(entry, { params: { path: lostAt } })).response.status, 404);

  const savepoints = "/v1/transactions/{transaction}/savepoints";
  const savepoint = await good(api.POST(savepoints, { params: { path } }), 201);
  await bad(api.POST(savepoints, { params: { path: lost } }), 404, "transaction-not-found");
  const back = "/v1/transactions/{transaction}/savepoints/{savepoint}/rollback";

  const entries = "/v1/transactions/{transaction}/keyspaces/{keyspace}/entries";
  const counter = { ...path, key: "counted" };
  const increment = `${entries}/{key}/increment` as const;
  assert.equal((await good(api.POST(increment, { params: { path: counter }, body: { by: 3 } }))).value, 3);
  await bad(api.POST(increment, { params: { path: at }, body: { by: 1 } }), 409, "not-an-integer");
  const page = await good(api.GET(entries, { params: { path, query: { prefix: "inside" } } }));
  assert.deepEqual(page.entries[0]!.value, [1]);
  await bad(api.GET(entries, { params: { path: lost } }), 404, "transaction-not-found");
  assert.equal(
    (await good(api.GET(`${entries}:count`, { params: { path, query: { prefix: "inside" } } }))).count,
    1,
  );
  await bad(api.GET(`${entries}:count`, { params: { path: lost } }), 404, "transaction-not-found");
  const batch = { operations: [{ get: { key: "counted" } }] };
  assert.equal((await good(api.POST(`${entries}:batch`, { params: { path }, body: batch }))).results[0]!.value, 3);
  await bad(api.POST(`${entries}:batch`, { params: { path: lost }, body: batch }), 404, "transaction-not-found");
  const keys = { keys: ["counted"] };
  assert.equal((await good(api.POST(`${entries}:multiget`, { params: { path }, body: keys }))).entries[0]!.value, 3);
  await bad(api.POST(`${entries}:multiget`, { params: { path: lost }, body: keys }), 404, "transaction-not-found");
  await good(api.DELETE(entry, { params: { path: counter } }), 204);
  await bad(api.DELETE(entry, { params: { path: counter } }), 404, "entry-not-found");
  const range = { prefix: "inside", confirm: "true" } as never;
  await good(api.DELETE(entries, { params: { path, query: range } }), 204);
  await bad(api.DELETE(entries, { params: { path: lost, query: range } }), 404, "transaction-not-found");
  await good(api.POST(back, { params: { path: { transaction, savepoint: savepoint.savepoint } } }), 204);
  await bad(
    api.POST(back, { params: { path: { transaction, savepoint: 99 } } }),
    404,
    "savepoint-not-found",
  );

  const commit = "/v1/transactions/{transaction}/commit";
  const committed = await good(api.POST(commit, { params: { path, header: { "Idempotency-Key": "commit-1" } } }));
  assert.equal(Buffer.from((await get("inside")).data!).toString(), "[1]");
  assert.ok(committed.version > 0);
  await bad(api.POST(commit, { params: { path: lost } }), 404, "transaction-not-found");

  const other = await begin();
  await good(api.DELETE("/v1/transactions/{transaction}", { params: { path: { transaction: other } } }), 204);
  await bad(api.DELETE("/v1/transactions/{transaction}", { params: { path } }), 409, "transaction-ended");
});

test("execute compares and acts", async () => {
  const { version } = await good(put("compared", "x", "text/plain"), 201);
  const body = {
    compare: [{ keyspace: SPACE, key: "compared", version }],
    then: [{ put: { keyspace: SPACE, key: "done", value: true, ttl: "PT1H" } }],
    else: [{ get: { keyspace: SPACE, key: "compared" } }],
  };
  const first = await good(api.POST("/v1/transactions:execute", { body }));
  assert.equal(first.succeeded, true);
  assert.equal(first.results[0]!.version, first.version);
  await put("compared", "y", "text/plain");
  const second = await good(api.POST("/v1/transactions:execute", { body }));
  assert.equal(second.succeeded, false);
  assert.equal(second.results[0]!.value, "y");
  await bad(
    api.POST("/v1/transactions:execute", { body: { then: [{ get: { keyspace: "nowhere", key: "a" } }] } }),
    404,
    "keyspace-not-found",
  );
});

test("administration", async () => {
  const limits = await good(api.GET("/v1/limits"));
  assert.ok(limits.ttlMillisMax > 2 ** 32);
  await bad(api.GET("/v1/limits", image), 406, "not-acceptable");
  const caller = await good(api.GET("/v1/caller"));
  assert.deepEqual(caller.keyspaces, ["*"]);
  assert.ok(caller.secured && caller.roles.includes("admin"));
  await bad(api.GET("/v1/caller", image), 406, "not-acceptable");
  const storage = await good(api.GET("/v1/admin/storage"));
  assert.ok(storage.diskFreeBytes > 2 ** 32);
  await bad(api.GET("/v1/admin/storage", image), 406, "not-acceptable");
  const history = await good(api.GET("/v1/admin/history", { params: { query: { seconds: 60 } } }));
  assert.equal(history.intervalSeconds, 10);
  assert.equal(history.series["heapBytes"]!.length, history.times.length);
  await bad(api.GET("/v1/admin/history", { params: { query: { points: 0 } } }), 400, "invalid-parameter");
  const settings = await good(api.GET("/v1/admin/settings"));
  assert.ok(settings.settings.some((each) => each.name === "lightning.data-directory"));
  await bad(api.GET("/v1/admin/settings", image), 406, "not-acceptable");
  const versions = "/v1/keyspaces/{keyspace}/entries/{key}/history";
  await good(put("versions", "x", "text/plain"), 201);
  const kept = await good(api.GET(versions, { params: { path: { ...space, key: "versions" } } }));
  assert.equal(kept.versions[0]!.sizeBytes, 1);
  await bad(
    api.GET(versions, { params: { path: { ...space, key: "versions" }, query: { limit: 0 } } }),
    400,
    "invalid-parameter",
  );
  const audit = await good(api.GET("/v1/admin/audit", { params: { query: { limit: 1 } } }));
  assert.equal(audit.events.length, 1);
  await bad(api.GET("/v1/admin/audit", { params: { query: { limit: 0 } } }), 400, "invalid-parameter");
  assert.deepEqual((await good(api.GET("/v1/admin/quarantine"))).items, []);
  await bad(api.GET("/v1/admin/quarantine", image), 406, "not-acceptable");
  const structure = "/v1/admin/storage/keyspaces/{keyspace}";
  const folded = await good(
    api.GET("/v1/keyspaces/{keyspace}/entries", { params: { path: space, query: { delimiter: "/", limit: 2 } } }),
  );
  assert.ok(Array.isArray(folded.prefixes));
  const shape = await good(api.GET(structure, { params: { path: space, query: { limit: 10 } } }));
  assert.equal(shape.memtables[0]!.state, "active");
  await bad(api.GET(structure, { params: { path: nowhere } }), 404, "keyspace-not-found");
  assert.equal((await good(api.GET("/v1/admin/mode"))).mode, "read-write");
  await bad(api.GET("/v1/admin/mode", image), 406, "not-acceptable");
  assert.equal((await good(api.PUT("/v1/admin/mode", { body: { mode: "read-write" } }))).mode, "read-write");
  await bad(api.PUT("/v1/admin/mode", { body: { mode: "none" } as never }), 422, "invalid-content");
  await good(api.POST("/v1/admin/resume"));
  await bad(api.POST("/v1/admin/resume", image), 406, "not-acceptable");

  const id = await begin();
  const all = await good(api.GET("/v1/admin/transactions"));
  assert.ok(all.transactions.some((each) => each.transaction.id === id));
  await bad(api.GET("/v1/admin/transactions", image), 406, "not-acceptable");
  const ended = "/v1/admin/transactions/{transaction}";
  await good(api.DELETE(ended, { params: { path: { transaction: id } } }), 204);
  await bad(api.DELETE(ended, { params: { path: { transaction: "absent" } } }), 404, "transaction-not-found");

  // A page that has another behind it holds a snapshot.
  await good(api.GET("/v1/keyspaces/{keyspace}/entries", { params: { path: space, query: { limit: 1 } } }));
  const snapshots = await good(api.GET("/v1/admin/snapshots"));
  await bad(api.GET("/v1/admin/snapshots", image), 406, "not-acceptable");
  const snapshot = "/v1/admin/snapshots/{snapshot}";
  await good(api.DELETE(snapshot, { params: { path: { snapshot: String(snapshots.snapshots[0]!.id) } } }), 204);
  await bad(api.DELETE(snapshot, { params: { path: { snapshot: 999999 } } } as never), 404, "snapshot-not-found");
});

async function operationThatEnds(): Promise<components["schemas"]["BackgroundOperation"]> {
  const until = Date.now() + 60_000;
  let operation = await good(
    api.POST("/v1/admin/operations", { body: { kind: "backup", type: "full" } }),
    202,
  );
  while (operation.state === "running") {
    assert.ok(Date.now() < until, "the backup takes longer than a minute");
    const path = { operation: operation.id };
    operation = await good(api.GET("/v1/admin/operations/{operation}", { params: { path } }));
  }
  assert.equal(operation.state, "succeeded");
  return operation;
}

test("operations and backups", async () => {
  // The service is well where there is a backup: the second stays.
  await operationThatEnds();
  const started = await operationThatEnds();
  await bad(api.POST("/v1/admin/operations", { body: { kind: "none" } as never }), 422, "invalid-content");
  const one = "/v1/admin/operations/{operation}";
  const path = { operation: started.id };
  await bad(api.GET(one, { params: { path: { operation: "absent" } } }), 404, "operation-not-found");
  assert.equal((await good(api.DELETE(one, { params: { path } }), 202)).state, "succeeded");
  await bad(api.DELETE(one, { params: { path: { operation: "absent" } } }), 404, "operation-not-found");
  const operations = await good(api.GET("/v1/admin/operations"));
  assert.equal(operations.operations[0]!.id, started.id);
  await bad(api.GET("/v1/admin/operations", image), 406, "not-acceptable");

  const backups = await good(api.GET("/v1/admin/backups"));
  await bad(api.GET("/v1/admin/backups", image), 406, "not-acceptable");
  const backup = backups.backups[0]!;
  assert.ok(backup.bytes > 0);
  const named = "/v1/admin/backups/{backup}";
  assert.deepEqual(await good(api.GET(named, { params: { path: { backup: backup.id } } })), backup);
  await bad(api.GET(named, { params: { path: { backup: "absent" } } }), 404, "backup-not-found");
  await good(api.DELETE(named, { params: { path: { backup: backup.id } } }), 204);
  await bad(api.DELETE(named, { params: { path: { backup: "absent" } } }), 404, "backup-not-found");
});

test("tokens", async () => {
  const made = await good(
    api.POST("/v1/admin/tokens", { body: { name: "reader", roles: ["reader"], keyspaces: [SPACE] } }),
    201,
  );
  await bad(
    api.POST("/v1/admin/tokens", { body: { name: "none", roles: [], keyspaces: [] } }),
    422,
    "invalid-content",
  );
  const denied = api.PUT("/v1/keyspaces/{keyspace}", {
    params: { path: space },
    body: {},
    headers: { Authorization: `Bearer ${made.token}` },
  });
  await bad(denied, 403, "access-denied");
  const one = "/v1/admin/tokens/{token}";
  assert.equal((await good(api.GET(one, { params: { path: { token: made.id } } }))).name, "reader");
  await bad(api.GET(one, { params: { path: { token: "absent" } } }), 404, "token-not-found");
  assert.equal((await good(api.GET("/v1/admin/tokens"))).tokens.at(-1)!.id, made.id);
  await bad(api.GET("/v1/admin/tokens", { headers: { Authorization: "Bearer none" } }), 401, "unauthenticated");
  await good(api.DELETE(one, { params: { path: { token: made.id } } }), 204);
  await bad(api.DELETE(one, { params: { path: { token: "absent" } } }), 404, "token-not-found");
});

test("problems and health", async () => {
  const json = { headers: { Accept: "application/json" } };
  const problems = await good(api.GET("/problems", json));
  assert.ok(problems.problems.length > 20);
  await bad(api.GET("/problems", image), 406, "not-acceptable");
  const page = "/problems/{name}";
  const path = { name: "entry-not-found" };
  assert.equal((await good(api.GET(page, { params: { path }, ...json }))).status, 404);
  await bad(api.GET(page, { params: { path: { name: "none" } }, ...json }), 404, "path-not-found");

  assert.equal((await good(api.GET("/actuator/health"))).status, "UP");
  await bad(api.GET("/actuator/health", image), 406, "not-acceptable");
  const group = "/actuator/health/{group}";
  assert.equal((await good(api.GET(group, { params: { path: { group: "liveness" } } }))).status, "UP");
  await bad(api.GET(group, { params: { path: { group: "none" } } } as never), 404, "path-not-found");
  const metrics = await good(api.GET("/actuator/prometheus", { parseAs: "text" }));
  assert.match(metrics, /^lightning_memory_bytes/m);
  await bad(api.GET("/actuator/prometheus", image), 406, "not-acceptable");
  await good(api.GET("/actuator/lightning"));
  await bad(api.GET("/actuator/lightning", image), 406, "not-acceptable");
  await good(api.GET("/actuator/compaction"));
  await bad(api.GET("/actuator/compaction", image), 406, "not-acceptable");
  await good(api.POST("/actuator/integrity"), 202);
  await bad(api.POST("/actuator/integrity", image), 406, "not-acceptable");
  await good(api.GET("/actuator/integrity"));
  await bad(api.GET("/actuator/integrity", image), 406, "not-acceptable");
});
