import type { Part } from "../../schema/part"
import { fileMarkup } from "./file"
import { markdown } from "./markdown"
import { html, type Markup } from "./markup"
import { toolCallMarkup } from "./tool-call"

/** An element of the page with its place among its siblings. */
export interface Placed {
  id: string
  order: string
  markup: Markup
}

/** A part as an element of the page; undefined for those that are not for people to read. */
export function partElement(part: Part, role: "user" | "assistant"): Placed | undefined {
  const inside = partMarkup(part, role)
  if (!inside) return undefined
  const { id } = part
  return { id, order: id, markup: html`<div class="part" id="${id}" data-order="${id}">${inside}</div>` }
}

function partMarkup(part: Part, role: "user" | "assistant"): Markup | undefined {
  switch (part.type) {
    case "text":
      if (part.synthetic || part.ignored || part.text.trim() === "") return undefined
      return role === "user" ? html`<p class="plain">${part.text}</p>` : markdown(part.text)
    case "reasoning":
      if (part.text.trim() === "") return undefined
      return html`<details class="reasoning" data-key="${part.id}"><summary>Thinking</summary><div class="body">${markdown(part.text)}</div></details>`
    case "tool":
      return toolCallMarkup(part)
    case "file":
      return fileMarkup(part)
    case "agent":
      return html`<span class="file">@${part.name}</span>`
    case "subtask":
      return html`<p class="plain"><b>@${part.agent}</b> ${part.description}</p>`
    case "compaction":
      return html`<p class="divider">The conversation up to here is summarized</p>`
    case "retry":
      return html`<p class="note">Attempt ${part.attempt} failed: ${part.error.data.message}</p>`
    // What changed in files is shown with the call and the prompt; the rest is bookkeeping.
    case "patch":
    case "snapshot":
    case "step-start":
    case "step-finish":
      return undefined
  }
}
