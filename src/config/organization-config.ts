import { type Account, type ActiveOrganization, findActive } from "../auth/console/accounts"
import { consoleRequest } from "../auth/console/request"
import { TOKEN_VARIABLE, tokenMark } from "../auth/console/token-mark"
import { refusalText } from "../auth/login-request"
import { errorMessage } from "../base/error"
import type { App } from "../instance/app"
import { isPlainObject } from "./merge"
import { REMOTE_TIMEOUT, type RemoteSource } from "./remote-config"

const PATH = "/api/config"
/** The console has no configuration for the organization, or none for this account. */
const NONE = new Set([401, 403, 404])

/** The active organization of a console. Never throws: accounts that cannot be read are told of where they are used. */
export async function activeOrganization(app: App) {
  try {
    return await findActive(app)
  } catch (error) {
    app.log.warn("No organization is active", { reason: errorMessage(error) })
    return undefined
  }
}

/** The owner of what is kept of an account's configurations. */
export const accountOwner = (accountID: string) => `console ${accountID}`

/** The variables that an active organization brings, for its configuration and for the keys of providers. */
export const organizationVariables = (app: App, { id }: Account) => ({ [TOKEN_VARIABLE]: tokenMark(app, id) })

/** The configuration of the active organization. */
export function organizationSource(
  app: App,
  { account, organization: { orgID } }: { account: Account; organization: ActiveOrganization },
  env: App["env"],
): RemoteSource {
  return {
    owner: accountOwner(account.id),
    name: orgID,
    url: `${account.url}${PATH}`,
    env: { ...env, ...organizationVariables(app, account) },
    async fetch() {
      const headers = { "x-org-id": orgID }
      const answer = await consoleRequest(app, account, PATH, { headers, timeout: REMOTE_TIMEOUT })
      if (NONE.has(answer.status)) return undefined
      if (answer.status !== 200 || !isPlainObject(answer.body) || !isPlainObject(answer.body.config))
        throw new Error(`The console gave no configuration: ${refusalText(answer)}`)
      return answer.body.config
    },
  }
}
