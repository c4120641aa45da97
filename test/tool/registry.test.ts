import { describe, expect, test } from "bun:test"
import { stat, utimes } from "node:fs/promises"
import { Type } from "@sinclair/typebox"
import { listToolIDs, listTools } from "../../src/tool/registry"
import { defineTool } from "../../src/tool/tool"
import { testProject } from "../helper/project"
import { toolRunner } from "../helper/tools"

const printer = (output: string) =>
  defineTool({
    id: "printer",
    description: "",
    parameters: Type.Object({}),
    execute: async () => ({ title: "", output, metadata: {} }),
  })

describe("the tools of a model", () => {
  test("patches for models that write them, edit and write for the others", async () => {
    await using it = await testProject()
    const ids = async (id: string, providerID = "any") =>
      (await listTools(it.instance, { model: { providerID, id }, agents: [] })).map(({ tool }) => tool.id)
    const common = ["invalid", "question", "bash", "read", "glob", "grep"]
    expect(await ids("claude")).toEqual([...common, "edit", "write", "task", "webfetch", "todowrite", "skill"])
    expect(await ids("gpt-5")).toEqual([...common, "task", "webfetch", "todowrite", "skill", "apply_patch"])
    expect(await ids("gpt-oss-20b")).toContain("edit")
    expect(await ids("gpt-4o")).toContain("edit")
    expect(await ids("any", "opencode")).toContain("websearch")
    expect(listToolIDs()).toHaveLength(14)
  })

  test("schemas are plain JSON Schema", async () => {
    await using it = await testProject()
    const tools = await listTools(it.instance, { model: { providerID: "any", id: "any" }, agents: [] })
    const schema = (id: string) => tools.find(({ tool }) => tool.id === id)?.schema
    expect(schema("invalid")).toEqual({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      properties: { tool: { type: "string" }, error: { type: "string" } },
      required: ["tool", "error"],
    })
    expect(schema("webfetch")).toMatchObject({
      properties: { format: { type: "string", enum: ["text", "markdown", "html"] } },
    })
  })

  test("subagents are named in the description of task", async () => {
    await using it = await testProject()
    const agent = { options: {}, permission: [] }
    const agents = [
      { ...agent, name: "helper", description: "Helps.", mode: "subagent" as const },
      { ...agent, name: "build", mode: "primary" as const },
      { ...agent, name: "secret", mode: "subagent" as const, hidden: true },
    ]
    const tools = await listTools(it.instance, { model: { providerID: "any", id: "any" }, agents })
    const description = tools.find(({ tool }) => tool.id === "task")?.description
    expect(description).toEndWith(":\n- helper: Helps.")
  })
})

describe("a call", () => {
  test("with bad arguments is refused in words for the model", async () => {
    await using it = await testProject()
    await expect(toolRunner(it.instance).call("read", {})).rejects.toThrow(
      'The read tool was called with invalid arguments: SchemaError(Missing key\n  at ["filePath"]).\nPlease rewrite the input so it satisfies the expected schema.',
    )
  })

  test("does not start once the run is aborted", async () => {
    await using it = await testProject()
    const tools = toolRunner(it.instance)
    tools.abort.abort(new Error("over"))
    await expect(tools.call("read", { filePath: "a" })).rejects.toThrow("over")
  })
})

describe("a long output", () => {
  const lines = (count: number) => Array.from({ length: count }, (_, index) => `${index + 1}`).join("\n")

  test("keeps its head, and all of it is in a file", async () => {
    await using it = await testProject()
    const { run } = toolRunner(it.instance)
    expect((await run(printer(lines(2000)), {})).metadata).toEqual({ truncated: false })
    const { output, metadata } = await run(printer(lines(2500)), {})
    expect(metadata).toEqual({ truncated: true, outputPath: expect.stringContaining("/tool-output/tool_") })
    const path = `${metadata.outputPath}`
    expect(output).toStartWith(`${lines(2000)}\n\n...500 lines truncated...\n\nFull output saved to: ${path}\n`)
    expect(await Bun.file(path).text()).toBe(lines(2500))
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  test("is cut by bytes too, within the limits of the configuration", async () => {
    const config = JSON.stringify({ tool_output: { max_bytes: 10, max_lines: 3 } })
    await using it = await testProject({ files: { "opencode.json": config } })
    const { run } = toolRunner(it.instance)
    expect((await run(printer("ä".repeat(20)), {})).output).toStartWith("äääää\n\n...30 bytes truncated...")
    expect((await run(printer("1234\n5678\n90"), {})).output).toStartWith("1234\n5678\n\n...1 lines truncated...")
    expect((await run(printer("a\nb\nc"), {})).output).toBe("a\nb\nc")
  })

  test("is forgotten after a week", async () => {
    let now = Date.now()
    await using it = await testProject({ now: () => now })
    const { run } = toolRunner(it.instance)
    const old = `${(await run(printer(lines(3000)), {})).metadata.outputPath}`
    await utimes(old, new Date(now), new Date(now))
    now += 8 * 24 * 3600 * 1000
    await run(printer(lines(3000)), {})
    // A test that never ends has failed.
    while (await Bun.file(old).exists()) await new Promise(setImmediate)
  })
})
