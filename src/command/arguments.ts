const PLACEHOLDER = /\$(?:(\d+)|ARGUMENTS)/g
/** `[Image 1]` is how terminal clients write the place of an image. */
const WORD = /"([^"]*)"|'([^']*)'|\[Image \d+\]|[^\s"']+/gi

/** What a template asks for: `$1`, `$2`, ... in their order, then `$ARGUMENTS`. */
export function placeholders(template: string): string[] {
  const hints = [...new Set(numbersIn(template))].sort((a, b) => a - b).map((number) => `$${number}`)
  return template.includes("$ARGUMENTS") ? [...hints, "$ARGUMENTS"] : hints
}

/** The arguments of a command, as its template wants them. */
export interface Arguments {
  /** The text as it was given: `$ARGUMENTS`. */
  text: string
  /** `$1`, `$2`, ...: single words; quotes keep words together and are dropped. The last that the template names is all the rest. */
  words: string[]
}

/** Splits what was typed after a command's name for a template. */
export function splitArguments(template: string, text: string): Arguments {
  const words = [...text.matchAll(WORD)].map(([word, double, single]) => double ?? single ?? word)
  const last = Math.max(0, ...numbersIn(template))
  if (last === 0) return { text, words }
  return { text, words: [...words.slice(0, last - 1), words.slice(last - 1).join(" ")] }
}

/** Puts the arguments into a piece of a template, in one pass: what an argument brings in is not looked at again. */
export const fillArguments = (piece: string, { text, words }: Arguments): string =>
  piece.replace(PLACEHOLDER, (_, digits: string | undefined) =>
    digits === undefined ? text : (words[Number(digits) - 1] ?? ""),
  )

const numbersIn = (template: string) =>
  [...template.matchAll(PLACEHOLDER)].flatMap(([, digits]) => (digits === undefined ? [] : [Number(digits)]))
