import { type GitFileDiff, parseGitDiff } from "../process/git-diff"
import type { SnapshotFileDiff } from "../schema/snapshot"

const RULE = "=".repeat(67)
const HUNK = /^@@ -(\S+) \+(\S+) @@[^\n]*/

/**
 * The files of a diff in the form that clients show: a header of its own and the whole file as context (when git was
 * asked for that), an empty text for binary files and where git gave no texts.
 */
export const formatFileDiffs = (output: Uint8Array): SnapshotFileDiff[] =>
  parseGitDiff(output).map((each) => ({
    file: each.file,
    patch: patchOf(each),
    additions: each.additions,
    deletions: each.deletions,
    status: each.status,
  }))

function patchOf({ file, binary, sections }: GitFileDiff): string {
  if (binary || sections.length === 0) return ""
  const bodies = sections.map((section) => {
    const start = section.indexOf("\n@@ ")
    return start < 0 ? "" : section.slice(start + 1).replace(HUNK, writeOut)
  })
  return `Index: ${file}\n${RULE}\n--- ${file}\t\n+++ ${file}\t\n${bodies.join("")}`
}

/** Git leaves out a count of 1; clients are used to seeing it. */
const writeOut = (_: string, before: string, after: string) => `@@ -${counted(before)} +${counted(after)} @@`

const counted = (range: string) => (range.includes(",") ? range : `${range},1`)
