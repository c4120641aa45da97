import { findAuth } from "../../auth/auth"
import { enterpriseDomain } from "../login/copilot"
import { loginEndpoints } from "../login/endpoints"
import { loginFetch } from "./login-fetch"
import { textOption } from "./option"
import type { Vendor } from "./vendor"

/** Copilot serves these by the Responses API, most of them by that alone. */
const RESPONSES = /^gpt-(?:[5-9]|\d{2,})(?!-mini)/

/** GitHub Copilot, with a login or with a token of GitHub. Option: `enterpriseUrl`. */
export const copilot: Vendor = {
  model(model) {
    if (model.api.npm !== "@ai-sdk/openai-compatible" || !RESPONSES.test(model.api.id)) return model
    return { ...model, api: { ...model.api, npm: "@ai-sdk/openai" } }
  },

  async settings({ app, options, login, fetch }) {
    const stored = login ? await findAuth(app, "github-copilot") : undefined
    const enterprise = stored?.type === "oauth" ? stored.enterpriseUrl : textOption(options, "enterpriseUrl")
    const { copilot: baseURL } = loginEndpoints(app).github(enterprise && enterpriseDomain(enterprise))
    const { enterpriseUrl: _, ...rest } = options
    return {
      baseURL,
      ...rest,
      // The token of a login goes nowhere else, whatever address is configured.
      ...(login && { baseURL, apiKey: "login" }),
      fetch: loginFetch(app, fetch, {
        ...(login && { login: { providerID: "github-copilot", baseURL } }),
        change: (init) => ({ headers: copilotHeaders(init) }),
      }),
    }
  },
}

interface Item {
  role?: string
  type?: string
  content?: unknown
}

/**
 * What Copilot wants to know of a request: who began it (what the user asked counts against the allowance, further steps do
 * not), and whether it holds images.
 */
function copilotHeaders({ body, headers }: RequestInit): Record<string, string> {
  const request = typeof body === "string" ? JSON.parse(body) : {}
  const items: Item[] = request.messages ?? request.input ?? []
  const turn = items.slice(items.findLastIndex(isAnswer) + 1)
  const byAgent = turn.some(isResult) || new Headers(headers).has("x-parent-session-id")
  return {
    "openai-intent": "conversation-edits",
    "x-initiator": byAgent ? "agent" : "user",
    ...(items.some(hasImage) && { "copilot-vision-request": "true" }),
  }
}

const isAnswer = ({ role, type }: Item) => role === "assistant" || type === "function_call" || type === "reasoning"
const isResult = ({ role, type }: Item) => role === "tool" || type === "function_call_output"

const hasImage = ({ content }: Item) =>
  Array.isArray(content) && content.some((part: Item) => part.type === "image_url" || part.type === "input_image")
