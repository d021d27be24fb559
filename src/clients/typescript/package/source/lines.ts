import { BrokenStreamError } from "./problem.js";

/** The lines of a stream, of which no more than one and a piece are in memory. Who stops before the end ends the transfer. */
export async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const reader = stream.getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  let isAtEnd = false;
  try {
    while (!isAtEnd) {
      const piece = await reader.read().catch((error: unknown) => {
        isAtEnd = true;
        throw error instanceof Error && error.name === "AbortError" ? error : new BrokenStreamError(error);
      });
      isAtEnd = piece.done;
      const found = (rest + decoder.decode(piece.value, { stream: !isAtEnd })).split("\n");
      rest = found.pop()!;
      yield* found;
    }
    if (rest !== "") {
      throw new BrokenStreamError(undefined);
    }
  } finally {
    if (!isAtEnd) {
      await reader.cancel();
    }
  }
}
