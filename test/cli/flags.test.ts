import { describe, expect, test } from "bun:test"
import { describeFlags, type Flags, parseFlags } from "../../src/cli/flags"

const flags = {
  port: { type: "string", value: "N", about: "a port" },
  cors: { type: "string", multiple: true, about: "an origin" },
  mdns: { type: "boolean", short: "m", about: "announce" },
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
    [[], {}],
  ])("reads %j", (args, values) => {
    expect({ ...parseFlags("serve", args, flags) }).toEqual(values)
  })

  test.each([
    [["--prot", "1"], "--prot"],
    [["extra"], "extra"],
    [["--port"], "--port"],
    [["--port", "--mdns"], "--port"],
    [["--mdns=maybe"], "--mdns"],
  ])("refuses %j and names the fault", (args, named) => {
    expect(() => parseFlags("serve", args, flags)).toThrow(named)
    expect(() => parseFlags("serve", args, flags)).toThrow("opencode serve --help")
  })
})

test("describeFlags aligns the flags and tells which may be repeated", () => {
  expect(describeFlags(flags)).toBe(
    ["      --port N   a port", "      --cors     an origin (may be repeated)", "  -m, --mdns     announce"].join("\n"),
  )
})
