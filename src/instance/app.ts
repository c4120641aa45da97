import type { Log } from "../base/log"
import type { Paths } from "../base/path"
import type { Bus } from "../bus/bus"
import type { Supervisor } from "../process/supervisor"
import type { Store } from "../store/store"
import type { Published } from "./event"
import type { Instance } from "./instance"

/** The process: database, clock, global bus, open instances. One per server; passed as an argument, never a global. */
export interface App {
  /** Version of the server, as health, sessions and the user agent say it. */
  readonly version: string
  /** The environment the process was started with. Nothing outside `cli/` reads the real one. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** The directory that a request without one means. */
  readonly directory: string
  readonly paths: Paths
  readonly store: Store
  readonly log: Log
  readonly processes: Supervisor
  /** Everything that any instance publishes, and the events of the server itself. */
  readonly bus: Bus<Published>
  /** Open instances by directory: the promise is there from the first request on. */
  readonly instances: Map<string, Promise<Instance>>
  /** Epoch milliseconds. */
  now(): number
}
