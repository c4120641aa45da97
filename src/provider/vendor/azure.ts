import { textOption } from "./option"
import type { Vendor } from "./vendor"

/** Azure OpenAI. Options: `resourceName`, and `useCompletionUrls` for deployments that only know chat completions. */
export const azure: Vendor = {
  access({ AZURE_API_KEY: apiKey, AZURE_RESOURCE_NAME: resourceName }) {
    return apiKey ? { apiKey, ...(resourceName && { resourceName }) } : undefined
  },
  async settings({ app: { env }, options }) {
    const { AZURE_RESOURCE_NAME: resourceName } = env
    return { ...(resourceName && { resourceName }), ...options }
  },
}

/** The same service under the addresses of Azure Cognitive Services. */
export const azureCognitiveServices: Vendor = {
  access({ AZURE_COGNITIVE_SERVICES_API_KEY: apiKey, AZURE_COGNITIVE_SERVICES_RESOURCE_NAME: resourceName }) {
    return apiKey ? { apiKey, ...(resourceName && { resourceName }) } : undefined
  },
  async settings({ app: { env }, options }) {
    const resource = textOption(options, "resourceName") ?? env.AZURE_COGNITIVE_SERVICES_RESOURCE_NAME
    const baseURL = resource && `https://${resource}.cognitiveservices.azure.com/openai`
    return { ...(baseURL && { baseURL }), ...options }
  },
}
