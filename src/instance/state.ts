import type { App } from "./app"
import { disposedError } from "./disposed"
import type { Instance } from "./instance"

interface Cell<S> {
  value: S
  dispose?: (state: S) => unknown
}

/**
 * State that a room keeps per instance: made on first use, disposed with the instance, last made first. `make` may be
 * async: then the state is the promise, and a promise that rejects is forgotten so that the next use tries again.
 */
export function instanceState<S>(make: (instance: Instance) => S, dispose?: (state: S) => unknown) {
  const cells = new WeakMap<Instance, Cell<S>>()
  return (instance: Instance): S => {
    const known = cells.get(instance)
    if (known) return known.value
    if (instance.signal.aborted) throw disposedError(instance.directory)
    const cell: Cell<S> = { value: make(instance) }
    cells.set(instance, cell)
    if (cell.value instanceof Promise) cell.value.catch(() => cells.delete(instance))
    if (dispose) instance.disposers.push(async () => dispose(cell.value))
    return cell.value
  }
}

/**
 * State that a room keeps once per app, whatever instances come and go: made on first use. `make` may be async, as for
 * `instanceState`.
 */
export function appState<S extends object>(make: (app: App) => S) {
  const states = new WeakMap<App, S>()
  return (app: App): S => {
    const known = states.get(app)
    if (known) return known
    const state = make(app)
    states.set(app, state)
    if (state instanceof Promise) state.catch(() => states.delete(app))
    return state
  }
}
