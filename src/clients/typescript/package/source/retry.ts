import { problemOf } from "./problem.js";

/** How often, and for how long, a call is tried again. */
export interface RetryOptions {
  /** Most tries of one call, the first included. 4 if left out; 1 for none but the first. */
  attempts?: number;
  /** Longest wait before a try, in milliseconds. A refusal that asks for a longer one (`Retry-After`) is final. 10,000 if left out. */
  waitMillisMax?: number;
}

const ATTEMPTS = 4;
const WAIT_MILLIS_MAX = 10_000;
const WAIT_MILLIS_FIRST = 100;
// The service says these before it looks at a request.
const REFUSED_UNSEEN = ["/problems/rate-limited", "/problems/overloaded"];

export type Fetch = (request: Request) => Promise<Response>;

/** Waits, or fails as soon as the signal is given. */
export function pause(millis: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const aborted = () => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", aborted);
      resolve();
    }, millis);
    signal?.addEventListener("abort", aborted, { once: true });
  });
}

/** The wait before a try that nothing was said of: twice as long each time, and not the same for all clients. */
export function backoffMillis(attempt: number): number {
  return WAIT_MILLIS_FIRST * 2 ** (attempt - 1) * (0.5 + Math.random());
}

/**
 * Sends a request until it is answered for good. What is tried again: a refusal with 429 or 503 of a call that may be repeated, or that the
 * service did not look at; and, when the connection fails, which leaves open whether anything was done, only reads, calls with an
 * Idempotency-Key and those that their caller knows to be repeatable.
 */
export async function sendWithRetries(
  fetcher: Fetch,
  request: Request,
  options: RetryOptions,
  isRepeatable = false,
): Promise<Response> {
  const attempts = options.attempts ?? ATTEMPTS;
  const waitMillisMax = options.waitMillisMax ?? WAIT_MILLIS_MAX;
  const isRead = request.method === "GET" || request.method === "HEAD";
  const isSafe = isRead || isRepeatable || request.headers.has("Idempotency-Key");
  for (let attempt = 1; ; attempt++) {
    const isLast = attempt >= attempts;
    let waitMillis = backoffMillis(attempt);
    try {
      // The body of a request is gone once it is sent.
      const response = await fetcher(isLast ? request : request.clone());
      if (isLast || (response.status !== 429 && response.status !== 503)) {
        return response;
      }
      const problem = await problemOf(response);
      const isUnseen = problem !== undefined && REFUSED_UNSEEN.includes(problem.type);
      if (!isSafe && !isUnseen && request.method === "POST") {
        return response;
      }
      const retryAfter = Number(response.headers.get("Retry-After"));
      waitMillis = retryAfter > 0 ? retryAfter * 1000 : waitMillis;
      if (problem?.retryable === false || waitMillis > waitMillisMax) {
        return response;
      }
      await response.body?.cancel();
    } catch (error) {
      if (isLast || !isSafe || request.signal.aborted) {
        throw error;
      }
    }
    await pause(Math.min(waitMillis, waitMillisMax), request.signal);
  }
}
