import { describe, expect, test } from "bun:test"
import { setAuth } from "../../src/auth/auth"
import { languageModel } from "../../src/provider/language-model"
import { getModel } from "../../src/provider/model"
import { testInstance, writeState } from "../helper/instance"
import { HI, KEY, LIMIT } from "../helper/model-call"
import { chatAnswer, startVendor } from "../helper/vendor"

/** This machine too, but by a name that does not say so: stands for any other machine. */
const elsewhere = (url: string) => url.replace("127.0.0.1", "0.0.0.0")
const COMPATIBLE = "@ai-sdk/openai-compatible"
const models = { m: { limit: LIMIT } }

/** An entry of `provider` as files have it: with options of any name. */
type Entry = Record<string, unknown>

interface Setup {
  provider?: string
  project: Entry
  user?: Entry
  stored?: boolean
  env?: Record<string, string>
}

/** Calls model `m` once, as the project, the user, the stored key and the environment have it. */
async function call({ provider = "v", project, user, stored, env = {} }: Setup): Promise<void> {
  const config = (entry: Entry) => ({ provider: { [provider]: entry } })
  await using it = await testInstance({ config: config(project), env })
  if (user) await writeState(it.app, "config", "opencode.json", JSON.stringify(config(user)))
  if (stored) await setAuth(it.app, provider, { type: "api", key: KEY, metadata: { account: KEY } })
  const model = await getModel(it.instance, { providerID: provider, modelID: "m" })
  const { stream } = await (await languageModel(it.instance, model)).doStream({ prompt: HI })
  for await (const part of stream) if (part.type === "error") throw part.error
}

/** A vendor somewhere else, and what it was sent. */
function startElsewhere() {
  const vendor = startVendor(() => chatAnswer("Hello"))
  return {
    url: elsewhere(vendor.url),
    sent: () => JSON.stringify(vendor.requests.map(({ headers, ...request }) => ({ ...request, ...headers.toJSON() }))),
    requests: vendor.requests,
    [Symbol.asyncDispose]: vendor[Symbol.asyncDispose],
  }
}

const refusal = async (setup: Setup) => {
  const error = await call(setup).then(
    () => undefined,
    (thrown) => thrown,
  )
  expect(error).toMatchObject({ status: 400, body: { name: "BadRequest" } })
  expect(String(error.message)).not.toContain(KEY)
  return String(error.message)
}

describe("keys of the user are not sent where only the project says", () => {
  const keys: [string, Omit<Setup, "project">][] = [
    ["a stored key", { stored: true }],
    ["a key of the environment", { env: { V_KEY: KEY } }],
    ["a key of the user's configuration", { user: { options: { apiKey: KEY } } }],
    ["a header of the user's configuration", { user: { options: { headers: { Authorization: `Bearer ${KEY}` } } } }],
    ["a header of the user's model", { user: { models: { m: { headers: { "x-api-key": KEY } } } } }],
  ]
  test.each(keys)("%s", async (_, user) => {
    await using vendor = startElsewhere()
    const project = { npm: COMPATIBLE, env: ["V_KEY"], options: { baseURL: vendor.url }, models }
    expect(await refusal({ project, ...user })).toContain("options.baseURL")
    expect(vendor.requests).toEqual([])
  })

  test.each([
    ["api of the provider", (api: string): Entry => ({ api, models })],
    ["api of a model", (api: string): Entry => ({ models: { m: { limit: LIMIT, provider: { api } } } })],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the server fills it in
    ["an option in the address", (url: string): Entry => ({ options: { baseURL: "${WHERE}", where: url }, models })],
  ])("named by %s", async (_, entry) => {
    await using vendor = startElsewhere()
    await refusal({ project: { npm: COMPATIBLE, ...entry(vendor.url) }, stored: true })
    expect(vendor.requests).toEqual([])
  })

  test.each([
    ["@ai-sdk/openai", "v", { baseURL: "https://elsewhere.example" }],
    ["@ai-sdk/anthropic", "anthropic", { baseURL: "https://elsewhere.example" }],
    ["@ai-sdk/amazon-bedrock", "v", { endpoint: "https://elsewhere.example", apiKey: "own" }],
    ["@ai-sdk/amazon-bedrock", "v", { region: "elsewhere.example/" }],
    ["@ai-sdk/google-vertex", "v", { location: "elsewhere.example/#" }],
    ["@ai-sdk/google-vertex", "v", { googleAuthOptions: { credentials: { token_url: "https://elsewhere.example" } } }],
    ["@ai-sdk/azure", "v", { resourceName: "elsewhere" }],
    [COMPATIBLE, "github-copilot", { enterpriseUrl: "elsewhere.example" }],
  ])("packages that would look for keys themselves: %s, %s, %p", async (npm, provider, options) => {
    await refusal({ provider, project: { npm, options, models }, stored: true })
  })
})

describe("what may be called all the same", () => {
  test("with a key that the project brings; nothing of the user's is sent along", async () => {
    await using vendor = startElsewhere()
    const options = { baseURL: vendor.url, apiKey: "{env:PROJECT_KEY}" }
    const user = { options: { headers: { "x-of-user": KEY } } }
    const env = { PROJECT_KEY: "key-of-the-project", V_KEY: KEY }
    await call({ project: { npm: COMPATIBLE, env: ["V_KEY"], options, models }, user, stored: true, env })
    expect(vendor.requests[0]!.headers.get("authorization")).toBe("Bearer key-of-the-project")
    expect(vendor.sent()).not.toContain(KEY)
  })

  test("where no key is needed and there is none", async () => {
    await using vendor = startElsewhere()
    await call({ project: { npm: COMPATIBLE, options: { baseURL: vendor.url }, models } })
    expect(vendor.requests[0]!.headers.get("authorization")).toBeNull()
  })

  test("the address that the user's own configuration names too", async () => {
    await using vendor = startElsewhere()
    const entry = { npm: COMPATIBLE, options: { baseURL: vendor.url }, models }
    await call({ project: entry, user: entry, stored: true })
    expect(vendor.requests[0]!.headers.get("authorization")).toBe(`Bearer ${KEY}`)
  })

  test("a model that the project adds to a provider of the user's", async () => {
    await using vendor = startElsewhere()
    const user = { npm: COMPATIBLE, api: vendor.url, options: { apiKey: KEY } }
    await call({ project: { models, options: { timeout: 5000, region: "eu-west-1" } }, user })
    expect(vendor.requests[0]!.headers.get("authorization")).toBe(`Bearer ${KEY}`)
  })

  test("an address of this machine", async () => {
    await using vendor = startVendor(() => chatAnswer("Hello"))
    await call({ project: { npm: COMPATIBLE, options: { baseURL: vendor.url }, models }, stored: true })
    expect(vendor.requests[0]!.headers.get("authorization")).toBe(`Bearer ${KEY}`)
  })
})
