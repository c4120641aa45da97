import { describe, expect, test } from "bun:test"
import { CommandError } from "../../src/cli/command-error"
import { DEFAULT_PORT, listen, readPort } from "../../src/cli/listen"

const taken = () => Object.assign(new Error("Failed to start"), { code: "EADDRINUSE" })

describe("listen", () => {
  test("takes the default port when none was asked for", () => {
    expect(listen({ hostname: "127.0.0.1", port: 0 }, (port) => port)).toBe(DEFAULT_PORT)
  })

  test("takes a free port when the default one is taken", () => {
    const tried: number[] = []
    const start = (port: number) => {
      tried.push(port)
      if (port === DEFAULT_PORT) throw taken()
      return "started"
    }
    expect(listen({ hostname: "127.0.0.1", port: 0 }, start)).toBe("started")
    expect(tried).toEqual([DEFAULT_PORT, 0])
  })

  test("does not look for another port when one was asked for", () => {
    const holder = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() })
    const port = holder.port ?? 0
    const start = () => Bun.serve({ port, hostname: "127.0.0.1", fetch: () => new Response() })
    expect(() => listen({ hostname: "127.0.0.1", port }, start)).toThrow(
      new CommandError(`Cannot listen on 127.0.0.1:${port}: the port is in use by another program`),
    )
    holder.stop(true)
  })

  test("tells an address that is not of this machine", () => {
    const start = () => Bun.serve({ port: 0, hostname: "192.0.2.1", fetch: () => new Response() })
    expect(() => listen({ hostname: "192.0.2.1", port: 8080 }, start)).toThrow(
      "192.0.2.1:8080: this machine has no such",
    )
  })
})

test.each(["0", "4096", "65535"])("readPort takes %s", (text) => {
  expect(readPort(text)).toBe(Number(text))
})

test.each(["", "65536", "-1", "4096x", "1e3", "80.5", " 80"])("readPort refuses %j", (text) => {
  expect(() => readPort(text)).toThrow(CommandError)
})
