import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import type { ToolPart } from "../../schema/part"
import { Todo } from "../../schema/todo"
import { diffMarkup } from "./diff"
import { fileMarkup } from "./file"
import { markdown } from "./markdown"
import { html, type Markup } from "./markup"

/** Characters of an input or output that are shown. */
const MAX_TEXT = 30_000
/** Arguments that say what a call is about, the most telling first. */
const SUBJECTS = ["filePath", "path", "pattern", "command", "url", "query", "description", "name"]
const SIGNS: Record<ToolPart["state"]["status"], string> = { pending: "…", running: "…", completed: "✓", error: "✗" }

/**
 * A tool call: one line that says what was done, and behind it the arguments and what came out. What it changed in files
 * is seen at once.
 */
export function toolCallMarkup({ id, tool, state }: ToolPart): Markup {
  const metadata = "metadata" in state ? (state.metadata ?? {}) : {}
  const diff = typeof metadata.diff === "string" && metadata.diff !== "" ? metadata.diff : undefined
  return html`<details class="tool ${state.status}" data-key="${id}"${diff !== undefined && html` open`}>
<summary><span class="sign">${SIGNS[state.status]}</span> <b>${tool}</b> <span class="subject">${subjectOf(tool, state)}</span></summary>
<div class="body">${diff === undefined ? plainBody(tool, state, metadata) : diffMarkup(diff)}${
    state.status === "error" && html`<p class="error">${state.error}</p>`
  }${state.status === "completed" && (state.attachments ?? []).map(fileMarkup)}</div>
</details>`
}

function subjectOf(tool: string, state: ToolPart["state"]): string {
  const named = SUBJECTS.map((name) => state.input[name]).find((value) => typeof value === "string" && value !== "")
  const title = "title" in state ? state.title : undefined
  // The title of a shell command is its output or a description; the command itself tells more.
  return (tool === "bash" ? undefined : title) || (typeof named === "string" ? named : (title ?? ""))
}

function plainBody(tool: string, state: ToolPart["state"], metadata: Record<string, unknown>): Markup {
  const output = outputOf(state, metadata)
  return html`${input(tool, state.input)}${output !== "" && outputMarkup(tool, output)}`
}

/** What came out so far. */
function outputOf(state: ToolPart["state"], metadata: Record<string, unknown>): string {
  if (state.status === "completed") return state.output
  return typeof metadata.output === "string" ? metadata.output : ""
}

function input(tool: string, args: Record<string, unknown>): Markup | false {
  if (tool === "bash" && typeof args.command === "string") return html`<pre class="command">${args.command}</pre>`
  if (tool === "todowrite" && Value.Check(Type.Array(Todo), args.todos)) return todos(args.todos)
  if (tool === "task" && typeof args.prompt === "string") return html`<div class="quote">${markdown(args.prompt)}</div>`
  if (tool === "write" && typeof args.content === "string") return block(args.content)
  const given = Object.entries(args).filter(([, value]) => value !== "" && value !== null)
  if (given.length === 0) return false
  return html`<dl>${given.map(([name, value]) => html`<dt>${name}</dt><dd>${clip(textOf(value))}</dd>`)}</dl>`
}

const MARKS: Record<string, string> = { completed: "☑", in_progress: "◐", cancelled: "☒" }

const todos = (list: Todo[]) =>
  html`<ul class="todos">${list.map(
    ({ content, status }) => html`<li class="${status}">${MARKS[status] ?? "☐"} ${content}</li>`,
  )}</ul>`

function outputMarkup(tool: string, output: string): Markup | false {
  if (tool === "todowrite") return false
  return tool === "task" ? html`<div class="quote">${markdown(output)}</div>` : block(output)
}

const block = (text: string) => html`<pre>${clip(text)}</pre>`

const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value, null, 2))

const clip = (text: string) =>
  text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}\n… ${text.length - MAX_TEXT} more characters` : text
