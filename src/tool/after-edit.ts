import { formatFile } from "../format/format"
import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"
import type { Diagnostic } from "../lsp/diagnostic"
import { diagnoseChanges } from "../lsp/lsp"
import type { FileChange } from "../lsp/watch"
import { editNote } from "./edit-note"

/** Milliseconds that all formatters of one change may take together. */
const FORMAT_LIMIT = 30_000

/** What tools tell once files have changed. */
export interface EditFindings {
  /** Problems that language servers see, by file; for the metadata. */
  diagnostics: Record<string, Diagnostic[]>
  /** The formatters that have changed a file once more, by file. */
  formatted: Map<string, string[]>
  /** What the model should know of it, to be put behind the tool's output. Mostly empty. */
  note: string
}

/**
 * To be called once tools have changed files: formats them, tells everybody, and asks language servers what they think of it.
 * `file` is absolute, as clients know it. Never throws: the files are changed already.
 */
export async function afterEdits(
  instance: Instance,
  changes: readonly FileChange[],
  signal: AbortSignal,
): Promise<EditFindings> {
  const { log } = instance.app
  const formatted: EditFindings["formatted"] = new Map()
  const until = AbortSignal.any([signal, AbortSignal.timeout(FORMAT_LIMIT)])
  for (const { file, event } of changes) {
    if (event === "unlink" || until.aborted) continue
    try {
      const names = await formatFile(instance, file, until)
      if (names.length > 0) formatted.set(file, names)
    } catch (error) {
      log.warn("A file could not be formatted", { file, error })
    }
  }
  for (const { file, event } of changes) {
    if (event !== "unlink") publish(instance, "file.edited", { file })
    publish(instance, "file.watcher.updated", { file, event })
  }
  const diagnostics = await diagnoseChanges(instance, changes, signal).catch((error) => {
    log.warn("Language servers could not be asked", { error })
    return {}
  })
  return { diagnostics, formatted, note: editNote({ diagnostics, formatted }) }
}
