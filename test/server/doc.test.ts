import { describe, expect, test } from "bun:test"
import SwaggerParser from "@apidevtools/swagger-parser"
import { Validator } from "@seriousme/openapi-schema-validator"
import { testServer } from "../helper/server"

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

test("the document is valid OpenAPI 3.1 and describes what is mounted", async () => {
  await using it = await testServer({ git: false })
  const { body: document } = await it.call("GET", "/doc")
  expect(document).toMatchObject({ openapi: "3.1.0", info: { version: "0.0.0-test" } })
  expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true })
  await SwaggerParser.validate(structuredClone(document))

  expect(document.paths["/global/health"].get).toMatchObject({ operationId: "global.health", tags: ["global"] })
  expect(document.paths["/permission/{requestID}/reply"].post.parameters).toMatchObject([
    { in: "path", name: "requestID", required: true, schema: { type: "string", pattern: "^per" } },
    { in: "query", name: "directory", required: false },
    { in: "query", name: "workspace", required: false },
  ])
  expect(Object.keys(document.paths["/event"].get.responses["200"].content)).toEqual(["text/event-stream"])
  expect(document.paths["/session/{sessionID}/prompt_async"].post.responses["204"].content).toBeUndefined()
  const components = document.components.schemas
  expect(Object.keys(components)).toEqual(
    expect.arrayContaining([
      "Event",
      "EventSessionCreated",
      "Event.tui.prompt.append",
      "GlobalEvent",
      "SyncEventMessageUpdated",
    ]),
  )
  expect(components.Event.anyOf).toContainEqual({ $ref: "#/components/schemas/EventSessionCreated" })
  expect(JSON.stringify(document)).not.toContain("$id")
})

test("every operation has an id of its own, words for people, and the errors it can give", async () => {
  await using it = await testServer({ git: false })
  const { body: document } = await it.call("GET", "/doc")
  const paths: Record<string, Record<string, { operationId: string; responses: object }>> = document.paths
  const operations = Object.values(paths).flatMap((path) => Object.values(path))
  const ids = operations.map((operation) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
  for (const operation of operations) {
    expect(operation).toMatchObject({ summary: expect.any(String), tags: [expect.any(String)] })
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(["400", "401", "500"]))
  }
})

describe("who gets what", () => {
  test.each([
    [BROWSER, "text/html"],
    ["text/html", "text/html"],
    ["application/json, text/html;q=0.9", "application/json"],
    ["application/json, text/html", "application/json"],
    ["*/*", "application/json"],
    ["text/html;q=0, */*", "application/json"],
    [undefined, "application/json"],
  ])("Accept %p: %s", async (accept, type) => {
    await using it = await testServer({ git: false })
    const response = await fetch(`${it.url}/doc`, { headers: { ...(accept && { accept }) } })
    expect(response.headers.get("content-type")).toStartWith(type)
    expect(response.headers.get("vary")).toContain("Accept")
  })

  test("a client that has the document already is told so", async () => {
    await using it = await testServer({ git: false })
    const etag = (await it.call("GET", "/doc")).headers.get("etag") ?? ""
    expect(await it.call("GET", "/doc", undefined, { "if-none-match": etag })).toMatchObject({
      status: 304,
      body: undefined,
    })
    expect((await it.call("GET", "/doc", undefined, { "if-none-match": '"other"' })).status).toBe(200)
  })
})

test("the explorer asks nobody but this server", async () => {
  await using it = await testServer({ git: false })
  const page = await it.call("GET", "/doc", undefined, { accept: BROWSER })
  expect(page.headers.get("content-security-policy")).toContain("default-src 'self'")
  const links = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link)
  expect(links.length).toBeGreaterThan(3)
  for (const link of links) {
    expect(link).toStartWith("/")
    expect((await it.call("GET", link)).status).toBe(200)
  }
  for (const encoding of ["gzip", "identity"]) {
    const response = await fetch(`${it.url}/doc/swagger-ui.js`, { headers: { "accept-encoding": encoding } })
    expect(await response.text()).toContain("SwaggerUIBundle")
  }
})
