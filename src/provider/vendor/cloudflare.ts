import type { Vendor } from "./vendor"

// biome-ignore lint/suspicious/noTemplateCurlyInString: the address is filled in when a model is made
const ADDRESS = "https://gateway.ai.cloudflare.com/v1/${CLOUDFLARE_ACCOUNT_ID}/${CLOUDFLARE_GATEWAY_ID}/compat"

/**
 * Cloudflare's AI gateway: one address for the models of all vendors, in the dialect of chat completions. Its token has a
 * header of its own, because the usual one would be passed on to the vendor. Options: `accountId`, `gatewayId`.
 */
export const cloudflareGateway: Vendor = {
  model: (model) => ({ ...model, api: { ...model.api, npm: "@ai-sdk/openai-compatible", url: ADDRESS } }),
  async settings({ options: { apiKey, headers, ...options } }) {
    return {
      ...options,
      headers: {
        ...(typeof apiKey === "string" && { "cf-aig-authorization": `Bearer ${apiKey}` }),
        ...Object(headers),
      },
    }
  },
}
