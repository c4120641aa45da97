import script from "./client.js" with { type: "text" }
import { html, htmlText, type Markup, trusted } from "./markup"
import style from "./style.css" with { type: "text" }

export interface PageDocument {
  title: string
  body: Markup
  /** The page follows its session; the number is the state of the store it was made from. */
  live?: number
}

/** A whole document. It needs nothing else: script and style are in it. */
export const pageDocument = ({ title, body, live }: PageDocument): string =>
  `<!doctype html>\n${htmlText(html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex, nofollow">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body${live !== undefined && html` data-live="${live}"`}>
${body}
<p class="notice" id="notice" hidden></p>
<script>${trusted(script)}</script>
</body>
</html>
`)}`

/** The page that a link leads to when it leads nowhere (any more). */
export const missingPage = (): string =>
  pageDocument({
    title: "Nothing is shared here",
    body: html`<header id="head"><h1>Nothing is shared here</h1><p>The link is wrong, or the conversation is no longer shared.</p></header>`,
  })

/**
 * What the answers of a share page say to browsers and crawlers. Only the script and the style of the page itself run, by
 * their hashes; the page is sandboxed, so that it has no rights on this server, whatever got into it. Its own requests
 * come from an origin of its own then: every origin may read them, who knows the link may know what it shows.
 */
export function pageHeaders(): Record<string, string> {
  headers ??= {
    "access-control-allow-origin": "*",
    "cache-control": "no-store",
    "content-security-policy": [
      "default-src 'none'",
      `script-src '${hashOf(script)}'`,
      `style-src '${hashOf(style)}'`,
      "img-src data:",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox",
    ].join("; "),
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
  }
  return headers
}
let headers: Record<string, string> | undefined

const hashOf = (text: string) => `sha256-${new Bun.CryptoHasher("sha256").update(text).digest("base64")}`
