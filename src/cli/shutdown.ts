const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const
/** Milliseconds that an orderly end may take. */
const DEADLINE = 10_000

/**
 * On the first SIGTERM, SIGINT or SIGHUP calls `close`, then ends the process by that same signal, so that the parent sees
 * the true reason. A second signal, or a `close` that takes too long, ends it at once. `report` hears of an end that is not orderly.
 */
export function closeOnSignal(
  report: (message: string, details: { signal?: string; error?: unknown }) => void,
  close: (signal: string) => Promise<void>,
): void {
  let closing = false
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (closing) return endBy(signal)
      closing = true
      setTimeout(() => {
        report("The end took too long, what is left is dropped", { signal })
        endBy(signal)
      }, DEADLINE).unref()
      close(signal)
        .catch((error) => report("The end was not orderly", { error }))
        .finally(() => endBy(signal))
    })
  }
}

function endBy(signal: (typeof SIGNALS)[number]) {
  // Windows has no signals: there it would look like a crash.
  if (process.platform === "win32") process.exit(0)
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}
