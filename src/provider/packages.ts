import type { LanguageModelV4 } from "@ai-sdk/provider"
import type { Model } from "../schema/provider"

/** What a package is made with: key, address, headers and whatever else it knows. Holds secrets. */
export type Settings = Record<string, unknown> & { headers: Record<string, string>; fetch: typeof fetch }

/** A package inside the binary. */
interface Package {
  /** Imports it, on first use, and makes the model. */
  make(settings: Settings, model: Model): Promise<LanguageModelV4>
  /** The name under which it looks for its provider options; without it, the provider's id. */
  options?: string
  /** It can send files as part of a tool's result. */
  filesInResults?: true
  /** How a message is marked up to which the vendor shall cache the prompt. */
  cachePoint?: { options: string; mark: Record<string, { type: string }> }
}

const anthropicCache = { options: "anthropic", mark: { cacheControl: { type: "ephemeral" } } }

const PACKAGES: Record<string, Package> = {
  "@ai-sdk/openai-compatible": {
    async make(settings, model) {
      const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible")
      const name = packageName(model)
      const { baseURL } = settings
      return createOpenAICompatible({ ...settings, name, baseURL: String(baseURL), includeUsage: true }).languageModel(
        model.api.id,
      )
    },
  },
  "@ai-sdk/openai": {
    make: async (settings, { api }) => (await import("@ai-sdk/openai")).createOpenAI(settings).responses(api.id),
    options: "openai",
    filesInResults: true,
  },
  "@ai-sdk/anthropic": {
    make: async (settings, { api }) =>
      (await import("@ai-sdk/anthropic")).createAnthropic(settings).languageModel(api.id),
    options: "anthropic",
    filesInResults: true,
    cachePoint: anthropicCache,
  },
  "@ai-sdk/google": {
    make: async (settings, { api }) => (await import("@ai-sdk/google")).createGoogle(settings).languageModel(api.id),
    options: "google",
    filesInResults: true,
  },
  "@ai-sdk/google-vertex": {
    make: async (settings, { api }) =>
      (await import("@ai-sdk/google-vertex")).createGoogleVertex(settings).languageModel(api.id),
    options: "googleVertex",
    filesInResults: true,
  },
  "@ai-sdk/google-vertex/anthropic": {
    make: async (settings, { api }) =>
      (await import("@ai-sdk/google-vertex/anthropic")).createGoogleVertexAnthropic(settings).languageModel(api.id),
    options: "anthropic",
    filesInResults: true,
    cachePoint: anthropicCache,
  },
  "@ai-sdk/google-vertex/maas": {
    make: async (settings, { api }) =>
      (await import("@ai-sdk/google-vertex/maas")).createGoogleVertexMaas(settings).languageModel(api.id),
    options: "vertex",
  },
  "@ai-sdk/amazon-bedrock": {
    make: async (settings, { api }) =>
      (await import("@ai-sdk/amazon-bedrock")).createAmazonBedrock(settings).languageModel(api.id),
    options: "bedrock",
    filesInResults: true,
    cachePoint: { options: "bedrock", mark: { cachePoint: { type: "default" } } },
  },
  "@ai-sdk/amazon-bedrock/mantle": {
    async make(settings, { api }) {
      const mantle = (await import("@ai-sdk/amazon-bedrock/mantle")).createBedrockMantle(settings)
      return /^openai\.gpt-(?!oss)/.test(api.id) ? mantle.responses(api.id) : mantle.chat(api.id)
    },
    options: "openai",
    filesInResults: true,
  },
  "@ai-sdk/azure": {
    async make({ useCompletionUrls, ...settings }, { api }) {
      const azure = (await import("@ai-sdk/azure")).createAzure(settings)
      // Models of other makers than OpenAI only know chat completions there.
      const chat = useCompletionUrls ?? !/^(?:gpt|o\d|codex)/.test(api.id)
      return chat ? azure.chat(api.id) : azure.responses(api.id)
    },
    options: "azure",
    filesInResults: true,
  },
  "@ai-sdk/groq": {
    make: async (settings, { api }) => (await import("@ai-sdk/groq")).createGroq(settings).languageModel(api.id),
    options: "groq",
  },
  "@ai-sdk/mistral": {
    make: async (settings, { api }) => (await import("@ai-sdk/mistral")).createMistral(settings).languageModel(api.id),
    options: "mistral",
  },
  "@ai-sdk/xai": {
    make: async (settings, { api }) => (await import("@ai-sdk/xai")).createXai(settings).languageModel(api.id),
    options: "xai",
    filesInResults: true,
  },
  "@ai-sdk/cohere": {
    make: async (settings, { api }) => (await import("@ai-sdk/cohere")).createCohere(settings).languageModel(api.id),
    options: "cohere",
  },
  "@ai-sdk/deepinfra": {
    make: async (settings, { api }) =>
      (await import("@ai-sdk/deepinfra")).createDeepInfra(settings).languageModel(api.id),
    options: "deepinfra",
  },
  "@ai-sdk/togetherai": {
    make: async (settings, { api }) =>
      (await import("@ai-sdk/togetherai")).createTogetherAI(settings).languageModel(api.id),
    options: "togetherai",
  },
  "@ai-sdk/perplexity": {
    make: async (settings, { api }) =>
      (await import("@ai-sdk/perplexity")).createPerplexity(settings).languageModel(api.id),
    options: "perplexity",
  },
  "@ai-sdk/cerebras": {
    make: async (settings, { api }) =>
      (await import("@ai-sdk/cerebras")).createCerebras(settings).languageModel(api.id),
    options: "cerebras",
  },
  "@ai-sdk/gateway": {
    make: async (settings, { api }) => (await import("@ai-sdk/gateway")).createGateway(settings).languageModel(api.id),
    filesInResults: true,
    cachePoint: anthropicCache,
  },
  "@openrouter/ai-sdk-provider": {
    async make(settings, { api }) {
      const { createOpenRouter } = await import("@openrouter/ai-sdk-provider")
      return createOpenRouter({ compatibility: "strict", ...settings }).languageModel(api.id)
    },
    options: "openrouter",
    cachePoint: { options: "openrouter", mark: { cacheControl: { type: "ephemeral" } } },
  },
}

const find = (npm: string): Package | undefined => (Object.hasOwn(PACKAGES, npm) ? PACKAGES[npm] : undefined)

/** The model from a package inside the binary; undefined when the package is not there. */
export const bundledModel = (settings: Settings, model: Model): Promise<LanguageModelV4> | undefined =>
  find(model.api.npm)?.make(settings, model)

/** The name under which the model's package looks for its provider options. */
export function optionsKey(model: Model): string {
  // The gateway hands the options of the vendor behind it on, under that vendor's name.
  if (model.api.npm === "@ai-sdk/gateway") return model.api.id.split("/")[0] ?? "gateway"
  return find(model.api.npm)?.options ?? packageName(model)
}

/** Whether the package can send files as part of a tool's result; what is not known cannot. */
export const takesFilesInResults = (model: Model): boolean => find(model.api.npm)?.filesInResults ?? false

/** How a message is marked up to which the vendor shall cache the prompt; undefined where it caches by itself or not at all. */
export function cachePointOf(model: Model): Package["cachePoint"] {
  if (model.api.npm === "@ai-sdk/anthropic" || model.api.npm === "@ai-sdk/google-vertex/anthropic")
    return anthropicCache
  // The others sell models of many makers: only those of these two are known to take marks.
  const marks = model.api.npm === "@ai-sdk/amazon-bedrock" ? /anthropic|claude|nova/ : /anthropic|claude/
  return marks.test(model.api.id) ? find(model.api.npm)?.cachePoint : undefined
}

/** The name under which the openai-compatible package looks for its provider options: it cuts a name at the first dot. */
const packageName = (model: Model) => model.providerID.replaceAll(".", "-")
