import type { components } from "./document.js";

/** What the service says of a call that it refuses (RFC 9457). */
export type Problem = components["schemas"]["Problem"];

/** A call was refused. Nothing was changed unless the problem says otherwise (`outcome-unknown`). */
export class LightningError extends Error {
  constructor(
    /** The status of HTTP. */
    readonly status: number,
    /** What the service says; absent if something in front of it answered. */
    readonly problem: Problem | undefined,
  ) {
    super(problem === undefined ? `the answer has the status ${status}` : `${problem.title}: ${problem.detail}`);
    this.name = "LightningError";
  }

  /** The last part of the type, such as `precondition-failed`. */
  get type(): string | undefined {
    return this.problem?.type.replace("/problems/", "");
  }

  /** Whether other commits got in the way of a transaction, so that all of it may be done again. */
  get isConflict(): boolean {
    return this.status === 409 && this.problem?.retryable === true;
  }
}

/** A stream ended before its end: what was read until then is good, and more was to come. */
export class BrokenStreamError extends Error {
  constructor(cause: unknown) {
    super("the stream ended before its end", { cause });
    this.name = "BrokenStreamError";
  }
}

/** What an answer says of its refusal, which leaves the answer to be read again. */
export async function problemOf(response: Response): Promise<Problem | undefined> {
  if (!response.headers.get("Content-Type")?.startsWith("application/problem+json")) {
    return undefined;
  }
  return (await response.clone().json()) as Problem;
}
