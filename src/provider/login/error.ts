import { WireError } from "../../base/error"
import type { ProviderAuthError1 } from "../../schema/auth"

/** A login that failed, or that does not hold any more. The message is for the user and holds no token. */
export class LoginError extends Error {
  override readonly name = "LoginError"
  constructor(
    message: string,
    /** The vendor said no, in contrast to a vendor that could not be reached. */
    readonly refused = false,
  ) {
    super(message)
  }
}

/** 400 in the wire's form of login errors. */
export function loginRefused(name: ProviderAuthError1["name"], data: ProviderAuthError1["data"]): WireError {
  const body: ProviderAuthError1 = { name, data }
  return new WireError(400, body, data.message ?? name)
}
