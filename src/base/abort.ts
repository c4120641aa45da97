/** Settles once the signal is aborted; at once when it is already. */
export function whenAborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return Promise.resolve(undefined)
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(undefined), { once: true }))
}
