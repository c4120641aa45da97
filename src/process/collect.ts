import type { ChildOutput } from "./supervisor"

type Bytes = Uint8Array<ArrayBuffer>

/**
 * Collects the head of a stream: at most `limit` bytes. The rest is read and dropped, so that the writer never blocks.
 * `settle`, called when the writer has ended, answers what has come at the end of the stream; or, should somebody else hold it
 * open, when nothing has come for `quiet` milliseconds, or after ten times that. What comes later is dropped.
 */
export function collect(stream: ChildOutput, limit: number) {
  const chunks: Bytes[] = []
  let size = 0
  let truncated = false
  let settled = false
  let last = 0

  const ended = (async () => {
    for await (const chunk of stream) {
      if (settled) continue
      last = performance.now()
      if (size + chunk.length > limit) truncated = true
      if (size >= limit) continue
      chunks.push(chunk.subarray(0, limit - size))
      size = Math.min(limit, size + chunk.length)
    }
  })()
  return {
    async settle(quiet: number) {
      const start = performance.now()
      last = start
      const silence = async () => {
        while (!settled && performance.now() - last < quiet && performance.now() - start < 10 * quiet)
          await Bun.sleep(Math.min(quiet, 50))
      }
      await Promise.race([ended, silence()])
      settled = true
      return { bytes: joined(chunks, size), truncated }
    },
  }
}

function joined(chunks: Bytes[], size: number): Bytes {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}
