import { acceptsGzip } from "../respond"

// Swagger UI, not the Scalar bundle of the Elysia plugins: that loads fonts, a proxy and more from foreign hosts and is
// two and a half times the size. These pages work offline, and the policy makes sure that they ask nobody else.
const POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>opencode API</title>
    <link rel="stylesheet" href="/doc/swagger-ui.css" />
  </head>
  <body>
    <main id="explorer"><noscript>The document is at <a href="/doc?format=json">/doc</a>.</noscript></main>
    <script src="/doc/swagger-ui.js"></script>
    <script src="/doc/start.js"></script>
  </body>
</html>
`

const START = `SwaggerUIBundle({
  url: "/doc?format=json",
  dom_id: "#explorer",
  deepLinking: true,
  docExpansion: "none",
  validatorUrl: null,
})
`

/** The page of the explorer. */
export const explorerPage = () =>
  new Response(PAGE, {
    headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY, vary: "Accept" },
  })

/** The script that starts the explorer. */
export const startScript = () => new Response(START, { headers: { "content-type": SCRIPT } })

/** The explorer's program. */
export const explorerScript = async (request: Request) =>
  asset((await import("swagger-ui-dist/swagger-ui-bundle.js", { with: { type: "file" } })).default, SCRIPT, request)

/** The explorer's style. */
export const explorerStyle = async (request: Request) =>
  asset((await import("swagger-ui-dist/swagger-ui.css", { with: { type: "file" } })).default, STYLE, request)

const SCRIPT = "text/javascript; charset=utf-8"
const STYLE = "text/css; charset=utf-8"
const compressed = new Map<string, Uint8Array<ArrayBuffer>>()

async function asset(path: string, contentType: string, request: Request): Promise<Response> {
  const headers = { "content-type": contentType, "cache-control": "max-age=3600", vary: "Accept-Encoding" }
  if (!acceptsGzip(request.headers.get("accept-encoding"))) return new Response(Bun.file(path), { headers })
  const bytes = compressed.get(path) ?? Bun.gzipSync(await Bun.file(path).bytes())
  compressed.set(path, bytes)
  return new Response(bytes, { headers: { ...headers, "content-encoding": "gzip" } })
}
