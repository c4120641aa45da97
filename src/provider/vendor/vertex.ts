import { firstSet } from "./option"
import type { Environment, Options, Vendor } from "./vendor"

const USUAL_LOCATION = "global"

/**
 * Google Vertex. Access by the application default credentials of Google's programs (`GOOGLE_APPLICATION_CREDENTIALS`, the
 * login of gcloud, the machine's account), or by an API key. Options: `project`, `location`, `googleAuthOptions`.
 */
export const vertex: Vendor = {
  signs: true,

  access(env) {
    const project = projectOf(env)
    return project ? { project, location: locationOf(env) } : undefined
  },

  model(model) {
    // Models of other makers: the address and the token are the business of a package of Google's.
    if (model.api.npm !== "@ai-sdk/openai-compatible") return model
    return { ...model, api: { ...model.api, npm: "@ai-sdk/google-vertex/maas", url: "" } }
  },

  async settings({ app: { env }, options }) {
    const settings: Options = { location: locationOf(env), project: projectOf(env), ...options }
    // Without it Google's library asks the network for the project, which not every account may.
    const googleAuthOptions = {
      ...(settings.project ? { projectId: settings.project } : {}),
      ...Object(options.googleAuthOptions),
    }
    return { ...settings, googleAuthOptions }
  },
}

const projectOf = (env: Environment) =>
  firstSet(env, "GOOGLE_VERTEX_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "GCP_PROJECT")

const locationOf = (env: Environment) =>
  firstSet(env, "GOOGLE_VERTEX_LOCATION", "GOOGLE_CLOUD_LOCATION", "VERTEX_LOCATION") ?? USUAL_LOCATION
