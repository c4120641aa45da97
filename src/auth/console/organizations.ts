import { type Static, Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { errorMessage } from "../../base/error"
import type { App } from "../../instance/app"
import { LoginError } from "../login-error"
import { refusalText } from "../login-request"
import { type Account, readAccounts } from "./accounts"
import { consoleRequest } from "./request"

/** Milliseconds: a client waits for this list when it starts. */
const TIMEOUT = 10_000

export const ORGANIZATIONS = "/api/orgs"
const Organization = Type.Object({ id: Type.String(), name: Type.String() })
const Organizations = Type.Array(Organization)
export type Organization = Static<typeof Organization>

/** The organizations of an account. Throws `LoginError`. */
export async function listOrganizations(app: App, account: Account): Promise<Organization[]> {
  const answer = await consoleRequest(app, account, ORGANIZATIONS, { timeout: TIMEOUT })
  const found = answer.status === 200 ? organizationsIn(answer.body) : undefined
  if (!found) throw new LoginError(`The console did not tell the organizations: ${refusalText(answer)}`)
  return found
}

/** The organizations of all accounts. An account whose console does not tell them counts as one without any. */
export async function listAllOrganizations(app: App): Promise<{ account: Account; organizations: Organization[] }[]> {
  const { accounts } = await readAccounts(app)
  return Promise.all(
    accounts.map(async (account) => {
      try {
        return { account, organizations: await listOrganizations(app, account) }
      } catch (error) {
        const { id, url } = account
        app.log.warn("The organizations of an account are not known", { account: id, url, reason: errorMessage(error) })
        return { account, organizations: [] }
      }
    }),
  )
}

/** The organizations that a console's answer names; undefined when it is no list of them. */
export const organizationsIn = (body: unknown): Organization[] | undefined =>
  Value.Check(Organizations, body) ? body.map(({ id, name }) => ({ id, name })) : undefined
