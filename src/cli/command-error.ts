/** A fault of the caller that is told in one line on standard error; the program ends with status 1. */
export class CommandError extends Error {
  override readonly name = "CommandError"
}
