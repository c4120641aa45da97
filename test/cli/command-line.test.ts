import { describe, expect, test } from "bun:test"
import { tmpdir } from "node:os"
import { version } from "../../package.json"
import { commands, isGroup } from "../../src/cli/commands"
import { runProgram } from "../helper/command"

const run = (...args: string[]) => runProgram(args, { home: tmpdir(), directory: tmpdir() })

describe("opencode", () => {
  test.each(["--version", "-v"])("%s prints the version and nothing else", async (flag) => {
    expect(await run(flag)).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" })
  })

  test("--help lists the commands", async () => {
    const { code, stdout, stderr } = await run("--help")
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    for (const name of Object.keys(commands)) expect(stdout).toMatch(new RegExp(`^  ${name} `, "m"))
  })

  test("every command tells what it takes", async () => {
    const paths = Object.entries(commands).flatMap(([name, entry]) =>
      isGroup(entry) ? [[name], ...Object.keys(entry.commands).map((each) => [name, each])] : [[name]],
    )
    const helps = await Promise.all(paths.map((path) => run(...path, "--help")))
    for (const [index, { code, stdout, stderr }] of helps.entries()) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
      expect(stdout).toContain(`Usage: opencode ${paths[index]!.join(" ")}`)
    }
  })

  test("knows the names of the opencode program too", async () => {
    const [group, command] = await Promise.all([run("providers", "--help"), run("auth", "ls", "--help")])
    expect(group.stdout).toContain("logout")
    expect(command.stdout).toContain("Usage:")
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
    [["auth"], "list, login, logout"],
    [["auth", "constructor"], "auth constructor"],
    [["session", "delete"], "SESSION"],
    [["session", "delete", "one", "two"], '"two"'],
    [["session", "list", "--format", "xml"], "table, json"],
    [["models", "--max-count", "1"], "--max-count"],
    [["run", "--fork", "hello"], "--fork"],
    [["run", "--model", "demo", "hello"], "PROVIDER/MODEL"],
    [["run", "--file", "/nowhere/a.txt", "hello"], "/nowhere/a.txt"],
    [["run", "--attach", "localhost", "hello"], '"localhost"'],
    [["run"], "message"],
    [["attach", "http://127.0.0.1:4096"], "npx opencode-ai attach"],
    [["completion", "tcsh"], "powershell"],
    [["serve", "--port", "http"], '"http"'],
    [["serve", "--log-level", "LOUD"], '"LOUD"'],
  ])("%j ends with status 1 and says why", async (args, reason) => {
    const { code, stdout, stderr } = await run(...args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" })
    expect(stderr).toStartWith("Error: ")
    expect(stderr).toContain(reason)
    expect(stderr).not.toMatch(/^\s+at /m)
  })
})
