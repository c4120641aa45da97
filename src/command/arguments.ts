const PLACEHOLDER = /\$(?:(\d+)|ARGUMENTS)/g
const WORD = /"([^"]*)"|'([^']*)'|[^\s"']+/g

/** What a template asks for: `$1`, `$2`, ... in their order, then `$ARGUMENTS`. */
export function placeholders(template: string): string[] {
  const hints = [...new Set(numbersIn(template))].sort((a, b) => a - b).map((number) => `$${number}`)
  return template.includes("$ARGUMENTS") ? [...hints, "$ARGUMENTS"] : hints
}

/**
 * The function that fills pieces of a template: `$1`, `$2`, ... are single words (quotes keep words together and are
 * dropped), the highest number in the whole template takes all the rest, `$ARGUMENTS` is the text as it was given.
 */
export function argumentFiller(template: string, text: string): (piece: string) => string {
  const words = [...text.matchAll(WORD)].map(([word, double, single]) => double ?? single ?? word)
  const highest = Math.max(...numbersIn(template))
  // One pass: what an argument brings in is not looked at again.
  return (piece) =>
    piece.replace(PLACEHOLDER, (_, digits: string | undefined) => {
      if (digits === undefined) return text
      const at = Math.max(Number(digits) - 1, 0)
      return Number(digits) === highest ? words.slice(at).join(" ") : (words[at] ?? "")
    })
}

const numbersIn = (template: string) =>
  [...template.matchAll(PLACEHOLDER)].flatMap(([, digits]) => (digits === undefined ? [] : [Number(digits)]))
