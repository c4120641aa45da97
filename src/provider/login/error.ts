import { WireError } from "../../base/error"
import type { ProviderAuthError1 } from "../../schema/auth"

/** 400 in the wire's form of login errors. */
export function loginRefused(name: ProviderAuthError1["name"], data: ProviderAuthError1["data"]): WireError {
  const body: ProviderAuthError1 = { name, data }
  return new WireError(400, body, data.message ?? name)
}
