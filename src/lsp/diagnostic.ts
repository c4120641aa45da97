import { type Static, Type } from "@sinclair/typebox"
import { cleanValue, firstProblem } from "../base/schema-problem"
import { Range } from "../schema/file-part"

/** A problem that a language server sees, in the words of its protocol: lines and characters count from 0. */
export const Diagnostic = Type.Object({
  range: Range,
  /** 1 error, 2 warning, 3 information, 4 hint. */
  severity: Type.Optional(Type.Integer({ minimum: 1, maximum: 4 })),
  code: Type.Optional(Type.Union([Type.Integer(), Type.String()])),
  source: Type.Optional(Type.String()),
  message: Type.String(),
})
export type Diagnostic = Static<typeof Diagnostic>

/** Problems of one file that are kept. */
const MAX_DIAGNOSTICS = 100
/** Characters of one message that are kept. */
const MAX_MESSAGE = 2000

/** The problems in what a server sent; what is none is left out. Errors come first when there are too many. */
export function readDiagnostics(items: unknown): Diagnostic[] {
  if (!Array.isArray(items)) return []
  const all = items
    .filter((item) => !firstProblem(Diagnostic, item))
    .map((item) => cleanValue(Diagnostic, item) as Diagnostic)
  const kept = all.length > MAX_DIAGNOSTICS ? all.toSorted((a, b) => severity(a) - severity(b)) : all
  return kept.slice(0, MAX_DIAGNOSTICS).map((each) => ({ ...each, message: each.message.slice(0, MAX_MESSAGE) }))
}

/** One that a server did not rate is an error. */
export const severity = (diagnostic: Diagnostic) => diagnostic.severity ?? 1
