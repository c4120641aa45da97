import { loginEndpoints } from "../login/endpoints"
import { loginFetch } from "./login-fetch"
import type { Vendor } from "./vendor"

/** Those that a ChatGPT account may call: the reasoning models from the fifth generation on. */
const INCLUDED = /^gpt-(?:[5-9]|\d{2,})(?!.*-(?:pro|chat-latest)\b)/
/** What the backend for ChatGPT accounts does not take; it sets these limits itself. */
const REFUSED = ["max_output_tokens", "temperature", "top_p", "truncation", "metadata", "user", "safety_identifier"]

/**
 * OpenAI with a ChatGPT account instead of a key. Its models are called at another address, in a stricter form of the
 * Responses API; calls are part of the subscription.
 */
export const chatGPT: Vendor = {
  model(model, { login }) {
    if (!login) return model
    const { reasoning, toolcall, output } = model.capabilities
    if (!INCLUDED.test(model.id) || !reasoning || !toolcall || !output.text) return undefined
    return { ...model, cost: { input: 0, output: 0, cache: { read: 0, write: 0 } } }
  },

  async settings({ app, options, login, fetch }) {
    if (!login) return options
    const baseURL = loginEndpoints(app).codex
    return {
      ...options,
      // The token goes nowhere else, whatever address is configured.
      baseURL,
      apiKey: "login",
      fetch: loginFetch(app, fetch, {
        login: { providerID: "openai", baseURL },
        change: (init, auth) => ({
          body: codexBody(init.body),
          headers: {
            originator: "opencode",
            ...(auth?.accountId && { "chatgpt-account-id": auth.accountId }),
            ...sessionOf(init),
          },
        }),
      }),
    }
  },
}

function sessionOf({ headers }: RequestInit): Record<string, string> {
  const session = new Headers(headers).get("x-session-id")
  return session ? { session_id: session } : {}
}

/**
 * The body as this backend takes it: system messages at the front are the instructions, which it requires, and settings it
 * refuses are left out.
 */
function codexBody(body: RequestInit["body"]): RequestInit["body"] {
  if (typeof body !== "string") return body
  const request = JSON.parse(body)
  const input: { role?: string; content?: unknown }[] = Array.isArray(request.input) ? request.input : []
  const first = input.findIndex(({ role }) => role !== "system" && role !== "developer")
  const system = input.slice(0, first < 0 ? input.length : first)
  for (const name of REFUSED) delete request[name]
  return JSON.stringify({
    ...request,
    instructions: [request.instructions, ...system.map(({ content }) => textOf(content))].filter(Boolean).join("\n\n"),
    input: input.slice(system.length),
    store: false,
    stream: true,
  })
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content
  return Array.isArray(content) ? content.map((part: { text?: unknown }) => part.text ?? "").join("\n") : ""
}
