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

const cloudflareAccount = text("accountId", "Id of the Cloudflare account", "32 digits and letters a to f")

/**
 * Providers with more ways to connect than one key, or whose key needs something beside it. The answers to the prompts of
 * a key are stored with it as `metadata` and become options of the provider.
 */
const METHODS: Record<string, LoginMethod[]> = {
  openai: [
    {
      type: "oauth",
      label: "ChatGPT account, with the browser of this machine",
      start: (app, _, signal) => loginWithBrowser(app, signal),
    },
    {
      type: "oauth",
      label: "ChatGPT account, with a code for any browser",
      start: (app, _, signal) => loginWithCode(app, signal),
    },
    key("API key"),
  ],
  "github-copilot": [
    {
      type: "oauth",
      label: "GitHub account with Copilot",
      prompts: [
        {
          type: "select",
          key: "deploymentType",
          message: "Which GitHub is it?",
          options: [
            { label: "github.com", value: "github.com", hint: "for everybody" },
            { label: "GitHub Enterprise", value: "enterprise", hint: "with an address of its own" },
          ],
        },
        {
          ...text("enterpriseUrl", "Address of your GitHub Enterprise", "company.ghe.com"),
          when: { key: "deploymentType", op: "eq", value: "enterprise" },
        },
      ],
      start: loginWithGitHub,
    },
  ],
  gitlab: [key("Access token", text("instanceUrl", "Address of the GitLab", "https://gitlab.com"))],
  "cloudflare-workers-ai": [key("API key", cloudflareAccount)],
  "cloudflare-ai-gateway": [
    key("Token of the gateway", cloudflareAccount, text("gatewayId", "Name of the gateway", "my-gateway")),
  ],
  azure: [key("API key", text("resourceName", "Name of the Azure resource", "my-models"))],
  "azure-cognitive-services": [key("API key", text("resourceName", "Name of the Azure resource", "my-models"))],
  "snowflake-cortex": [key("Access token", text("account", "Name of the Snowflake account", "organization-account"))],
  "amazon-bedrock": [key("API key of Bedrock", text("region", "Region of AWS", "us-east-1"))],
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
