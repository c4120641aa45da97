import type { App } from "../../instance/app"
import type { Model } from "../../schema/provider"
import { azure, azureCognitiveServices } from "./azure"
import { bedrock } from "./bedrock"
import { chatGPT } from "./chatgpt"
import { cloudflareGateway } from "./cloudflare"
import { copilot } from "./copilot"
import { vertex } from "./vertex"

export type Environment = Readonly<Record<string, string | undefined>>
export type Options = Record<string, unknown>

/** What is special about a vendor: where one key and one address are not enough. */
export interface Vendor {
  /** The options that the environment gives. Undefined: it gives no access, the provider is not connected by it. */
  access?(env: Environment): Options | undefined
  /** The model as it is to be called; undefined: it cannot be called. */
  model?(model: Model, place: VendorPlace): Model | undefined
  /** What the package shall be made with instead of the provider's options. */
  settings?(call: VendorCall): Promise<Options>
  /** Calls are signed with credentials of the machine where the options hold none. */
  signs?: true
}

export interface VendorPlace {
  options: Options
  /** Whether the user signed in, in contrast to a key. */
  login: boolean
  /** All models of the vendor that the catalogue knows. */
  has(modelID: string): boolean
}

export interface VendorCall {
  app: App
  model: Model
  options: Options
  login: boolean
  fetch: typeof fetch
}

const BY_PROVIDER: Record<string, Vendor> = {
  openai: chatGPT,
  "github-copilot": copilot,
  "cloudflare-ai-gateway": cloudflareGateway,
  "azure-cognitive-services": azureCognitiveServices,
}

const BY_PACKAGE: Record<string, Vendor> = {
  "@ai-sdk/amazon-bedrock": bedrock,
  "@ai-sdk/google-vertex": vertex,
  "@ai-sdk/azure": azure,
}

/** What is special about a provider, by its id or by the package that its models usually need. */
export function vendorOf(providerID: string, npm: string | undefined): Vendor {
  const family = npm?.split("/").slice(0, 2).join("/") ?? ""
  const own = Object.hasOwn(BY_PROVIDER, providerID) ? BY_PROVIDER[providerID] : undefined
  return own ?? (Object.hasOwn(BY_PACKAGE, family) ? BY_PACKAGE[family] : undefined) ?? {}
}
