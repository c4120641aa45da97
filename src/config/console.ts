import { findAccount, readAccounts, removeAccount, setActive } from "../auth/console/accounts"
import { listAllOrganizations, listOrganizations } from "../auth/console/organizations"
import { LoginError } from "../auth/login-error"
import { notFound, tagged } from "../base/error"
import type { App } from "../instance/app"
import type { ConsoleState } from "../schema/experimental"
import { getRemoteConfigs } from "./config"
import { accountOwner } from "./organization-config"
import { reloadConfigs } from "./reload"
import { forgetRemoteConfig } from "./remote-config"

interface ConsoleOrganization {
  accountID: string
  accountEmail: string
  accountUrl: string
  orgID: string
  orgName: string
  active: boolean
}

/** What the active organization manages, and how many there are to switch to. */
export async function getConsoleState(app: App): Promise<ConsoleState> {
  const [{ organization }, { active }, all] = await Promise.all([
    getRemoteConfigs(app),
    readAccounts(app),
    listAllOrganizations(app),
  ])
  return {
    consoleManagedProviders: Object.keys(organization?.provider ?? {}),
    ...(active && { activeOrgName: active.orgName }),
    switchableOrgCount: all.reduce((count, { organizations }) => count + organizations.length, 0),
  }
}

/** The organizations of all accounts. */
export async function listConsoleOrganizations(app: App): Promise<ConsoleOrganization[]> {
  const [{ active }, all] = await Promise.all([readAccounts(app), listAllOrganizations(app)])
  return all.flatMap(({ account: { id: accountID, email: accountEmail, url: accountUrl }, organizations }) =>
    organizations.map(({ id: orgID, name: orgName }) => ({
      accountID,
      accountEmail,
      accountUrl,
      orgID,
      orgName,
      active: active?.accountID === accountID && active.orgID === orgID,
    })),
  )
}

/**
 * Makes an organization of an account the active one; its configuration holds from now on. Throws 404 where there is none,
 * 502 when the console does not tell.
 */
export async function switchOrganization(app: App, accountID: string, orgID: string): Promise<void> {
  const account = await findAccount(app, accountID)
  const organizations = account ? await listOrganizations(app, account).catch(unreachable) : []
  const organization = organizations.find(({ id }) => id === orgID)
  if (!organization) throw notFound(`There is no account ${accountID} with an organization ${orgID} here`)
  await setActive(app, { accountID, orgID, orgName: organization.name })
  await reloadConfigs(app)
}

/**
 * Forgets an account and what is kept of its configurations. If its organization was the active one, the first of another
 * account takes its place.
 */
export async function signOut(app: App, accountID: string): Promise<void> {
  const { active } = await readAccounts(app)
  await removeAccount(app, accountID)
  await forgetRemoteConfig(app, accountOwner(accountID))
  if (active?.accountID === accountID) {
    const [next] = await listConsoleOrganizations(app)
    await setActive(app, next && { accountID: next.accountID, orgID: next.orgID, orgName: next.orgName })
  }
  await reloadConfigs(app)
}

function unreachable(error: unknown): never {
  throw error instanceof LoginError ? tagged(502, "ConsoleUnreachableError", error.message) : error
}
