import type { App } from "../instance/app"
import { publish, publishGlobal } from "../instance/event"
import type { Instance } from "../instance/instance"
import { forgetConfigs } from "./config"

/** Makes every instance load its configuration again: each one that had loaded it is announced, then `global.disposed`. */
export async function reloadConfigs(app: App): Promise<void> {
  const affected = await forgetConfigs(app)
  affected.forEach(announceConfig)
  publishGlobal(app, "global.disposed", {}, { directory: "global" })
}

/**
 * Tells clients that the configuration of a directory has changed. The instance lives on, and with it what runs in it; this
 * is the event at which clients read everything anew.
 */
export const announceConfig = (instance: Instance) =>
  publish(instance, "server.instance.disposed", { directory: instance.directory })
