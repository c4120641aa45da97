/** An option that is a text with something in it. */
export const textOption = (options: Readonly<Record<string, unknown>>, name: string): string | undefined => {
  const value = Object.hasOwn(options, name) ? options[name] : undefined
  return typeof value === "string" && value !== "" ? value : undefined
}

/** The first variable of the environment that is set. */
export const firstSet = (env: Readonly<Record<string, string | undefined>>, ...names: string[]): string | undefined =>
  names.map((name) => env[name]).find(Boolean)
