import { expect, test } from "bun:test"
import { join, resolve } from "node:path"
import manifest from "../../package.json"
import { fromSource } from "../../scripts/program"
import { commands, isGroup } from "../../src/cli/commands"

const root = resolve(import.meta.dir, "..", "..")
const readme = await Bun.file(join(root, "README.md")).text()

test("the README gives a reason for every dependency, and for no other package", () => {
  const named = [...readme.matchAll(/`((?:@[\w-]+\/)?[\w-]+)`/g)].map((match) => match[1]!)
  const all = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
  expect(all.filter((name) => !named.includes(name))).toEqual([])
  const table = readme.slice(readme.indexOf("## Dependencies"), readme.indexOf("## Develop"))
  const scoped = [...table.matchAll(/`(@[\w-]+\/[\w-]+)`/g)].map((match) => match[1]!)
  expect(scoped.filter((name) => !all.includes(name))).toEqual([])
})

test("the README names every flag of serve", async () => {
  const help = Bun.spawn([...fromSource, "serve", "--help"], { cwd: root })
  const flags = [...(await help.stdout.text()).matchAll(/--([\w-]+)/g)].map((match) => match[0])
  expect(flags).toContain("--port")
  const common = ["--help", "--version", "--pure"]
  expect(flags.filter((flag) => !common.includes(flag) && !readme.includes(`\`${flag}`))).toEqual([])
})

test("the README names every command", () => {
  const section = readme.slice(readme.indexOf("## Commands"), readme.indexOf("## Connect"))
  const cells = section.split("\n").map((line) => line.split("|")[1] ?? "")
  for (const [name, entry] of Object.entries(commands)) {
    const inside = isGroup(entry) ? Object.keys(entry.commands) : []
    const named = cells.some((cell) => [name, ...inside].every((word) => new RegExp(`[\\s\`]${word}\\b`).test(cell)))
    expect({ name, named }).toEqual({ name, named: true })
  }
})

test("the commands that the README gives are scripts of the package", () => {
  const scripts = [...readme.matchAll(/\bbun(?:@[\d.]+)? run ([\w-]+)/g)].map((match) => match[1]!)
  expect(scripts).toContain("try")
  for (const script of scripts) expect(manifest.scripts).toHaveProperty(script)
  expect(readme).toContain(`bun@${manifest.engines.bun} run try`)
})
