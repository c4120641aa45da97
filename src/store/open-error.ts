/** Why the database cannot be used. The message is meant for the person who starts the server. */
export class StoreOpenError extends Error {
  override readonly name = "StoreOpenError"
  /** For `in-use`: the process that has it, where that is known. */
  readonly holder: number | undefined
  constructor(
    /** `in-use`: another process has it; `too-new`: a newer version of the program wrote it; `unusable`: anything else. */
    readonly reason: "in-use" | "too-new" | "unusable",
    message: string,
    options?: ErrorOptions & { holder?: number | undefined },
  ) {
    super(message, options)
    this.holder = options?.holder
  }
}
