import type { App } from "../instance/app"
import type { Instance } from "../instance/instance"

/** The instances that are open; those that are still opening are waited for. */
export async function openInstances(app: App): Promise<Instance[]> {
  const instances = await Promise.allSettled(app.instances.values())
  return instances.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []))
}
