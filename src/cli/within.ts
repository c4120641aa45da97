/** Waits for one of the promises, at most so many milliseconds; afterwards no timer keeps the process alive. */
export async function within(ms: number, ...promises: Promise<unknown>[]): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  try {
    await Promise.race([late, ...promises])
  } finally {
    clearTimeout(timer)
  }
}
