import { describe, expect, test } from "bun:test"
import { describeFlags, type Flags, parseFlags, readCount } from "../../src/cli/flags"

const flags = {
  port: { type: "string", value: "N", about: "a port" },
  cors: { type: "string", multiple: true, about: "an origin" },
  mdns: { type: "boolean", short: "m", about: "announce" },
  top: { type: "string", value: "N", optional: true, about: "the best" },
  format: { type: "string", value: "FORMAT", choices: ["table", "json"], about: "how to print" },
} satisfies Flags

describe("parseFlags", () => {
  test.each([
    [["--port", "1"], { port: "1" }],
    [["--port=1"], { port: "1" }],
    [["--cors", "a", "--cors=b"], { cors: ["a", "b"] }],
    [["--mdns"], { mdns: true }],
    [["-m"], { mdns: true }],
    [["--mdns=true"], { mdns: true }],
    [["--mdns=false"], { mdns: false }],
    [["--no-mdns"], { mdns: false }],
    [["--port=true"], { port: "true" }],
    [["--top"], { top: "" }],
    [["--top", "--mdns"], { top: "", mdns: true }],
    [["--top", "3"], { top: "3" }],
    [["--top=3"], { top: "3" }],
    [["--format", "json"], { format: "json" }],
    [[], {}],
  ])("reads %j", (args, values) => {
    const parsed = parseFlags("serve", args, flags)
    expect({ ...parsed.values }).toEqual(values)
    expect(parsed.words).toEqual([])
  })

  test("tells words from flags, and takes everything after -- as words", () => {
    const { values, words } = parseFlags("serve", ["one", "--mdns", "two", "--", "--port", "--top"], flags)
    expect({ ...values }).toEqual({ mdns: true })
    expect(words).toEqual(["one", "two", "--port", "--top"])
  })

  test.each([
    [["--prot", "1"], "--prot"],
    [["--port"], "--port"],
    [["--port", "--mdns"], "--port"],
    [["--mdns=maybe"], "--mdns"],
    [["--format", "xml"], "table, json"],
  ])("refuses %j and names the fault", (args, named) => {
    expect(() => parseFlags("serve", args, flags)).toThrow(named)
    expect(() => parseFlags("serve", args, flags)).toThrow("opencode serve --help")
  })
})

test("readCount takes whole numbers only", () => {
  expect(readCount("days", "0")).toBe(0)
  for (const text of ["", "-1", "1.5", "ten", "1e3"]) expect(() => readCount("days", text)).toThrow("--days")
})

test("describeFlags aligns the flags and tells which may be repeated or have a value", () => {
  expect(describeFlags(flags)).toBe(
    [
      "      --port N          a port",
      "      --cors            an origin (may be repeated)",
      "  -m, --mdns            announce",
      "      --top [N]         the best",
      "      --format FORMAT   how to print",
    ].join("\n"),
  )
})
