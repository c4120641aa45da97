import { type Diagnostic, severity } from "../lsp/diagnostic"
import type { EditFindings } from "./after-edit"

/** Errors that are told of one file, and of how many files. */
const MAX_ERRORS = 20
const MAX_FILES = 5
/** Characters of one message. */
const MAX_MESSAGE = 400

/** What a model should know after an edit: that a file is not as it wrote it, and the errors it has now. Mostly empty. */
export function editNote({ formatted, diagnostics }: Pick<EditFindings, "formatted" | "diagnostics">): string {
  const changed = [...formatted].map(
    ([file, names]) =>
      `\n\n${names.join(" and ")} formatted the file after the edit; its text may differ from yours: ${file}`,
  )
  const broken = Object.entries(diagnostics).flatMap(([file, all]) => {
    const errors = all.filter((each) => severity(each) === 1)
    return errors.length === 0 ? [] : [errorList(file, errors)]
  })
  const left = broken.length - MAX_FILES
  const more = left > 0 ? `\n\nThere are errors in ${left} more ${left === 1 ? "file" : "files"}.` : ""
  return [...changed, ...broken.slice(0, MAX_FILES), more].join("")
}

function errorList(file: string, errors: Diagnostic[]): string {
  const lines = errors.slice(0, MAX_ERRORS).map(errorLine)
  if (errors.length > MAX_ERRORS) lines.push(`(${errors.length - MAX_ERRORS} more)`)
  return `\n\nThe language server sees errors in this file:\n<diagnostics file="${file}">\n${lines.join("\n")}\n</diagnostics>`
}

function errorLine({ range: { start }, message, source, code }: Diagnostic): string {
  const text = message.replaceAll(/\s*\n\s*/g, " ").slice(0, MAX_MESSAGE)
  const origin = [source, code].filter((each) => each !== undefined).join(" ")
  return `${start.line + 1}:${start.character + 1} ${text}${origin ? ` (${origin})` : ""}`
}
