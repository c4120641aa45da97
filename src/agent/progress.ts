import type { Instance } from "../instance/instance"
import type { ToolPart } from "../schema/part"
import { savePart } from "../session/message"

/** Shows clients what a running call is at. Nobody waits for it to be stored: a failure is logged. Nothing once it has ended. */
export function showProgress(
  instance: Instance,
  part: ToolPart,
  update: { title?: string; metadata?: Record<string, unknown> },
): void {
  if (part.state.status !== "running") return
  part.state = { ...part.state, ...update }
  savePart(instance, part).catch((error) =>
    instance.app.log.error("Progress of a tool was not stored", { tool: part.tool, error }),
  )
}
