/**
 * Typed fan-out inside one process. `publish` calls every subscriber at once and in order of subscription; a subscriber
 * must return quickly and must not throw (what it throws is handed to `onError`, the others still hear the value).
 */
export interface Bus<T> {
  publish(value: T): void
  /** Answers the function that ends the subscription. */
  subscribe(listener: (value: T) => void): () => void
  readonly subscribers: number
}

export function createBus<T>(onError: (error: unknown) => void): Bus<T> {
  const listeners = new Set<(value: T) => void>()
  return {
    publish(value) {
      for (const listener of [...listeners]) {
        try {
          listener(value)
        } catch (error) {
          onError(error)
        }
      }
    },
    subscribe(listener) {
      // Wrapped, so that the same function subscribed twice is two subscriptions.
      const own = (value: T) => listener(value)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    get subscribers() {
      return listeners.size
    },
  }
}
