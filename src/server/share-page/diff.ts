import { html, type Markup } from "./markup"

/** Lines around a change that are shown. */
const CONTEXT = 3
/** Lines of one diff that are shown. */
const MAX_LINES = 1500
/** Characters of a diff that is looked at: they hold the whole file as context. */
const MAX_LENGTH = 2_000_000
const HUNK = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/

interface Line {
  kind: "added" | "removed" | "same" | "note"
  text: string
}

/** A unified diff of one or several files, with the lines that changed and a few around them. */
export function diffMarkup(patch: string): Markup {
  if (patch.length > MAX_LENGTH) return html`<p class="note">The change is too large to be shown</p>`
  const lines = shortened(parse(patch))
  if (lines.length === 0) return html``
  const shown = lines.slice(0, MAX_LINES)
  const left = lines.length - shown.length
  if (left > 0) shown.push({ kind: "note", text: `${left} more lines` })
  return html`<div class="diff">${shown.map(({ kind, text }) => html`<div class="${kind}">${text || " "}</div>`)}</div>`
}

/** Lines count as headers only between hunks: inside of one a removed line may look like a header too. */
function parse(patch: string): Line[] {
  const lines: Line[] = []
  let files = 0
  let before = 0
  let after = 0
  for (const line of patch.split("\n")) {
    const hunk = HUNK.exec(line)
    if (before <= 0 && after <= 0) {
      before = hunk ? Number(hunk[1] ?? 1) : 0
      after = hunk ? Number(hunk[2] ?? 1) : 0
      if (hunk) lines.push({ kind: "note", text: "" })
      else if (line.startsWith("+++ ")) {
        files++
        lines.push({ kind: "note", text: fileName(line) })
      }
      continue
    }
    if (line.startsWith("\\")) continue
    const kind = line.startsWith("+") ? "added" : line.startsWith("-") ? "removed" : "same"
    if (kind !== "added") before--
    if (kind !== "removed") after--
    lines.push({ kind, text: line })
  }
  return lines.filter(({ kind, text }) => kind !== "note" || text === "" || files > 1)
}

const fileName = (header: string) => header.slice(4).replace(/\t.*$/, "")

/** Without the unchanged lines that are far from any change, and without notes that say nothing. */
function shortened(lines: Line[]): Line[] {
  const near = new Uint8Array(lines.length)
  for (const [index, { kind }] of lines.entries())
    if (kind === "added" || kind === "removed")
      near.fill(1, Math.max(index - CONTEXT, 0), Math.min(index + CONTEXT + 1, lines.length))
  const kept: Line[] = []
  for (const [index, line] of lines.entries()) {
    const last = kept.at(-1)
    if (line.kind === "note" ? line.text !== "" : near[index]) kept.push(line)
    else if (last && last.kind !== "note") kept.push({ kind: "note", text: "" })
  }
  while (kept.at(-1)?.kind === "note") kept.pop()
  return kept
}
