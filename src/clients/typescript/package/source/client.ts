import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./document.js";
import { parseJson, writeJson } from "./json.js";
import { type CallOptions, Entries, Keyspace } from "./keyspace.js";
import { LightningError, problemOf } from "./problem.js";
import { backoffMillis, type Fetch, pause, type RetryOptions, sendWithRetries } from "./retry.js";

export type Execute = components["schemas"]["Execute"];
export type ExecuteResult = components["schemas"]["ExecuteResult"];
export type Media = "application/json" | "application/problem+json" | "application/octet-stream";

export interface ClientOptions {
  /** Where the service is. `http://localhost:8080` if left out. */
  url?: string | undefined;
  /** An API token, if the service asks for one. */
  token?: string | undefined;
  retry?: RetryOptions;
  /** Whether calls see at least what any earlier call of this client has seen or written. True if left out. */
  readYourWrites?: boolean;
  /** Takes the place of the global `fetch`. */
  fetch?: Fetch;
}

export interface TransactionOptions extends CallOptions {
  isolation?: "snapshot" | "serializable";
  /** How often all of it is done, the first time included, while other commits get in the way. 5 if left out. */
  attempts?: number;
}

interface Sent extends CallOptions {
  headers?: { [name: string]: string };
  body?: BodyInit;
  isRepeatable?: boolean;
}

const URL_DEFAULT = "http://localhost:8080";
const VERSION = "Lightning-Version";
const VERSION_AT_LEAST = "Lightning-Version-At-Least";
const TRANSACTION_ATTEMPTS = 5;

/** A service. It holds no connections of its own, and may be used by everything in a program. */
export class LightningClient {
  /** Every operation of the service, with the types of its document and with the tries of this client. */
  readonly api: Client<paths, Media>;

  private readonly url: string;
  private readonly fetcher: Fetch;
  private seen = 0;

  constructor(private readonly options: ClientOptions = {}) {
    this.url = (options.url ?? URL_DEFAULT).replace(/\/+$/, "");
    const sender = options.fetch ?? ((request: Request) => fetch(request));
    this.fetcher = async (request) => {
      const response = await sender(request);
      this.seen = Math.max(this.seen, Number(response.headers.get(VERSION) ?? 0));
      return response;
    };
    this.api = createClient<paths, Media>({
      baseUrl: this.url,
      headers: this.headers(""),
      fetch: (request: Request) => sendWithRetries(this.fetcher, request, this.options.retry ?? {}),
    });
  }

  /** The greatest version that an answer had; 0 before the first. */
  get versionSeen(): number {
    return this.seen;
  }

  private headers(path: string): { [name: string]: string } {
    const headers: { [name: string]: string } = {};
    if (this.options.token !== undefined) {
      headers["Authorization"] = `Bearer ${this.options.token}`;
    }
    if (this.options.readYourWrites !== false && this.seen > 0 && path !== "") {
      headers[VERSION_AT_LEAST] = String(this.seen);
    }
    return headers;
  }

  /** Sends a request below `/v1/keyspaces` or `/v1/transactions`, and fails with what the service says if it refuses. */
  async send(method: string, path: string, sent: Sent): Promise<Response> {
    const request = new Request(this.url + path, {
      method,
      headers: { ...this.headers(path), ...sent.headers },
      ...(sent.body === undefined ? {} : { body: sent.body }),
      ...(sent.signal === undefined ? {} : { signal: sent.signal }),
    });
    const response = await sendWithRetries(this.fetcher, request, this.options.retry ?? {}, sent.isRepeatable);
    if (response.status >= 400) {
      throw new LightningError(response.status, await problemOf(response));
    }
    return response;
  }

  /** Sends JSON and reads JSON, both with integers of any size. */
  async json(
    method: string,
    path: string,
    body: unknown,
    options: CallOptions,
    headers: { [name: string]: string } = {},
  ): Promise<unknown> {
    const response = await this.send(method, path, {
      ...options,
      headers: { ...headers, "Content-Type": "application/json" },
      body: writeJson(body),
    });
    return parseJson(await response.text());
  }

  keyspace(name: string): Keyspace {
    return new Keyspace(this, name);
  }

  /** Compares and acts in one commit, once however often it is tried. */
  async execute(request: Execute, options: CallOptions = {}): Promise<ExecuteResult> {
    const once = { "Idempotency-Key": crypto.randomUUID() };
    return (await this.json("POST", "/v1/transactions:execute", request, options, once)) as ExecuteResult;
  }

  /**
   * Does work in a transaction and commits it. If other commits get in the way, all of it is done again, so the work should have no other
   * effects. If it fails otherwise, the transaction is rolled back and the failure goes on.
   */
  async transaction<Result>(
    work: (transaction: Transaction) => Promise<Result>,
    options: TransactionOptions = {},
  ): Promise<Result> {
    const attempts = options.attempts ?? TRANSACTION_ATTEMPTS;
    const { signal } = options;
    const call = signal === undefined ? {} : { signal };
    for (let attempt = 1; ; attempt++) {
      const begun = await this.json("POST", "/v1/transactions", { isolation: options.isolation }, call);
      const path = `/v1/transactions/${(begun as { id: string }).id}`;
      try {
        const result = await work(new Transaction(this, path));
        await this.send("POST", `${path}/commit`, {
          ...call,
          headers: { "Idempotency-Key": crypto.randomUUID() },
        });
        return result;
      } catch (error) {
        // If this fails too, its lease ends the transaction. A signal that was given must not keep it from being sent.
        await this.send("DELETE", path, {}).catch(() => undefined);
        if (attempt >= attempts || !(error instanceof LightningError && error.isConflict)) {
          throw error;
        }
      }
      await pause(backoffMillis(attempt), signal);
    }
  }
}

/** An open transaction. */
export class Transaction {
  constructor(
    private readonly client: LightningClient,
    private readonly path: string,
  ) {}

  keyspace(name: string): Entries {
    return new Entries(this.client, `${this.path}/keyspaces/${encodeURIComponent(name)}`, true);
  }
}
