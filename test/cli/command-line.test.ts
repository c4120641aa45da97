import { describe, expect, test } from "bun:test"
import { tmpdir } from "node:os"
import { version } from "../../package.json"
import { bareEnvironment, fromSource } from "../../scripts/program"

/** Runs the program to its end. */
async function run(...args: string[]) {
  const env = bareEnvironment(tmpdir())
  const child = Bun.spawn([...fromSource, ...args], { cwd: tmpdir(), env, stdout: "pipe", stderr: "pipe" })
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()])
  return { code: await child.exited, stdout, stderr }
}

describe("opencode", () => {
  test.each(["--version", "-v"])("%s prints the version and nothing else", async (flag) => {
    expect(await run(flag)).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" })
  })

  test("--help lists the commands", async () => {
    const { code, stdout, stderr } = await run("--help")
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    expect(stdout).toContain("serve")
  })

  test("serve --help lists its flags and does not listen", async () => {
    const { code, stdout, stderr } = await run("serve", "--help")
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    for (const flag of ["--port", "--hostname", "--cors", "--mdns", "--mdns-domain", "--print-logs", "--log-level"])
      expect(stdout).toContain(`${flag} `)
    expect(stdout).not.toContain("listening")
  })

  test.each([
    [[], "command is missing"],
    [["srve"], '"srve"'],
    [["--port", "1"], "--port"],
    [["constructor"], '"constructor"'],
    [["serve", "--prot", "1"], "--prot"],
    [["serve", "here"], "here"],
    [["serve", "--port", "http"], '"http"'],
    [["serve", "--log-level", "LOUD"], '"LOUD"'],
  ])("%j ends with status 1 and says why", async (args, reason) => {
    const { code, stdout, stderr } = await run(...args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" })
    expect(stderr).toStartWith("Error: ")
    expect(stderr).toContain(reason)
    expect(stderr).not.toContain("at ")
  })
})
