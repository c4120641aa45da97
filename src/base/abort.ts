/** The promise, unless the signal is aborted first: then it throws the signal's reason, and the promise goes on unheard. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener("abort", abort, { once: true })
  promise.catch(() => {})
  try {
    return await Promise.race([aborted, promise])
  } finally {
    signal.removeEventListener("abort", abort)
  }
}

/** Settles once the signal is aborted; at once when it is already. */
export function whenAborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return Promise.resolve(undefined)
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(undefined), { once: true }))
}
