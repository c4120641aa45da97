import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"

/** What a server can do, as far as we use it. */
export interface Capabilities {
  /** Ways to ask it for the problems of a file: identifier (if it has several) by registration. */
  pulls: Map<string, string | undefined>
  /** Whether it searches symbols of the whole workspace. */
  symbols: boolean
  /** Whether it wants to know that a file was saved, and with its text. */
  save: boolean
  saveText: boolean
}

const Answer = Type.Object({ capabilities: Type.Record(Type.String(), Type.Unknown()) })
const Fields = Type.Record(Type.String(), Type.Unknown())

/** The capabilities in a server's answer to `initialize`. Throws when it is none. */
export function readCapabilities(answer: unknown): Capabilities {
  if (!Value.Check(Answer, answer)) throw new Error("it did not tell its capabilities")
  const { diagnosticProvider, workspaceSymbolProvider, textDocumentSync } = answer.capabilities
  const pulls: Capabilities["pulls"] = new Map()
  if (diagnosticProvider) pulls.set("", pullIdentifier(diagnosticProvider))
  const save = Value.Check(Fields, textDocumentSync) ? textDocumentSync.save : textDocumentSync
  return {
    pulls,
    symbols: Boolean(workspaceSymbolProvider),
    save: Boolean(save),
    saveText: Value.Check(Fields, save) && save.includeText === true,
  }
}

/** The identifier in the options of a diagnostic provider. */
export function pullIdentifier(options: unknown): string | undefined {
  return Value.Check(Fields, options) && typeof options.identifier === "string" ? options.identifier : undefined
}
