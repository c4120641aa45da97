/** Every tag that a share page may have, with its attributes. */
const ALLOWED: Record<string, string[]> = {
  a: ["href", "target", "rel"],
  article: ["class", "id", "data-order"],
  body: ["data-live"],
  details: ["class", "data-key", "open"],
  div: ["class", "id", "data-order"],
  header: ["id"],
  html: ["lang"],
  img: ["src", "alt"],
  li: ["class"],
  main: ["id"],
  meta: ["charset", "name", "content"],
  ol: ["start"],
  p: ["class", "id", "hidden"],
  pre: ["class"],
  span: ["class"],
  time: ["datetime"],
  ul: ["class"],
}
const PLAIN =
  "b blockquote code dd del dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 head hr ins strong summary table tbody td th thead title tr".split(
    " ",
  )

/**
 * What in HTML is not as it must be: tags, attributes and addresses that could do or load something. Empty when all is
 * well; a whole page has its own style and script.
 */
export function faultsOf(html: string): string[] {
  const faults: string[] = []
  new HTMLRewriter()
    .on("*", {
      element({ tagName, attributes }) {
        const allowed = ALLOWED[tagName] ?? (PLAIN.includes(tagName) ? [] : undefined)
        if (!allowed) return void faults.push(`<${tagName}>`)
        for (const [name, value] of attributes) {
          if (!allowed.includes(name)) faults.push(`<${tagName} ${name}>`)
          if (name === "href" && !/^(https?:\/\/|\?)/.test(value)) faults.push(`href=${value}`)
          if (name === "src" && !/^data:image\/(png|jpeg|gif|webp);/.test(value)) faults.push(`src=${value}`)
        }
      },
    })
    .transform(html)
  return faults
}

/** The texts of all elements that fit a selector. */
export function textsOf(html: string, selector: string): string[] {
  const texts: string[] = []
  new HTMLRewriter()
    .on(selector, {
      element: () => void texts.push(""),
      text: ({ text }) => void texts.push(`${texts.pop() ?? ""}${text}`),
    })
    .transform(html)
  return texts.map((text) => text.trim())
}
