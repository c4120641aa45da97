import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openLogFile } from "../../src/cli/log-file"

let scratch: string
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "log-file-"))
})
afterEach(() => rmSync(scratch, { recursive: true, force: true }))

const never = (error: unknown) => {
  throw error
}

describe("openLogFile", () => {
  test("writes lines at once, readable by the user only", () => {
    const directory = join(scratch, "deep", "log")
    const log = openLogFile(directory, never)
    log.write("one\n")
    log.write("two\n")
    const [name] = readdirSync(directory)
    expect(readFileSync(join(directory, name!), "utf8")).toBe("one\ntwo\n")
    expect(statSync(join(directory, name!)).mode & 0o077).toBe(0)
    log.close()
  })

  test("begins a new file when one is full", () => {
    const log = openLogFile(scratch, never)
    log.write(`${"x".repeat(11 * 1024 * 1024)}\n`)
    log.write("next\n")
    log.close()
    const sizes = readdirSync(scratch)
      .sort()
      .map((name) => statSync(join(scratch, name)).size)
    expect(sizes).toEqual([11 * 1024 * 1024 + 1, 5])
  })

  test("keeps the ten newest files and does not touch others", () => {
    const old = Array.from({ length: 12 }, (_, index) => `2020-01-${10 + index}T000000000-1-0.log`)
    for (const name of [...old, "notes.log", "dev.txt"]) writeFileSync(join(scratch, name), "")
    const log = openLogFile(scratch, never)
    log.write("line\n")
    log.close()
    const left = readdirSync(scratch).sort()
    expect(left.filter((name) => name.startsWith("2020"))).toEqual(old.slice(-9))
    expect(left).toContain("notes.log")
    expect(left).toContain("dev.txt")
    expect(left.length).toBe(12)
  })

  test("reports once that it cannot be written, and goes on", () => {
    writeFileSync(join(scratch, "file"), "")
    const errors: unknown[] = []
    const log = openLogFile(join(scratch, "file", "log"), (error) => errors.push(error))
    log.write("one\n")
    log.write("two\n")
    log.close()
    expect(errors.length).toBe(1)
  })
})
