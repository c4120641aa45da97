/** Why the database cannot be used. The message is meant for the person who starts the server. */
export class StoreOpenError extends Error {
  override readonly name = "StoreOpenError"
  constructor(
    /** `in-use`: another process has it; `too-new`: a newer version of the program wrote it; `unusable`: anything else. */
    readonly reason: "in-use" | "too-new" | "unusable",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
