import { readFileSync } from "node:fs";

const METHODS = ["get", "head", "put", "post", "delete", "patch", "options"];

interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: RegExp;
}

/** Notes which operations of the document were called, and with what outcome. */
export class Calls {
  private readonly operations: readonly Operation[];
  private readonly succeeded = new Set<string>();
  private readonly refused = new Set<string>();

  constructor(documentFile: string) {
    const document = JSON.parse(readFileSync(documentFile, "utf8"));
    const operations: Operation[] = [];
    for (const [path, calls] of Object.entries<Record<string, { operationId: string }>>(document.paths)) {
      for (const method of METHODS.filter((each) => each in calls)) {
        operations.push({
          id: calls[method]!.operationId,
          method: method.toUpperCase(),
          path: new RegExp(`^${path.replace(/[.]/g, "\\.").replace(/\{[a-z]+\}/g, "[^/]+")}$`),
        });
      }
    }
    this.operations = operations;
  }

  /** A `fetch` that notes what is answered. */
  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const response = await fetch(request);
    const path = new URL(request.url).pathname;
    const found = this.operations.find((each) => each.method === request.method && each.path.test(path));
    if (found === undefined) {
      throw new Error(`${request.method} ${path} is not in the document`);
    }
    if (response.status < 400) {
      this.succeeded.add(found.id);
    } else if (request.method === "HEAD" || response.headers.get("content-type")?.startsWith("application/problem+json")) {
      this.refused.add(found.id);
    }
    return response;
  };

  /** What is missing until each operation has succeeded once and was refused once. */
  missing(): string[] {
    return this.operations.flatMap(({ id }) => [
      ...(this.succeeded.has(id) ? [] : [`${id} has not succeeded`]),
      ...(this.refused.has(id) ? [] : [`${id} was not refused`]),
    ]);
  }

  count(): number {
    return this.operations.length;
  }
}
