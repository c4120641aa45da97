import type { AssistantMessage } from "../schema/message"
import type { Part, ToolPart } from "../schema/part"
import type { RunError } from "../schema/run-error"
import { harmless, note, oneLine, paint, print } from "./terminal"

/** Where a run tells what happens. Every part comes once, when it is complete. */
export interface RunOutput {
  /** The first message of the answer began. */
  begin(message: AssistantMessage): void
  part(part: Part): void
  error(error: RunError): void
  warn(text: string): void
}

const WIDTH = 120

/** For people: the answer on standard output, all else on standard error. */
export function textOutput(options: { thinking: boolean }): RunOutput {
  const dim = (text: string) => paint(process.stderr, "dim", text)
  return {
    begin: ({ agent, providerID, modelID }) => note(dim(oneLine(`> ${agent} · ${providerID}/${modelID}`, WIDTH))),
    part(part) {
      if (part.type === "text" && part.text.trim() !== "") print(forStdout(part.text.trim()))
      if (part.type === "reasoning" && options.thinking && part.text.trim() !== "")
        note(dim(harmless(part.text.trim())))
      if (part.type === "tool") note(toolLine(part))
    },
    error: (error) => note(`${paint(process.stderr, "red", "Error:")} ${harmless(errorText(error))}`),
    warn: (text) => note(`${paint(process.stderr, "yellow", "!")} ${harmless(text)}`),
  }
}

/** For programs: one line of JSON for everything, on standard output. */
export function jsonOutput(options: { thinking: boolean; sessionID: string }): RunOutput {
  const line = (type: string, fields: object) =>
    print(JSON.stringify({ type, timestamp: Date.now(), sessionID: options.sessionID, ...fields }))
  const types: Partial<Record<Part["type"], string>> = {
    "step-start": "step_start",
    "step-finish": "step_finish",
    text: "text",
    tool: "tool_use",
    ...(options.thinking && { reasoning: "reasoning" }),
  }
  return {
    begin() {},
    part(part) {
      const type = types[part.type]
      if (type) line(type, { part })
    },
    error: (error) => line("error", { error }),
    warn: (text) => note(harmless(text)),
  }
}

function toolLine({ tool, state }: ToolPart): string {
  const sign = state.status === "completed" ? paint(process.stderr, "green", "✓") : paint(process.stderr, "red", "✗")
  const title = state.status === "completed" && state.title ? state.title : mainArgument(state.input)
  const line = `${sign} ${oneLine(`${tool} ${title}`, WIDTH)}`
  return state.status === "error" ? `${line}\n  ${oneLine(state.error, WIDTH * 4)}` : line
}

/** The first text among the arguments of a call: the path, command or pattern. */
const mainArgument = (input: Record<string, unknown>) =>
  Object.values(input).find((value) => typeof value === "string") ?? ""

/** What to say about an error of a run. */
export const errorText = (error: RunError): string =>
  "message" in error.data && typeof error.data.message === "string" && error.data.message !== ""
    ? error.data.message
    : error.name

/** A file or another program gets the text as it is. */
const forStdout = (text: string) => (process.stdout.isTTY ? harmless(text) : text)
