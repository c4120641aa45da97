import type { PermissionRule } from "../schema/permission"

/** A rule denies the call. The run goes on: the model reads the text, which names the rules that were looked at. */
export class PermissionDeniedError extends Error {
  override readonly name = "PermissionDeniedError"
  constructor(readonly rules: PermissionRule[]) {
    super(
      `The user has specified a rule which prevents you from using this specific tool call. Here are some of the relevant rules ${JSON.stringify(rules)}`,
    )
  }
}

/** The user said no, or nobody is left to ask. The run stops after this step. */
export class PermissionRejectedError extends Error {
  override readonly name = "PermissionRejectedError"
  constructor() {
    super("The user rejected permission to use this specific tool call.")
  }
}

/** The user said no and what to do instead. The run goes on with the feedback. */
export class PermissionCorrectedError extends Error {
  override readonly name = "PermissionCorrectedError"
  constructor(readonly feedback: string) {
    super(`The user rejected permission to use this specific tool call with the following feedback: ${feedback}`)
  }
}
