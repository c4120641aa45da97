import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"
import type { EventProperties } from "../schema/event"

/** What tools add to their metadata once files have changed. */
export interface EditFindings {
  /** Problems that language servers report, by file. */
  diagnostics: Record<string, unknown[]>
}

/** Tells everybody that a tool has changed a file. `file` is absolute, as clients know it. */
export async function afterEdit(
  instance: Instance,
  file: string,
  event: EventProperties<"file.watcher.updated">["event"],
): Promise<EditFindings> {
  if (event !== "unlink") publish(instance, "file.edited", { file })
  publish(instance, "file.watcher.updated", { file, event })
  return { diagnostics: {} }
}
