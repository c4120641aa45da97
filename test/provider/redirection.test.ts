import { expect, test } from "bun:test"
import { testServer } from "../helper/server"
import { eventStream, startVendor, type Vendor } from "../helper/vendor"

const KEY = "s3cret-value-of-the-user"
const HELLO = [{ choices: [{ index: 0, delta: { content: "Hello" }, finish_reason: "stop" }] }, "[DONE]"]
const sendOn = (status: number, location: string) => new Response(null, { status, headers: { location } })

/** The answer to one prompt from a vendor. */
async function answerOf({ url }: Vendor, npm = "@ai-sdk/openai-compatible") {
  const v = { npm, options: { baseURL: url, apiKey: KEY }, models: { m: {} } }
  await using server = await testServer({ git: false, config: { provider: { v } } })
  const { body: session } = await server.call("POST", "/session", { title: "Tea" })
  const { body } = await server.call("POST", `/session/${session.id}/message`, {
    model: { providerID: "v", modelID: "m" },
    parts: [{ type: "text", text: "Hi" }],
  })
  return body
}

test.each([
  ["@ai-sdk/openai-compatible", 307],
  ["@ai-sdk/openai-compatible", 302],
  ["@ai-sdk/anthropic", 308],
])("%s does not follow %d to another host: the key is not for it", async (npm, status) => {
  await using other = startVendor(() => eventStream(HELLO))
  const elsewhere = `${other.url.replace("127.0.0.1", "localhost")}/taken`
  await using vendor = startVendor(() => sendOn(status, elsewhere))
  expect((await answerOf(vendor, npm)).info.error).toMatchObject({
    name: "APIError",
    data: { statusCode: status, isRetryable: false, message: expect.stringContaining(elsewhere) },
  })
  expect(vendor.requests).toHaveLength(1)
  expect(other.requests).toEqual([])
})

test("within its host a call is sent on as it was", async () => {
  await using vendor = startVendor(({ path }) =>
    path === "/v1/chat/completions" ? sendOn(307, "/v2/chat") : eventStream(HELLO),
  )
  expect((await answerOf(vendor)).parts).toContainEqual(expect.objectContaining({ type: "text", text: "Hello" }))
  const [first, second] = vendor.requests
  expect([first?.path, second?.path]).toEqual(["/v1/chat/completions", "/v2/chat"])
  expect(second?.headers.get("authorization")).toBe(`Bearer ${KEY}`)
  expect(second?.body).toEqual(first?.body)
})

test("a vendor that goes round in a circle is left", async () => {
  await using vendor = startVendor(() => sendOn(307, "/v1/again"))
  expect((await answerOf(vendor)).info.error.data).toMatchObject({ statusCode: 307, isRetryable: false })
  expect(vendor.requests).toHaveLength(6)
})
