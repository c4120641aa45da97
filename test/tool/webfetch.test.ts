import { afterAll, expect, test } from "bun:test"
import { createServer } from "node:net"
import { resolveHost } from "../../src/tool/web-address"
import { testProject } from "../helper/project"
import { toolRunner } from "../helper/tools"

const PNG = Uint8Array.from([137, 80, 78, 71])
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  routes: {
    "/page": new Response("<h1>Hi</h1><script>no</script><a href='/x'>link</a>", {
      headers: { "content-type": "text/html; charset=utf-8" },
    }),
    "/json": Response.json({ a: 1 }),
    "/latin": new Response(Uint8Array.from([0xe4]), { headers: { "content-type": "text/plain; charset=iso-8859-1" } }),
    "/picture": new Response(PNG, { headers: { "content-type": "image/png" } }),
    "/binary": new Response(Uint8Array.from([1, 0, 2]), { headers: { "content-type": "application/zip" } }),
    "/large": () => new Response("x".repeat(6 * 1024 * 1024)),
    "/endless": () =>
      new Response(
        new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(512 * 1024).fill(120)) }),
      ),
    "/silent": () => new Promise<Response>(() => {}),
    "/moved": (request) => Response.redirect(new URL("/json", request.url).href),
    "/round": () => Response.redirect("/round"),
    "/metadata": () => Response.redirect("http://169.254.169.254/latest/meta-data/"),
    "/file": () => Response.redirect("file:///etc/passwd"),
    "/host": (request) => new Response(`${request.headers.get("host")} ${request.headers.get("user-agent")}`),
  },
  fetch: () => new Response("none", { status: 404 }),
})
const base = `http://127.0.0.1:${server.port}`
afterAll(() => server.stop(true))

async function fetched(path: string, args: object = {}) {
  await using it = await testProject({ git: false })
  return await toolRunner(it.instance).call("webfetch", { url: path.startsWith("/") ? base + path : path, ...args })
}

test.each([
  ["/page", {}, "# Hi\n\n[link](BASE/x)", "text/html; charset=utf-8"],
  ["/page", { format: "text" }, "Hi\n\nlink", "text/html; charset=utf-8"],
  ["/page", { format: "html" }, "<h1>Hi</h1><script>no</script><a href='/x'>link</a>", "text/html; charset=utf-8"],
  ["/json", {}, '{"a":1}', "application/json;charset=utf-8"],
  ["/moved", {}, '{"a":1}', "application/json;charset=utf-8"],
  ["/latin", {}, "ä", "text/plain; charset=iso-8859-1"],
])("%s with %j is %j", async (path, args, output, type) => {
  const result = await fetched(path, args)
  expect(result).toEqual({
    title: `${base}${path} (${type})`,
    output: output.replace("BASE", base),
    metadata: { truncated: false },
  })
})

test("a picture is attached", async () => {
  const { attachments } = await fetched("/picture")
  expect(attachments).toEqual([
    { mime: "image/png", url: `data:image/png;base64,${Buffer.from(PNG).toString("base64")}` },
  ])
})

test.each([
  ["ftp://x", {}, "URL must start with http:// or https://"],
  ["http://", {}, "Not a valid URL: http://"],
  ["/nothing", {}, "StatusCode: non 2xx status code (404 GET BASE/nothing)"],
  ["/binary", {}, "Not a text: BASE/binary is application/zip"],
  ["/large", {}, "The answer is larger than 5 MB (GET BASE/large)"],
  ["/endless", {}, "The answer is larger than 5 MB (GET BASE/endless)"],
  ["/silent", { timeout: 0.1 }, "No answer within 0.1 seconds (GET BASE/silent)"],
  ["/round", {}, "Redirected more than 10 times (GET BASE/round)"],
  ["/file", {}, "Redirected to what is no web page: file:///etc/passwd"],
  ["/metadata", {}, "Not allowed: 169.254.169.254 is a link-local or metadata address"],
  ["http://169.254.169.254/", {}, "Not allowed: 169.254.169.254 is a link-local or metadata address"],
  ["http://[fd00:ec2::254]/", {}, "Not allowed: [fd00:ec2::254] is a link-local or metadata address"],
  ["http://[::ffff:a9fe:a9fe]/", {}, "Not allowed: [::ffff:a9fe:a9fe] is a link-local or metadata address"],
  ["http://0xa9fea9fe/", {}, "Not allowed: 169.254.169.254 is a link-local or metadata address"],
  ["http://unknown.invalid/", {}, "Transport error (GET http://unknown.invalid/)"],
])("%s with %j fails: %s", async (path, args, message) => {
  await expect(fetched(path, args)).rejects.toThrow(new Error(message.replaceAll("BASE", base)))
})

test("a port where nobody listens is a transport error", async () => {
  const free = createServer().listen(0, "127.0.0.1")
  await new Promise((resolve) => free.once("listening", resolve))
  const address = free.address()
  await new Promise((resolve) => free.close(resolve))
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`
  await expect(fetched(url)).rejects.toThrow(new Error(`Transport error (GET ${url})`))
})

test("a host name is asked at the address that was checked, under its own name", async () => {
  const url = `http://localhost:${server.port}/host`
  expect((await fetched(url)).output).toBe(`localhost:${server.port} Mozilla/5.0 (compatible; opencode/1.2.3)`)
})

test("permission is asked with the URL, and nothing is fetched without it", async () => {
  await using it = await testProject({ git: false })
  const run = toolRunner(it.instance, () => Promise.reject(new Error("no")))
  await expect(run.call("webfetch", { url: `${base}/json`, timeout: 5 })).rejects.toThrow("no")
  expect(run.asked).toEqual([
    {
      permission: "webfetch",
      patterns: [`${base}/json`],
      always: ["*"],
      metadata: { url: `${base}/json`, format: "markdown", timeout: 5 },
    },
  ])
})

test("an abort ends the wait", async () => {
  await using it = await testProject({ git: false })
  const run = toolRunner(it.instance)
  const fetching = run.call("webfetch", { url: `${base}/silent` })
  run.abort.abort(new Error("stopped"))
  await expect(fetching).rejects.toThrow("stopped")
})

test.each([
  ["127.0.0.1", true],
  ["[::1]", true],
  ["10.1.2.3", true],
  ["[::ffff:192.168.1.1]", true],
  ["[fc00::1]", true],
  ["8.8.8.8", false],
  ["[2001:4860:4860::8888]", false],
])("%s is private: %p", async (host, isPrivate) => {
  expect((await resolveHost(host)).map((each) => each.private)).toEqual([isPrivate])
})
