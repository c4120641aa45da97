import { html, htmlText, type Markup, trusted } from "./markup"

/** Longer texts are shown as they are: what is meant to be read is shorter. */
const MAX_LENGTH = 200_000
/** Nothing is quoted that often; the parser's time grows with the square of it. */
const DEEP_QUOTE = /^(?:[ \t*+\-\d.]*>){30}/m
const DEEP_LIST = /^(?:[ \t]*(?:[*+-]|\d+[.)])[ \t]+){30}/m
const IMAGE = /^data:image\/(png|jpeg|gif|webp);base64,[\w+/=]+$/

const wrap = (tag: string) => (children: string) => `<${tag}>${children}</${tag}>`
const callbacks: Bun.markdown.RenderCallbacks = {
  text: (text) => Bun.escapeHTML(text),
  // HTML in a text is text.
  html: (text) => Bun.escapeHTML(text),
  heading: (children, { level }) => wrap(`h${Math.min(level + 1, 6)}`)(children),
  paragraph: wrap("p"),
  blockquote: wrap("blockquote"),
  code: (children) => `<pre><code>${children}</code></pre>`,
  codespan: wrap("code"),
  strong: wrap("strong"),
  emphasis: wrap("em"),
  strikethrough: wrap("del"),
  hr: () => "<hr>",
  list: (children, { ordered, start }) =>
    ordered ? `<ol start="${Number(start ?? 1)}">${children}</ol>` : `<ul>${children}</ul>`,
  listItem: (children, { checked }) =>
    checked === undefined ? `<li>${children}</li>` : `<li class="task">${checked ? "☑" : "☐"} ${children}</li>`,
  table: (children) => `<div class="table"><table>${children}</table></div>`,
  thead: wrap("thead"),
  tbody: wrap("tbody"),
  tr: wrap("tr"),
  th: wrap("th"),
  td: wrap("td"),
  link: (children, { href }) => htmlText(link(href, trusted(children))),
  image: (children, { src }) =>
    htmlText(IMAGE.test(src) ? html`<img src="${src}" alt="">` : link(src, trusted(children || "image"))),
}

/** A text that somebody or a model wrote, as HTML. Nothing in it is loaded from anywhere, and its own HTML is text. */
export function markdown(text: string): Markup {
  if (text.length > MAX_LENGTH || DEEP_QUOTE.test(text) || DEEP_LIST.test(text)) return html`<p>${text}</p>`
  const options = { noHtmlBlocks: true, noHtmlSpans: true, autolinks: { url: true } }
  return trusted(Bun.markdown.render(text, callbacks, options))
}

/** A link if it leads to the web; otherwise what it would say. */
function link(href: string, children: Markup): Markup {
  const url = URL.parse(href)
  if (url?.protocol !== "https:" && url?.protocol !== "http:") return children
  return html`<a href="${url.href}" target="_blank" rel="noopener noreferrer nofollow">${children}</a>`
}
