/** HTML that is safe to send. Only `html` makes it, so that nothing gets into a page without being escaped. */
export interface Markup {
  readonly [text]: string
}
const text = Symbol("text")

type Value = Markup | string | number | false | undefined | readonly Value[]

/** HTML out of a template: values are escaped, markup is put in as it is, `false` and `undefined` are nothing. */
export const html = (template: TemplateStringsArray, ...values: Value[]): Markup => ({
  [text]: String.raw({ raw: template }, ...values.map(escaped)),
})

/** The text of HTML, to be sent. */
export const htmlText = (markup: Markup) => markup[text]

/** What another program has already made HTML of. */
export const trusted = (made: string): Markup => ({ [text]: made })

function escaped(value: Value): string {
  if (value === undefined || value === false) return ""
  if (typeof value === "string" || typeof value === "number") return Bun.escapeHTML(value)
  return text in value ? value[text] : value.map(escaped).join("")
}
