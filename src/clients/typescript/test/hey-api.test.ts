import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { client } from "../generated/hey-api/client.gen.js";
import {
  batchEntries,
  executeTransaction,
  exportEntries,
  getEntry,
  getLimits,
  importEntries,
  incrementEntry,
  type Problem,
  putEntry,
  putKeyspace,
} from "../generated/hey-api/index.js";

// The client that @hey-api/openapi-ts makes: each form of call once.

const space = { keyspace: "hey-api" };
const BEYOND_DOUBLE = "9007199254740993";
const THREE_MEBIBYTES = 3 << 20;

client.setConfig({ baseUrl: process.env["SERVICE_URL"]!, auth: process.env["SERVICE_TOKEN"]! });

function put(key: string, value: BlobPart, type?: string, header: Record<string, string> = {}) {
  return putEntry({
    path: { ...space, key },
    headers: { ...header, ...(type === undefined ? {} : { "Lightning-Content-Type": type }) },
    body: new Blob([value]),
  });
}

/** As it would be by itself, it is JSON or a blob, as the type of the value says. */
async function get(key: string): Promise<{ bytes: Buffer; type: string | null }> {
  const answer = await getEntry({ path: { ...space, key }, parseAs: "blob", throwOnError: true });
  const value = answer.data as Blob;
  return { bytes: Buffer.from(await value.arrayBuffer()), type: answer.response.headers.get("content-type") };
}

async function bad(
  call: Promise<{ error?: Problem | undefined; response?: Response }>,
  status: number,
  type: string,
): Promise<Problem> {
  const { error, response } = await call;
  assert.equal(response!.status, status);
  assert.equal(error!.type, `/problems/${type}`);
  return error!;
}

before(async () => {
  const made = await putKeyspace({ path: space, body: {}, throwOnError: true });
  assert.equal(made.data.name, space.keyspace);
});

test("values come back byte by byte", async () => {
  const values: [string, Uint8Array<ArrayBuffer>, string | undefined][] = [
    ["text", new TextEncoder().encode("hällo"), "text/plain;charset=utf-8"],
    ["null", new TextEncoder().encode("null"), "application/json"],
    ["number", new TextEncoder().encode(BEYOND_DOUBLE), "application/json"],
    ["bytes", Uint8Array.of(0, 255, 10, 13), undefined],
    ["empty", new Uint8Array(0), undefined],
    ["large", new Uint8Array(randomBytes(THREE_MEBIBYTES)), undefined],
  ];
  for (const [key, value, type] of values) {
    const { data } = await put(key, value, type);
    assert.ok(data!.version > 0);
    assert.deepEqual(await get(key), {
      bytes: Buffer.from(value),
      type: type ?? "application/octet-stream",
    });
  }
  await bad(put("json", "{", "application/json"), 400, "malformed-json");
});

test("conditions", async () => {
  const { data } = await put("conditional", "1");
  const problem = await bad(put("conditional", "2", undefined, { "If-None-Match": "*" }), 412, "precondition-failed");
  assert.equal(problem.actualVersion, data!.version);
});

test("batches, execute, and members that are null", async () => {
  const { data } = await batchEntries({
    path: space,
    body: {
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
  assert.equal(data!.results.length, 6);
  assert.equal(data!.results[3]!.value, 5);
  assert.deepEqual(data!.results[4]!.value, { n: 1 });
  assert.equal(data!.results[5]!.value, null);
  assert.deepEqual((await get("b")).bytes, Buffer.from([1, 2]));

  const executed = await executeTransaction({
    body: {
      compare: [{ ...space, key: "nothing", value: null }],
      then: [{ put: { ...space, key: "done", value: true, ttl: "PT1H" } }],
    },
    throwOnError: true,
  });
  assert.equal(executed.data.succeeded, true);
  assert.equal(executed.data.results[0]!.version, executed.data.version);
});

test("numbers beyond 2^53 are exact as text", async () => {
  await put("counter", BEYOND_DOUBLE, "application/json");
  const answer = await incrementEntry({ path: { ...space, key: "counter" }, body: { by: 2 }, parseAs: "text" });
  assert.match(answer.data as unknown as string, /"value":9007199254740995,/);
  const limits = await getLimits({ throwOnError: true });
  assert.ok(limits.data.ttlMillisMax > 2 ** 32);
});

test("streams in and out", async () => {
  const lines = `{"key":"imported","value":${BEYOND_DOUBLE}}\n`;
  const { data } = await importEntries({ path: space, body: new Blob([lines]) });
  assert.equal((data as { imported: number }).imported, 1);
  const exported = await exportEntries({ path: space, parseAs: "stream", throwOnError: true });
  const stream = exported.data as unknown as ReadableStream;
  const text = gunzipSync(Buffer.from(await new Response(stream).arrayBuffer())).toString();
  assert.match(text, new RegExp(`"key":"imported".*${BEYOND_DOUBLE}`));
  const lost = exportEntries({ path: { keyspace: "nowhere" } });
  await bad(lost as Promise<{ error?: Problem; response?: Response }>, 404, "keyspace-not-found");
});
