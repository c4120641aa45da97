import { expect, test } from "bun:test"
import { pathsOf } from "../../src/cli/paths"

test("paths are those of the home directory", () => {
  expect(pathsOf({ HOME: "/home/ann" })).toMatchObject({
    home: "/home/ann",
    config: "/home/ann/.config/opencode",
    data: "/home/ann/.local/share/opencode",
    state: "/home/ann/.local/state/opencode",
    cache: "/home/ann/.cache/opencode",
  })
})

test("absolute XDG directories win, relative ones are ignored", () => {
  const env = { HOME: "/home/ann", XDG_CONFIG_HOME: "/etc/ann", XDG_DATA_HOME: "data", XDG_CACHE_HOME: "" }
  expect(pathsOf(env)).toMatchObject({
    config: "/etc/ann/opencode",
    data: "/home/ann/.local/share/opencode",
    cache: "/home/ann/.cache/opencode",
  })
})
