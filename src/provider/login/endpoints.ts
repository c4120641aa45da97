import type { App } from "../../instance/app"
import { appState } from "../../instance/state"

/** The addresses of a GitHub, without a slash at the end. */
export interface GitHubAddresses {
  web: string
  api: string
  /** The Copilot models. */
  copilot: string
}

export interface LoginEndpoints {
  /** Where ChatGPT accounts are signed in. */
  openai: string
  /** Where a ChatGPT account calls models: the backend of the vendor's own coding program. */
  codex: string
  /** The port of `localhost` that OpenAI sends the browser back to; it accepts no other. */
  redirectPort: number
  /** The public GitHub, or that of an enterprise by its host name. */
  github(domain: string | undefined): GitHubAddresses
  /** The least pause between two questions whether the user has confirmed, in milliseconds. */
  pollPause: number
}

const VENDORS: LoginEndpoints = {
  openai: "https://auth.openai.com",
  codex: "https://chatgpt.com/backend-api/codex",
  redirectPort: 1455,
  github: (domain) =>
    domain
      ? { web: `https://${domain}`, api: `https://api.${domain}`, copilot: `https://copilot-api.${domain}` }
      : { web: "https://github.com", api: "https://api.github.com", copilot: "https://api.githubcopilot.com" },
  pollPause: 1000,
}

/**
 * Where logins happen, and where what they give is sent. On purpose neither the configuration nor the environment can
 * change it: a checkout must not be able to have a login sent to another address.
 */
export const loginEndpoints = appState((): LoginEndpoints => ({ ...VENDORS }))

/** Puts other addresses in place of the vendors', for tests. */
export function replaceLoginEndpoints(app: App, endpoints: Partial<LoginEndpoints>): void {
  Object.assign(loginEndpoints(app), endpoints)
}
