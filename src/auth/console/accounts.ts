import { join } from "node:path"
import { type Static, Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { errorMessage, WireError } from "../../base/error"
import { createLock } from "../../base/lock"
import { readPrivateFile, writePrivateFile } from "../../base/private-file"
import type { App } from "../../instance/app"

const Account = Type.Object({
  id: Type.String({ minLength: 1 }),
  email: Type.String(),
  /** The address of its console, without a slash at the end. */
  url: Type.String({ pattern: "^https?://" }),
  access: Type.String(),
  refresh: Type.String(),
  /** When `access` expires, in epoch milliseconds. */
  expires: Type.Number(),
})
/** A login to a console. Holds secrets. */
export type Account = Static<typeof Account>

const Active = Type.Object({ accountID: Type.String(), orgID: Type.String(), orgName: Type.String() })
/** The organization whose configuration counts. */
export type ActiveOrganization = Static<typeof Active>

const Accounts = Type.Object({ accounts: Type.Array(Account), active: Type.Optional(Active) })
type Accounts = Static<typeof Accounts>

const lock = createLock()

/**
 * The accounts of consoles that somebody has signed in to, and the active organization. Reads the file each time, so that
 * a login with another program counts at once. Throws 500 when it cannot be read.
 */
export async function readAccounts(app: App): Promise<Accounts> {
  const path = accountsFile(app)
  const text = await readPrivateFile(path).catch((error) => {
    throw unusable(path, errorMessage(error))
  })
  return text?.trim() ? parse(text, path) : { accounts: [] }
}

/** The account of that id. */
export const findAccount = async (app: App, id: string): Promise<Account | undefined> =>
  (await readAccounts(app)).accounts.find((account) => account.id === id)

/** The active organization with its account. */
export async function findActive(
  app: App,
): Promise<{ account: Account; organization: ActiveOrganization } | undefined> {
  const { accounts, active } = await readAccounts(app)
  const account = accounts.find(({ id }) => id === active?.accountID)
  return account && active && { account, organization: active }
}

/** Stores an account, in place of a former login to it. */
export const putAccount = (app: App, account: Account): Promise<void> =>
  change(app, ({ accounts, ...rest }) => ({
    ...rest,
    accounts: [...accounts.filter(({ id }) => id !== account.id), account],
  }))

/** Stores new tokens in place of exactly the former ones: what was stored or removed meanwhile stays as it is. */
export const renewAccount = (app: App, former: Account, renewed: Account): Promise<void> =>
  change(app, ({ accounts, ...rest }) => ({
    ...rest,
    accounts: accounts.map((each) => (Bun.deepEquals(each, former) ? renewed : each)),
  }))

/** Makes an organization the active one; without one, none is. */
export const setActive = (app: App, active: ActiveOrganization | undefined): Promise<void> =>
  change(app, ({ accounts }) => ({ accounts, ...(active && { active }) }))

/** Forgets an account; if its organization was the active one, none is then. */
export const removeAccount = (app: App, id: string): Promise<void> =>
  change(app, ({ accounts, active }) => ({
    accounts: accounts.filter((account) => account.id !== id),
    ...(active && active.accountID !== id && { active }),
  }))

const change = (app: App, make: (accounts: Accounts) => Accounts): Promise<void> =>
  lock(async () => writePrivateFile(accountsFile(app), JSON.stringify(make(await readAccounts(app)), undefined, 2)))

const accountsFile = (app: App) => join(app.paths.data, "accounts.json")

function parse(text: string, path: string): Accounts {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's message may quote the text, which holds tokens.
    throw unusable(path, "it is not valid JSON")
  }
  if (!Value.Check(Accounts, value)) throw unusable(path, "it does not hold a list of accounts")
  return value
}

const unusable = (path: string, reason: string) => {
  const message = `The stored accounts in ${path} cannot be read: ${reason}`
  return new WireError(500, { name: "UnknownError", data: { message } }, message)
}
