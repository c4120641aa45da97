import { firstSet, textOption } from "./option"
import type { Environment, Options, Vendor } from "./vendor"

const USUAL_REGION = "us-east-1"
/** Where AWS programs find credentials besides a pair of keys: a profile, and the roles of containers and of clusters. */
const CHAIN = [
  "AWS_PROFILE",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
]

/**
 * Amazon Bedrock. Access by an API key of Bedrock, by a pair of keys, or by what AWS programs use: profile, SSO, the role of
 * the machine. Options: `region`, `profile`, `endpoint` (another address), `accessKeyId`, `secretAccessKey`, `sessionToken`.
 */
export const bedrock: Vendor = {
  signs: true,

  access(env) {
    const apiKey = firstSet(env, "AWS_BEARER_TOKEN_BEDROCK")
    const pair = env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY
    if (!apiKey && !pair && !firstSet(env, ...CHAIN)) return undefined
    return { region: regionOf(env), ...(apiKey && { apiKey }) }
  },

  /** Most models can only be called through the profile of a geography, which is listed as a model of its own. */
  model(model, { options, has }) {
    const region = textOption(options, "region") ?? USUAL_REGION
    const profile = geographies(region)
      .map((geography) => `${geography}.${model.api.id}`)
      .find(has)
    return profile ? { ...model, api: { ...model.api, id: profile } } : model
  },

  async settings({ app: { env }, options }) {
    const { profile, endpoint, ...rest } = options
    const settings: Options = { region: regionOf(env), ...(endpoint ? { baseURL: endpoint } : {}), ...rest }
    if (settings.apiKey || (settings.accessKeyId && settings.secretAccessKey)) return settings
    if (!profile && env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY) {
      const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN } = env
      return {
        ...settings,
        accessKeyId,
        secretAccessKey,
        ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
      }
    }
    const { defaultProvider } = await import("@aws-sdk/credential-provider-node")
    const name = textOption(options, "profile") ?? env.AWS_PROFILE
    return { ...settings, credentialProvider: defaultProvider(name ? { profile: name } : {}) }
  },
}

const regionOf = (env: Environment) => firstSet(env, "AWS_REGION", "AWS_DEFAULT_REGION") ?? USUAL_REGION

/** The prefixes of the profiles that a region may call, the nearest first. */
function geographies(region: string): string[] {
  if (region.startsWith("us-gov-")) return ["us-gov"]
  if (region.startsWith("us-")) return ["us"]
  if (region.startsWith("eu-")) return ["eu"]
  if (region.startsWith("ca-")) return ["ca", "us"]
  if (region === "ap-northeast-1" || region === "ap-northeast-3") return ["jp", "apac"]
  if (region === "ap-southeast-2" || region === "ap-southeast-4") return ["au", "apac"]
  if (region === "ap-south-1" || region === "ap-south-2") return ["in", "apac"]
  return region.startsWith("ap-") ? ["apac"] : ["global"]
}
