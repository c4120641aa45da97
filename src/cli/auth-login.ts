import { setAuth } from "../auth/auth"
import { getConfig } from "../config/config"
import type { Instance } from "../instance/instance"
import { finishLogin, startLogin } from "../provider/login/login"
import { listLoginMethods } from "../provider/login/methods"
import type { ProviderAuthMethod } from "../schema/auth"
import { withoutSessions } from "./app"
import { ask, askSecret, choose } from "./ask"
import { logInAtAddress } from "./auth-login-address"
import { command, logFlags } from "./command"
import { CommandError } from "./command-error"
import type { Flags } from "./flags"
import { harmless, note } from "./terminal"

const flags = {
  provider: { type: "string", short: "p", value: "ID", about: "the provider; without it you are asked" },
  method: { type: "string", short: "m", value: "LABEL", about: "how to log in; without it you are asked" },
  ...logFlags,
} satisfies Flags

const about = `Stores a key of a model provider, or logs in where the provider has that. With the address of an organization it
logs in there: the configuration that it publishes counts from then on, before your own.

A key may be piped in: opencode auth login -p anthropic < key.txt`

/** `opencode auth login`. */
export const authLoginCommand = command({ about, flags, words: "[URL]" }, (values, [address]) =>
  withoutSessions(values, async (instance) => {
    if (address !== undefined) return logInAtAddress(instance.app, address)
    const id = values.provider ?? (await ask("Provider, as anthropic or openai:"))
    const own = await methodsOf(instance, id)
    const number = await chooseMethod(own, values.method)
    const method = own[number]!
    const inputs = await answerPrompts(method)
    if (method.type === "api") await storeKey(instance, id, inputs)
    else await logIn(instance, { id, number, inputs })
    note(`The credential of ${id} is stored.`)
  }),
)

async function methodsOf(instance: Instance, id: string): Promise<ProviderAuthMethod[]> {
  const known = await listLoginMethods(instance)
  if (Object.hasOwn(known, id)) return known[id]!
  if (Object.hasOwn((await getConfig(instance)).provider ?? {}, id)) return [{ type: "api", label: "API key" }]
  throw new CommandError(`There is no provider ${JSON.stringify(id)} that a key or login can be stored for`)
}

async function chooseMethod(methods: ProviderAuthMethod[], wanted: string | undefined): Promise<number> {
  const options = methods.map(({ label }, index) => ({ label, value: String(index) }))
  const found = options.find(({ label }) => label.toLowerCase() === wanted?.toLowerCase())
  if (wanted === undefined) return Number(process.stdin.isTTY ? await choose("How?", options) : keyMethod(methods))
  if (found) return Number(found.value)
  throw new CommandError(
    `There is no method ${JSON.stringify(wanted)}; there are: ${options.map(({ label }) => label).join(", ")}`,
  )
}

/** What can be done without a person. */
function keyMethod(methods: ProviderAuthMethod[]): number {
  const index = methods.findIndex(({ type }) => type === "api")
  if (index < 0) throw new CommandError("There is no terminal, and this provider takes no key")
  return index
}

async function answerPrompts({ prompts = [] }: ProviderAuthMethod): Promise<Record<string, string>> {
  const inputs: Record<string, string> = {}
  for (const prompt of prompts) {
    const { when, key, message } = prompt
    if (when && (inputs[when.key] === when.value) !== (when.op === "eq")) continue
    inputs[key] = prompt.type === "select" ? await choose(message, prompt.options) : await ask(message)
  }
  return inputs
}

async function storeKey({ app }: Instance, id: string, inputs: Record<string, string>): Promise<void> {
  const key = await askSecret("Key (not shown):")
  if (key === "") throw new CommandError("No key was given")
  if (/\s/.test(key)) throw new CommandError("A key is one word")
  const metadata = Object.keys(inputs).length > 0 && { metadata: inputs }
  await setAuth(app, id, { type: "api", key, ...metadata })
}

async function logIn(
  instance: Instance,
  { id, number: method, inputs }: { id: string; number: number; inputs: Record<string, string> },
): Promise<void> {
  const { url, instructions, method: kind } = await startLogin(instance, id, { method, inputs })
  note(`Visit ${harmless(url)}\n${harmless(instructions)}`)
  const code = kind === "code" ? await ask("Code, or the address that the browser ended at:") : undefined
  await finishLogin(instance, id, { method, ...(code !== undefined && { code }) })
}
