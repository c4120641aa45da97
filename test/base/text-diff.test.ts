import { describe, expect, test } from "bun:test"
import { applyPatch } from "diff"
import { unifiedDiff } from "../../src/base/text-diff"

const RULE = "=".repeat(67)
const numbered = (count: number, line = (index: number) => `line ${index}`) =>
  `${Array.from({ length: count }, (_, index) => line(index)).join("\n")}\n`

describe("unifiedDiff", () => {
  test("has a header with the name as it was given, context and counts", async () => {
    expect(await unifiedDiff("/a/b.ts", "one\ntwo\nthree\n", "one\n2\nthree\nfour\n")).toEqual({
      patch: `Index: /a/b.ts\n${RULE}\n--- /a/b.ts\n+++ /a/b.ts\n@@ -1,3 +1,4 @@\n one\n-two\n+2\n three\n+four\n`,
      additions: 2,
      deletions: 1,
    })
  })

  test("new, emptied and unchanged texts", async () => {
    const header = `Index: f\n${RULE}\n--- f\n+++ f\n`
    expect(await unifiedDiff("f", "", "x")).toEqual({
      patch: `${header}@@ -0,0 +1,1 @@\n+x\n\\ No newline at end of file\n`,
      additions: 1,
      deletions: 0,
    })
    expect(await unifiedDiff("f", "x\n", "")).toMatchObject({ patch: `${header}@@ -1,1 +0,0 @@\n-x\n`, deletions: 1 })
    expect(await unifiedDiff("f", "x\n", "x\n")).toEqual({ patch: header, additions: 0, deletions: 0 })
  })

  test("takes as much context as is asked for", async () => {
    const before = numbered(30)
    const after = before.replace("line 15\n", "changed\n")
    const hunk = async (context?: number) =>
      (await unifiedDiff("f", before, after, context === undefined ? {} : { context })).patch.match(/@@.*@@/g)
    expect(await hunk()).toEqual(["@@ -12,9 +12,9 @@"])
    expect(await hunk(0)).toEqual(["@@ -16,1 +16,1 @@"])
    expect(await hunk(1000)).toEqual(["@@ -1,30 +1,30 @@"])
  })

  for (const [name, end] of [
    ["with", "last\n"],
    ["without", "last"],
  ] as const)
    test(`a text that is changed all over is done soon and right (${name} a line feed at its end)`, async () => {
      const before = `${numbered(50)}${numbered(20_000, (index) => `old ${index % 7}${index}`)}same\n${end}`
      const after = `${numbered(50)}${numbered(20_000, (index) => `new ${index % 5}${index}`)}same\nlast\n`
      const start = performance.now()
      const { patch, additions, deletions } = await unifiedDiff("f", before, after)
      expect(performance.now() - start).toBeLessThan(1500)
      expect(patch.match(/@@.*@@/g)).toHaveLength(1)
      expect([additions, deletions]).toEqual(end === "last" ? [20_002, 20_002] : [20_000, 20_000])
      expect(applyPatch(before, patch)).toBe(after)
    })

  test("where the whole text is replaced in a hurry, its ends are right too", async () => {
    const before = numbered(20_000, (index) => `old ${index}`)
    const after = numbered(20_000, (index) => `new ${index}`).trimEnd()
    const { patch } = await unifiedDiff("f", before, after)
    expect(applyPatch(before, patch)).toBe(after)
    expect(patch).toEndWith("+new 19999\n\\ No newline at end of file\n")
  })
})
