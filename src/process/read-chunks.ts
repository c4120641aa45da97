import { setImmediate } from "node:timers/promises"
import type { ChildOutput } from "./supervisor"

/** Milliseconds of reading after which everything else gets a turn. */
const TURN = 5

/**
 * The output of a child, piece by piece. Of one that prints without pause the next piece is always there already, and a loop
 * over the stream itself would never let timers, requests or signals have their turn: the whole server would stand still.
 */
export async function* readChunks(stream: ReadableStream<Uint8Array<ArrayBuffer>>): ChildOutput {
  let begun = performance.now()
  for await (const chunk of stream) {
    yield chunk
    if (performance.now() - begun < TURN) continue
    await setImmediate()
    begun = performance.now()
  }
}
