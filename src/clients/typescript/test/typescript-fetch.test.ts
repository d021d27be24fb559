import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import {
  AdministrationApi,
  Configuration,
  EntriesApi,
  KeyspacesApi,
  type Problem,
  ProblemFromJSON,
  RangesApi,
  ResponseError,
  TransactionsApi,
} from "../generated/typescript-fetch/index.js";

// The client that openapi-generator makes with typescript-fetch: each form of call once.

const SPACE = { keyspace: "openapi-generator" };
const BEYOND_DOUBLE = "9007199254740993";
const THREE_MEBIBYTES = 3 << 20;

const configuration = new Configuration({
  basePath: process.env["SERVICE_URL"]!,
  accessToken: process.env["SERVICE_TOKEN"]!,
});
const entries = new EntriesApi(configuration);
const ranges = new RangesApi(configuration);
const transactions = new TransactionsApi(configuration);
const keyspaces = new KeyspacesApi(configuration);
const administration = new AdministrationApi(configuration);

async function put(key: string, value: BlobPart, type?: string): Promise<number> {
  const options = type === undefined ? {} : { lightningContentType: type };
  return (await entries.putEntry({ ...SPACE, key, body: new Blob([value]), ...options })).version;
}

async function get(key: string): Promise<Buffer> {
  return Buffer.from(await (await entries.getEntry({ ...SPACE, key })).arrayBuffer());
}

async function bad(call: Promise<unknown>, status: number, type: string): Promise<Problem> {
  const failure = await call.then(
    () => assert.fail("the call was not refused"),
    (error: unknown) => error,
  );
  assert.ok(failure instanceof ResponseError, String(failure));
  assert.equal(failure.response.status, status);
  const problem = ProblemFromJSON(await failure.response.json());
  assert.equal(problem.type, `/problems/${type}`);
  return problem;
}

before(async () => {
  assert.equal((await keyspaces.putKeyspace({ ...SPACE, keyspaceOptionsChange: {} })).name, SPACE.keyspace);
});

test("values come back byte by byte", async () => {
  const large = randomBytes(THREE_MEBIBYTES);
  const values: [string, Uint8Array<ArrayBuffer>, string | undefined][] = [
    ["text", new TextEncoder().encode("hällo"), "text/plain;charset=utf-8"],
    ["null", new TextEncoder().encode("null"), "application/json"],
    ["number", new TextEncoder().encode(BEYOND_DOUBLE), "application/json"],
    ["bytes", Uint8Array.of(0, 255, 10, 13), undefined],
    ["empty", new Uint8Array(0), undefined],
    ["large", new Uint8Array(large), undefined],
  ];
  for (const [key, value, type] of values) {
    assert.ok((await put(key, value, type)) > 0);
    assert.deepEqual(await get(key), Buffer.from(value), key);
    const answer = (await entries.getEntryRaw({ ...SPACE, key })).raw;
    assert.equal(answer.headers.get("content-type"), type ?? "application/octet-stream");
  }
  const problem = await bad(put("json", "{", "application/json"), 400, "malformed-json");
  assert.equal(problem.retryable, false);
});

test("conditions", async () => {
  const version = await put("conditional", "1");
  const again = entries.putEntry({ ...SPACE, key: "conditional", ifNoneMatch: "*", body: new Blob(["2"]) });
  assert.equal((await bad(again, 412, "precondition-failed")).actualVersion, version);
});

test("batches, execute, and members that are null", async () => {
  const result = await ranges.batchEntries({
    ...SPACE,
    batch: {
      operations: [
        { put: { key: "a", value: { n: 1 } } },
        { put: { key: "b", value: null, valueBase64: "AQI=" } },
        { put: { key: "nothing", value: null } },
        { increment: { key: "n", by: 5 } },
        { get: { key: "a" } },
        { get: { key: "nothing" } },
      ],
    },
  });
  assert.equal(result.results.length, 6);
  assert.equal(result.results[3]!.value, 5);
  assert.deepEqual(result.results[4]!.value, { n: 1 });
  assert.equal(result.results[5]!.value, null);
  assert.deepEqual(await get("b"), Buffer.from([1, 2]));
  assert.equal((await get("nothing")).toString(), "null");

  const executed = await transactions.executeTransaction({
    execute: {
      compare: [{ ...SPACE, key: "nothing", value: null }],
      then: [{ put: { ...SPACE, key: "done", value: true, ttl: "PT1H" } }],
    },
  });
  assert.equal(executed.succeeded, true);
  assert.equal(executed.results[0]!.version, executed.version);
  const done = await ranges.listEntries({ ...SPACE, prefix: "done" });
  assert.ok((done as { entries: { expiresAt?: Date }[] }).entries[0]!.expiresAt! > new Date());
});

test("numbers beyond 2^53 are exact as text", async () => {
  await put("counter", BEYOND_DOUBLE, "application/json");
  const call = { ...SPACE, key: "counter", increment: { by: 2 } };
  const { raw } = await entries.incrementEntryRaw(call);
  assert.match(await raw.text(), /"value":9007199254740995,/);
  const limits = await administration.getLimits();
  assert.ok(limits.ttlMillisMax > 2 ** 32);
});

test("streams in and out", async () => {
  const lines = `{"key":"imported","value":${BEYOND_DOUBLE}}\n`;
  const report = await ranges.importEntries({ ...SPACE, body: new Blob([lines]) });
  assert.equal((report as { imported: number }).imported, 1);
  const { raw } = await ranges.exportEntriesRaw(SPACE);
  const exported = gunzipSync(Buffer.from(await raw.arrayBuffer())).toString();
  assert.match(exported, new RegExp(`"key":"imported".*${BEYOND_DOUBLE}`));
  await bad(ranges.exportEntries({ keyspace: "nowhere" }), 404, "keyspace-not-found");
});
