import type { Message } from "../../schema/message"
import type { Part } from "../../schema/part"
import type { SnapshotFileDiff } from "../../schema/snapshot"
import type { MessageWithParts } from "../../store/store"
import { diffMarkup } from "./diff"
import { html, type Markup } from "./markup"
import { type Placed, partElement } from "./part"

/** A message as an element of the page. Its parts are in the element `ID-parts`. */
export function messageElement({ info, parts }: MessageWithParts): Placed {
  const order = messageOrder(info)
  const { id, role } = info
  return {
    id,
    order,
    markup: html`<article class="${role}" id="${id}" data-order="${order}"><div class="parts" id="${id}-parts">${shown(
      parts,
      role,
    )}</div>${role === "user" ? changes(info.summary?.diffs ?? [], id) : footer(info)}</article>`,
  }
}

/** What messages sort by as text: when they were made, and by their ids. */
const messageOrder = ({ id, time }: Message) => `${time.created}`.padStart(16, "0") + id

const shown = (parts: Part[], role: Message["role"]): Markup[] =>
  parts.flatMap((part) => partElement(part, role)?.markup ?? [])

function changes(diffs: SnapshotFileDiff[], id: string): Markup | false {
  if (diffs.length === 0) return false
  const sum = (key: "additions" | "deletions") => diffs.reduce((total, diff) => total + diff[key], 0)
  return html`<details class="changes" data-key="${id}"><summary>${counted(diffs.length, "file")} changed ${numbers(
    sum("additions"),
    sum("deletions"),
  )}</summary>${diffs.map((diff) => fileChange(diff, id))}</details>`
}

const fileChange = ({ file = "", patch, additions, deletions, status }: SnapshotFileDiff, id: string) =>
  html`<details class="change" data-key="${id} ${file}"><summary>${file} ${
    status && status !== "modified" && html`<em>${status}</em>`
  } ${numbers(additions, deletions)}</summary>${patch !== undefined && patch !== "" && diffMarkup(patch)}</details>`

const numbers = (additions: number, deletions: number) =>
  html`<span class="numbers"><ins>+${additions}</ins> <del>−${deletions}</del></span>`

/** A number with its noun. */
export const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`

function footer(info: Extract<Message, { role: "assistant" }>): Markup {
  const { error, finish, modelID, time } = info
  const data: { message?: unknown } | undefined = error?.data
  const ended = error !== undefined || (finish !== undefined && finish !== "tool-calls")
  const seconds = time.completed === undefined ? undefined : Math.round((time.completed - time.created) / 1000)
  return html`${error && html`<p class="error">${typeof data?.message === "string" ? data.message : error.name}</p>`}${
    ended && html`<footer>${modelID}${seconds !== undefined && seconds > 0 && ` · ${seconds} s`}</footer>`
  }`
}
