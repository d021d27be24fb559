import type { LightningClient } from "./client.js";
import type { components } from "./document.js";
import { parseJson, writeJson } from "./json.js";
import { lines } from "./lines.js";
import { LightningError, type Problem } from "./problem.js";

export type Operation = components["schemas"]["Operation"];
export type BatchResult = components["schemas"]["BatchResult"];

/** An entry in a stream: one of `value` and `valueBase64`. Integers beyond 2^53 in a value are bigint. */
export interface Record {
  key: string;
  keyEncoding?: string;
  value?: unknown;
  valueBase64?: string;
  contentType?: string;
  expiresAt?: string | null;
  ttl?: string;
  version?: number;
}

export interface CallOptions {
  /** Ends the call, and its waits and tries. */
  signal?: AbortSignal;
}

export interface PutOptions extends CallOptions {
  /** Media type of the value. Left out, it is UTF-8 text for a string and `application/octet-stream` for bytes. */
  contentType?: string;
  /** Time to live, such as `PT1H`. */
  ttl?: string;
  /** Put only if the entry has this tag. */
  ifTag?: string;
  /** Put only if there is no entry. */
  ifAbsent?: boolean;
  /** `logged` spares the wait for stable storage. */
  durability?: "synced" | "logged";
}

export interface RangeOptions extends CallOptions {
  prefix?: string;
  start?: string;
  end?: string;
  reverse?: boolean;
  limit?: number;
}

export interface ImportOptions extends CallOptions {
  /** Bytes of lines in one request, and so about what an import has in memory. 1 MiB if left out. */
  chunkBytes?: number;
  /** Called behind each request with the number of records that are committed. */
  onProgress?: (imported: number) => void;
}

const CHUNK_BYTES = 1 << 20;

/** A value that was read. */
export class Value {
  constructor(
    readonly bytes: Uint8Array,
    readonly contentType: string,
    /** Names the version of the entry, for `ifTag`. */
    readonly tag: string,
  ) {}

  text(): string {
    return new TextDecoder().decode(this.bytes);
  }

  /** The value as JSON; integers beyond 2^53 are bigint. */
  json(): unknown {
    return parseJson(this.text());
  }
}

/** Single entries of a keyspace, of a transaction or by themselves. */
export class Entries {
  constructor(
    protected readonly client: LightningClient,
    protected readonly path: string,
    private readonly isInTransaction: boolean,
  ) {}

  protected entry(key: string): string {
    return `${this.path}/entries/${encodeURIComponent(key)}`;
  }

  /** A key that no other call has, where the service takes one. */
  private once(): { [name: string]: string } {
    return this.isInTransaction ? {} : { "Idempotency-Key": crypto.randomUUID() };
  }

  /** Reads a value; undefined if there is no such entry. */
  async get(key: string, options: CallOptions = {}): Promise<Value | undefined> {
    try {
      const response = await this.client.send("GET", this.entry(key), options);
      return new Value(
        new Uint8Array(await response.arrayBuffer()),
        response.headers.get("Content-Type") ?? "application/octet-stream",
        response.headers.get("ETag") ?? "",
      );
    } catch (error) {
      if (error instanceof LightningError && error.type === "entry-not-found") {
        return undefined;
      }
      throw error;
    }
  }

  /** Adds or replaces a value, and tells its tag; empty in a transaction, where it has none yet. */
  async put(key: string, value: string | Uint8Array | Blob, options: PutOptions = {}): Promise<string> {
    const type =
      options.contentType ??
      (typeof value === "string" ? "text/plain;charset=utf-8" : "application/octet-stream");
    const headers: { [name: string]: string } = { "Content-Type": type };
    if (options.ttl !== undefined) headers["Lightning-Ttl"] = options.ttl;
    if (options.ifTag !== undefined) headers["If-Match"] = options.ifTag;
    if (options.ifAbsent) headers["If-None-Match"] = "*";
    if (options.durability !== undefined) headers["Lightning-Durability"] = options.durability;
    const response = await this.client.send("PUT", this.entry(key), {
      ...options,
      headers,
      body: value as BodyInit,
    });
    return response.headers.get("ETag") ?? "";
  }

  /** Adds or replaces a value of JSON. */
  putJson(key: string, value: unknown, options: PutOptions = {}): Promise<string> {
    return this.put(key, writeJson(value), { contentType: "application/json", ...options });
  }

  /** Removes an entry, and tells whether there was one. */
  async delete(key: string, options: CallOptions & { ifTag?: string } = {}): Promise<boolean> {
    try {
      const headers: { [name: string]: string } = options.ifTag === undefined ? {} : { "If-Match": options.ifTag };
      await this.client.send("DELETE", this.entry(key), { ...options, headers });
      return true;
    } catch (error) {
      if (error instanceof LightningError && error.type === "entry-not-found") {
        return false;
      }
      throw error;
    }
  }

  /** Adds to a counter, once however often it is tried, and tells its new value. */
  async increment(key: string, by: number | bigint = 1, options: CallOptions = {}): Promise<number | bigint> {
    const counter = await this.client.json("POST", `${this.entry(key)}/increment`, { by }, options, this.once());
    return (counter as { value: number | bigint }).value;
  }

  /** Writes and reads many entries in one commit, once however often it is tried. */
  async batch(operations: Operation[], options: CallOptions = {}): Promise<BatchResult> {
    const result = await this.client.json(
      "POST",
      `${this.path}/entries:batch`,
      { operations },
      options,
      this.once(),
    );
    return result as BatchResult;
  }

  /** The entries of a range in the order of their keys, as they come: never all in memory. */
  async *entries(options: RangeOptions = {}): AsyncGenerator<Record, void, undefined> {
    const { signal, ...range } = options;
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(range)) {
      query.set(name, String(value));
    }
    const response = await this.client.send("GET", `${this.path}/entries?${query}`, {
      ...(signal === undefined ? {} : { signal }),
      headers: { Accept: "application/x-ndjson" },
    });
    for await (const line of lines(response.body!)) {
      const record = parseJson(line) as Record & { problem?: Problem };
      if (record.problem !== undefined) {
        throw new LightningError(record.problem.status, record.problem);
      }
      yield record;
    }
  }
}

/** A keyspace. */
export class Keyspace extends Entries {
  constructor(
    client: LightningClient,
    readonly name: string,
  ) {
    super(client, `/v1/keyspaces/${encodeURIComponent(name)}`, false);
  }

  /** All entries of one moment, as they come: never all in memory. A transfer that is cut is a BrokenStreamError. */
  async *export(options: CallOptions = {}): AsyncGenerator<Record, void, undefined> {
    const response = await this.client.send("GET", `${this.path}/entries:export`, options);
    const text = response.body!.pipeThrough(new DecompressionStream("gzip") as ReadableWritablePair<Uint8Array, Uint8Array>);
    for await (const line of lines(text)) {
      yield parseJson(line) as Record;
    }
  }

  /**
   * Writes records, as many at a time as a request of a certain size holds: never all in memory, in browsers too. It is many commits. Requests
   * whose answer is lost are sent again, which has the same effect; after a failure, what the progress told of is committed.
   */
  async import(records: AsyncIterable<Record> | Iterable<Record>, options: ImportOptions = {}): Promise<number> {
    const chunkBytes = options.chunkBytes ?? CHUNK_BYTES;
    const encoder = new TextEncoder();
    let imported = 0;
    let chunk: Uint8Array<ArrayBuffer>[] = [];
    let bytes = 0;
    const flush = async () => {
      const response = await this.client.send("POST", `${this.path}/entries:import`, {
        ...options,
        headers: { "Content-Type": "application/x-ndjson" },
        body: new Blob(chunk),
        isRepeatable: true,
      });
      imported += ((await response.json()) as { imported: number }).imported;
      chunk = [];
      bytes = 0;
      options.onProgress?.(imported);
    };
    for await (const record of records) {
      options.signal?.throwIfAborted();
      const line = encoder.encode(`${writeJson(record)}\n`);
      if (bytes > 0 && bytes + line.length > chunkBytes) {
        await flush();
      }
      chunk.push(line);
      bytes += line.length;
    }
    if (bytes > 0) {
      await flush();
    }
    return imported;
  }
}

