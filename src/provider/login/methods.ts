import { getConfig } from "../../config/config"
import type { Instance } from "../../instance/instance"
import type { ProviderAuthMethod } from "../../schema/auth"
import { getCatalogue } from "../catalogue"
import { isAllowed } from "../connection"
import { loginWithGitHub } from "./copilot"
import type { LoginMethod } from "./flow"
import { loginWithBrowser, loginWithCode } from "./openai"

const key = (label: string, ...prompts: Prompt[]): LoginMethod => ({
  type: "api",
  label,
  ...(prompts.length && { prompts }),
})

type Prompt = NonNullable<ProviderAuthMethod["prompts"]>[number]

const text = (name: string, message: string, placeholder: string): Prompt => ({
  type: "text",
  key: name,
  message,
  placeholder,
})

const cloudflareAccount = text("accountId", "Enter your Cloudflare Account ID", "e.g. 1234567890abcdef1234567890abcdef")

/**
 * Providers with more ways to connect than one key, or whose key needs something beside it. The answers to the prompts of
 * a key are stored with it as `metadata` and become options of the provider.
 */
const METHODS: Record<string, LoginMethod[]> = {
  openai: [
    {
      type: "oauth",
      label: "ChatGPT Pro/Plus (browser)",
      start: (app, _, signal) => loginWithBrowser(app, signal),
    },
    {
      type: "oauth",
      label: "ChatGPT Pro/Plus (headless)",
      start: (app, _, signal) => loginWithCode(app, signal),
    },
    key("Manually enter API Key"),
  ],
  "github-copilot": [
    {
      type: "oauth",
      label: "Login with GitHub Copilot",
      prompts: [
        {
          type: "select",
          key: "deploymentType",
          message: "Select GitHub deployment type",
          options: [
            { label: "GitHub.com", value: "github.com", hint: "Public" },
            { label: "GitHub Enterprise", value: "enterprise", hint: "Data residency or self-hosted" },
          ],
        },
        {
          ...text(
            "enterpriseUrl",
            "Enter your GitHub Enterprise URL or domain",
            "company.ghe.com or https://company.ghe.com",
          ),
          when: { key: "deploymentType", op: "eq", value: "enterprise" },
        },
      ],
      start: loginWithGitHub,
    },
  ],
  gitlab: [key("GitLab Personal Access Token", text("instanceUrl", "GitLab instance URL", "https://gitlab.com"))],
  poe: [key("Manually enter API Key")],
  "cloudflare-workers-ai": [key("API key", cloudflareAccount)],
  "cloudflare-ai-gateway": [
    key(
      "Gateway API token",
      cloudflareAccount,
      text("gatewayId", "Enter your Cloudflare AI Gateway ID", "e.g. my-gateway"),
    ),
  ],
  azure: [key("API key", text("resourceName", "Enter Azure Resource Name", "e.g. my-models"))],
  "azure-cognitive-services": [key("API key", text("resourceName", "Enter Azure Resource Name", "e.g. my-models"))],
  "snowflake-cortex": [
    key("Paste PAT or bearer token manually", text("account", "Snowflake Account Identifier", "myorg-myaccount")),
  ],
  "amazon-bedrock": [key("Bedrock API key", text("region", "AWS region", "us-east-1"))],
}

/** Credentials that a key does not replace: they are found in the environment and in files of the vendor's programs. */
const WITHOUT_KEY = new Set(["google-vertex", "google-vertex-anthropic", "sap-ai-core"])

/** How each provider that may be used can be connected, by provider id; the position in a list is the method's number. */
export async function listLoginMethods(instance: Instance): Promise<Record<string, ProviderAuthMethod[]>> {
  const [config, catalogue] = await Promise.all([getConfig(instance), getCatalogue(instance.app)])
  const ids = [...Object.keys(METHODS), ...catalogue.providers.keys()].filter(
    (id) => isAllowed(config, id) && !WITHOUT_KEY.has(id),
  )
  return Object.fromEntries(ids.map((id) => [id, loginMethods(id).map(({ start: _, ...method }) => method)]))
}

/** The ways to connect one provider. */
export const loginMethods = (providerID: string): LoginMethod[] =>
  (Object.hasOwn(METHODS, providerID) && METHODS[providerID]) || [key("API key")]
