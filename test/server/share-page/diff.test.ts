import { expect, test } from "bun:test"
import { diffMarkup } from "../../../src/server/share-page/diff"
import { htmlText } from "../../../src/server/share-page/markup"

/** One line per line that is shown, `kind|text`. */
const lines = (patch: string) =>
  [...htmlText(diffMarkup(patch)).matchAll(/<div class="(note|added|removed|same)">([^<]*)<\/div>/g)].map(
    ([, kind, text]) => `${kind}|${text}`,
  )

const file = (changed: number[], length = 30) =>
  Array.from({ length }, (_, at) => (changed.includes(at) ? `-old ${at}\n+new ${at}` : ` line ${at}`)).join("\n")

test("a change is shown with three lines around it, however much context comes with it", () => {
  const patch = `Index: a.txt\n===\n--- a.txt\t\n+++ a.txt\t\n@@ -1,30 +1,30 @@\n${file([10, 25])}\n`
  expect(lines(patch)).toEqual([
    ...["same| line 7", "same| line 8", "same| line 9", "removed|-old 10", "added|+new 10"],
    ...["same| line 11", "same| line 12", "same| line 13", "note| "],
    ...["same| line 22", "same| line 23", "same| line 24", "removed|-old 25", "added|+new 25"],
    ...["same| line 26", "same| line 27", "same| line 28"],
  ])
})

test("lines that look like headers are lines, and what they hold is escaped", () => {
  const patch = "--- a\n+++ a\n@@ -1,2 +1,2 @@\n--- old\n+++ <new>\n same\n\\ No newline at end of file\n"
  expect(lines(patch)).toEqual(["removed|--- old", "added|+++ &lt;new&gt;", "same| same"])
})

test("several files are told apart by their names", () => {
  const one = (name: string) => `diff --git a/${name} b/${name}\n--- a/${name}\n+++ b/${name}\n@@ -0,0 +1 @@\n+x\n`
  expect(lines(one("a.ts") + one("b.ts"))).toEqual(["note|b/a.ts", "added|+x", "note|b/b.ts", "added|+x"])
})

test.each(["", "no diff at all", "@@ -1,9 +1,9 @@", "@@ -1 +1 @@\n"])("%j gives nothing", (patch) => {
  expect(htmlText(diffMarkup(patch))).toBe("")
})

test("a huge change is cut, and a vast one is only named", () => {
  const many = `@@ -0,0 +1,5000 @@\n${"+x\n".repeat(5000)}`
  expect(lines(many)).toHaveLength(1501)
  expect(lines(many).at(-1)).toBe("note|3500 more lines")
  expect(htmlText(diffMarkup(`@@ -0,0 +1 @@\n+${"x".repeat(3_000_000)}`))).toContain("too large")
})
