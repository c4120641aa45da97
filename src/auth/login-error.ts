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
