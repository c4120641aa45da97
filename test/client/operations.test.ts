import { expect, test } from "bun:test"
import { OpencodeClient } from "@opencode-ai/sdk/v2/client"
import { allRoutes } from "../../src/server/all-routes"
import { testServer } from "../helper/server"

test("the document describes every route, each in full", async () => {
  await using it = await testServer({ git: false })
  const { body } = await it.call("GET", "/doc")
  expect(allRoutes.length).toBeGreaterThan(100)
  const wanted = allRoutes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`)
  expect(
    operationsOf(body)
      .map(({ key }) => key)
      .sort(),
  ).toEqual(wanted.sort())
  for (const { key, operation } of operationsOf(body)) {
    const { operationId, tags, summary, responses } = operation
    expect([key, operationId, tags?.[0], summary], key).not.toContain(undefined)
    const good = Object.keys(responses ?? {}).filter((status) => /^[23]|^101/.test(status))
    expect(good.length, key).toBe(1)
  }
})

test("operations have the names of the official client's methods, so that a generated client is called the same", async () => {
  await using it = await testServer({ git: false })
  const { body } = await it.call("GET", "/doc")
  const methods = new Map(listMethods().map(({ key, name }) => [key, name]))
  expect(methods.size).toBeGreaterThan(150)
  const known = operationsOf(body).filter(({ key }) => methods.has(key))
  expect(known.length).toBeGreaterThan(100)
  for (const { key, operation } of known)
    expect(camelCase(operation.operationId ?? ""), key).toBe(methods.get(key) ?? "")
})

interface Operation {
  operationId?: string
  tags?: string[]
  summary?: string
  responses?: object
}

const operationsOf = ({ paths }: { paths: Record<string, Record<string, Operation>> }) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ key: `${method.toUpperCase()} ${path}`, operation })),
  )

const camelCase = (id: string) => id.replace(/[_-](\w)/g, (_, letter: string) => letter.toUpperCase())

/** All methods of the client with what they request: each is called over a connection that only takes notes. */
function listMethods(): { key: string; name: string }[] {
  const methods: { key: string; name: string }[] = []
  let name = ""
  const note = (_: object, method: string | symbol): unknown =>
    method === "sse"
      ? connection
      : ({ url }: { url: string }) => void methods.push({ key: `${String(method).toUpperCase()} ${url}`, name })
  const connection = new Proxy({}, { get: note })
  const visit = (group: object, path: string[]) => {
    const members = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(group))
    for (const [key, { get, value }] of Object.entries(members)) {
      // Where a method and a group would be called the same, the generator numbers the group.
      const plain = Object.hasOwn(members, key.slice(0, -1)) ? key.slice(0, -1) : key
      if (get) visit(get.call(group), [...path, plain])
      else if (key !== "constructor") {
        name = [...path, key].join(".")
        value.call(group)
      }
    }
  }
  visit(new OpencodeClient({ client: connection as never }), [])
  return methods
}
