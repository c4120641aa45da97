import { describe, expect, test } from "bun:test"
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { languageModel } from "../../src/provider/language-model"
import { getModel } from "../../src/provider/model"
import { testInstance, writeState } from "../helper/instance"
import { HI } from "../helper/model-call"
import { type Registry, startRegistry } from "../helper/registry"

/** The code of a provider package that says what it was made with. */
const provider = (version: string) => `
export const somethingElse = 1
export function createEcho(settings) {
  const model = (id) => ({
    specificationVersion: ${JSON.stringify(version)},
    provider: "echo",
    modelId: id,
    supportedUrls: {},
    async doGenerate() { throw new Error("not used") },
    async doStream() {
      const usage = ${version === "v2" ? "{ inputTokens: 1, outputTokens: 5, totalTokens: 6 }" : "{ inputTokens: { total: 1 }, outputTokens: { total: 5 } }"}
      const finishReason = ${version === "v2" ? '"stop"' : '{ unified: "stop", raw: "stop" }'}
      const parts = [
        { type: "stream-start", warnings: [] },
        { type: "text-start", id: "t" },
        { type: "text-delta", id: "t", delta: [id, settings.name, settings.apiKey, typeof settings.fetch].join(" ") },
        { type: "text-end", id: "t" },
        { type: "finish", usage, finishReason },
      ]
      return { stream: new ReadableStream({ start(c) { for (const part of parts) c.enqueue(part); c.close() } }) }
    },
  })
  return { languageModel: model }
}`

const NAME = "echo-provider-of-tests"
const release = (version: string, generation: string, more: object = {}) => ({
  version,
  files: { "index.js": provider(generation) },
  ...more,
})

interface Setup {
  npm?: string
  /** Who names the package: the user's own configuration, or only that of the project. */
  user?: boolean
}

const configWith = (npm: string) => ({
  provider: { echo: { npm, options: { apiKey: "key" }, models: { m: {} } } },
})

async function setup(registry: Registry | undefined, { npm = NAME, user = true }: Setup = {}) {
  const test = await testInstance({
    env: {
      PATH: process.env.PATH ?? "",
      ...(registry && { BUN_CONFIG_REGISTRY: registry.url }),
    },
    ...(!user && { config: configWith(npm) }),
  })
  if (user) await writeState(test.app, "config", "opencode.json", JSON.stringify(configWith(npm)))
  return test
}

type Test = Awaited<ReturnType<typeof setup>>

async function say(test: Test): Promise<string> {
  const model = await getModel(test.instance, { providerID: "echo", modelID: "m" })
  const { stream } = await (await languageModel(test.instance, model)).doStream({ prompt: HI })
  let text = ""
  for await (const part of stream) {
    if (part.type === "text-delta") text += part.delta
    if (part.type === "finish") expect(part.usage.outputTokens.total).toBe(5)
  }
  return text
}

const refusal = async (test: Test) => {
  const error = await say(test).then(
    (text) => new Error(`It said ${text}`),
    (thrown) => thrown,
  )
  expect(error).toMatchObject({ status: 400, body: { name: "BadRequest" } })
  return String(error.message)
}

describe("a package that the user names", () => {
  test.each(["v2", "v3", "v4"])("is installed on first use and can be of generation %s", async (generation) => {
    await using registry = startRegistry({ [NAME]: [release("1.0.0", generation)] })
    await using test = await setup(registry)
    expect(await say(test)).toBe("m echo key function")
    const packages = join(test.app.paths.cache, "packages")
    expect(await readdir(packages)).toEqual([`${NAME}@latest`])
    expect((await readdir(join(packages, `${NAME}@latest`))).sort()).toEqual([
      "bun.lock",
      "bunfig.toml",
      "node_modules",
      "package.json",
    ])
  })

  test("is installed once, also when many want it at the same time, and not again without the network", async () => {
    const registry = startRegistry({ [NAME]: [release("1.0.0", "v4")] })
    await using test = await setup(registry)
    const model = await getModel(test.instance, { providerID: "echo", modelID: "m" })
    const asked = ["a", "b", "c"].map((id) => languageModel(test.instance, { ...model, id }))
    await Promise.all(asked)
    expect(registry.requests.filter((path) => path.endsWith(".tgz"))).toHaveLength(1)
    await registry[Symbol.asyncDispose]()
    expect(await say(test)).toBe("m echo key function")
  })

  test("can have a scope and a version", async () => {
    const name = `@scope-of-tests/${NAME}`
    await using registry = startRegistry({ [name]: [release("1.0.0", "v4"), release("2.0.0", "broken")] })
    await using test = await setup(registry, { npm: `${name}@1.0.0` })
    expect(await say(test)).toBe("m echo key function")
  })

  test("does not run its install script", async () => {
    const scripts = { postinstall: "touch ran", install: "touch ran", preinstall: "touch ran" }
    await using registry = startRegistry({ [NAME]: [release("1.0.0", "v4", { manifest: { scripts } })] })
    await using test = await setup(registry)
    await say(test)
    const home = join(test.app.paths.cache, "packages", `${NAME}@latest`)
    expect(await readdir(join(home, "node_modules", NAME))).not.toContain("ran")
  })

  test("is passed over in a version that is a few hours old", async () => {
    const young = release("2.0.0", "broken", { released: new Date().toISOString() })
    await using registry = startRegistry({ [NAME]: [release("1.0.0", "v4"), young] })
    await using test = await setup(registry)
    expect(await say(test)).toBe("m echo key function")
  })

  test("can be a file", async () => {
    await using test = await setup(undefined, { user: false, npm: "file:///nowhere" })
    const file = join(test.app.paths.home, "provider.mjs")
    await writeState(test.app, "home", "provider.mjs", provider("v4"))
    await writeState(test.app, "config", "opencode.json", JSON.stringify(configWith(pathToFileURL(file).href)))
    await Bun.write(join(test.instance.directory, "opencode.json"), "{}")
    expect(await say(test)).toBe("m echo key function")
  })

  test("that is not there leaves nothing behind, and is tried again", async () => {
    const packages: Parameters<typeof startRegistry>[0] = {}
    await using registry = startRegistry(packages)
    await using test = await setup(registry)
    expect(await refusal(test)).toContain(`The package ${NAME}@latest cannot be installed`)
    expect(await readdir(join(test.app.paths.cache, "packages"))).toEqual([])
    packages[NAME] = [release("1.0.0", "v4")]
    expect(await say(test)).toBe("m echo key function")
  })

  test("keeps neither an aborted run nor the end of the server waiting", async () => {
    const { promise: asked, resolve } = Promise.withResolvers<void>()
    await using registry = startRegistry({}, resolve)
    await using test = await setup(registry)
    const model = await getModel(test.instance, { providerID: "echo", modelID: "m" })
    const run = new AbortController()
    const waiting = languageModel(test.instance, model, run.signal)
    await asked
    run.abort(new Error("Enough"))
    await expect(waiting).rejects.toThrow("Enough")
    expect(test.app.processes.list()).toHaveLength(1)
    await test.app.processes.dispose()
    expect(test.app.processes.list()).toEqual([])
  })

  test.each([
    ["makes no providers", "export const nothing = 1", "exports no create function"],
    ["cannot be loaded", "throw new Error('broken at once')", "broken at once"],
    ["makes something else", "export const createX = () => ({ languageModel: () => ({}) })", "cannot talk to"],
    ["is older than the interface", provider("v1"), "cannot talk to"],
  ])("that %s is refused with a reason", async (_, code, reason) => {
    await using registry = startRegistry({ [NAME]: [{ version: "1.0.0", files: { "index.js": code } }] })
    await using test = await setup(registry)
    expect(await refusal(test)).toContain(reason)
  })
})

describe("a package that only the project names", () => {
  test.each([NAME, `${NAME}@1.0.0`])("is neither fetched nor run: %s", async (npm) => {
    await using registry = startRegistry({ [NAME]: [release("1.0.0", "v4")] })
    await using test = await setup(registry, { user: false, npm })
    expect(await refusal(test)).toContain("only the configuration of this project names")
    expect(registry.requests).toEqual([])
  })

  test("can be used once the user names it, too", async () => {
    await using registry = startRegistry({ [NAME]: [release("1.0.0", "v4")] })
    await using test = await setup(registry, { user: false })
    await writeState(test.app, "config", "opencode.json", JSON.stringify({ provider: { other: { npm: NAME } } }))
    expect(await say(test)).toBe("m echo key function")
  })

  test("can be used when the catalogue has it", async () => {
    const name = "venice-ai-sdk-provider"
    await using registry = startRegistry({ [name]: [release("1.0.0", "v4")] })
    await using test = await setup(registry, { user: false, npm: name })
    expect(await say(test)).toBe("m echo key function")
  })

  test.each([
    "file:///tmp/evil.mjs",
    "../../evil",
    "./evil",
    "/etc/evil",
    "git+https://example.com/evil.git",
    "https://example.com/evil.tgz",
    "evil@file:../evil",
    "evil@npm:other",
    "--global",
    "a b",
    "..",
    "@scope/..",
    "data:text/javascript,process.exit()",
  ])("cannot be %s", async (npm) => {
    await using test = await setup(undefined, { user: false, npm })
    expect(await refusal(test)).toMatch(/is not the name of a package|may not bring in code/)
    expect(await readdir(test.app.paths.cache).catch(() => [])).toEqual([])
  })
})
