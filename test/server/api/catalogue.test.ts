import { expect, test } from "bun:test"
import { testServer } from "../../helper/server"

const config = {
  enabled_providers: ["acme", "openai"],
  provider: {
    acme: {
      name: "Acme",
      npm: "@ai-sdk/openai-compatible",
      options: { baseURL: "http://127.0.0.1:9/v1", apiKey: "sk-hidden", timeout: 5000 },
      models: {
        one: {
          name: "One",
          release_date: "2025-02-03",
          limit: { context: 1000, output: 100 },
          cost: { input: 1, output: 2, cache_read: 0.5 },
          modalities: { input: ["text", "image"], output: ["text"] },
          options: { effort: "low", token: "sk-hidden" },
          headers: { "x-region": "eu", Authorization: "sk-hidden" },
          variants: { high: { effort: "high" } },
        },
      },
    },
  },
}

test("models and providers are the connected ones, without secrets", async () => {
  await using it = await testServer({ config })
  const api = {
    type: "aisdk",
    package: "@ai-sdk/openai-compatible",
    url: "http://127.0.0.1:9/v1",
    settings: { timeout: 5000 },
  }
  const acme = { id: "acme", name: "Acme", api, request: { headers: {}, body: {} } }
  const providers = await it.call("GET", "/api/provider")
  expect(providers.body.data).toEqual([acme])
  expect((await it.call("GET", "/api/provider/acme")).body.data).toEqual(acme)
  const models = await it.call("GET", "/api/model")
  expect(models.body.data).toEqual([
    {
      id: "one",
      providerID: "acme",
      name: "One",
      api: { id: "one", ...api },
      capabilities: { tools: true, input: ["text", "image"], output: ["text"] },
      request: { headers: { "x-region": "eu" }, body: { effort: "low" } },
      variants: [{ id: "high", headers: {}, body: { effort: "high" } }],
      time: { released: Date.UTC(2025, 1, 3) },
      cost: [{ input: 1, output: 2, cache: { read: 0.5, write: 0 } }],
      status: "active",
      enabled: true,
      limit: { context: 1000, output: 100 },
    },
  ])
  expect(JSON.stringify([providers.body, models.body])).not.toContain("sk-hidden")
  expect((await it.call("GET", "/api/provider/nope")).body).toEqual({
    _tag: "ProviderNotFoundError",
    providerID: "nope",
    message: "Provider not found: nope",
  })
})

test("integrations say how to log in and what is there, not the credentials", async () => {
  await using it = await testServer({ config, env: { OPENAI_API_KEY: "sk-hidden" } })
  await it.call("PUT", "/auth/openai", { type: "api", key: "sk-hidden" })
  const { body } = await it.call("GET", "/api/integration")
  const openai = body.data.find((each: { id: string }) => each.id === "openai")
  expect(openai).toMatchObject({
    name: "OpenAI",
    methods: expect.arrayContaining([{ type: "key" }, { type: "env", names: ["OPENAI_API_KEY"] }]),
    connections: [
      { type: "credential", id: "openai", label: "API key" },
      { type: "env", name: "OPENAI_API_KEY" },
    ],
  })
  expect(body.data.map((each: { id: string }) => each.id)).toEqual(["openai"])
  expect(JSON.stringify(body)).not.toContain("sk-hidden")
  expect((await it.call("GET", "/api/integration/openai")).body.data).toEqual(openai)
  expect((await it.call("GET", "/api/integration/nope")).status).toBe(404)
})

test("agents, commands and skills are those of the directory", async () => {
  const markdown = (head: string, text: string) => `---\n${head}\n---\n${text}\n`
  await using it = await testServer({
    config,
    files: {
      ".opencode/agent/rev.md": markdown(
        'description: reads code\nmode: subagent\nmodel: acme/one\ntemperature: 0.3\ncolor: "#ff0000"\nsteps: 4\npermission:\n  edit: deny',
        "You review.",
      ),
      ".opencode/command/hello.md": markdown("description: greets\nagent: plan\nmodel: acme/one", "Greet $ARGUMENTS"),
      ".opencode/skill/kind/SKILL.md": markdown("name: kind\ndescription: be kind", "Be kind."),
    },
  })
  const agents = (await it.call("GET", "/api/agent")).body.data
  expect(agents[0]).toMatchObject({ id: "build", mode: "primary", hidden: false, request: { headers: {}, body: {} } })
  const rev = agents.find((each: { id: string }) => each.id === "rev")
  expect(rev).toMatchObject({
    model: { id: "one", providerID: "acme" },
    request: { headers: {}, body: { temperature: 0.3 } },
    system: "You review.",
    color: "#ff0000",
    steps: 4,
  })
  expect(rev.permissions).toContainEqual({ action: "edit", resource: "*", effect: "deny" })

  const commands = (await it.call("GET", "/api/command")).body.data
  expect(commands.map((each: { name: string }) => each.name)).toEqual(["init", "review", "hello"])
  expect(commands[2]).toEqual({
    name: "hello",
    description: "greets",
    agent: "plan",
    model: { id: "one", providerID: "acme" },
    template: "Greet $ARGUMENTS",
  })
  const skills = (await it.call("GET", "/api/skill")).body.data
  expect(skills.find((each: { name: string }) => each.name === "kind")).toMatchObject({ content: "Be kind.\n" })
})
