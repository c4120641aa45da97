import { expect, test } from "bun:test"
import { testServer } from "../helper/server"

const lines = Array.from({ length: 30 }, (_, line) => `needle ${line}`).join("\n")

test.each([
  ["ten lines without a limit", "", 10],
  ["as many as asked for", "&limit=25", 25],
  ["no more than there are", "&limit=1000", 30],
])("GET /find answers %s", async (_, limit, count) => {
  await using it = await testServer({ files: { "hay.txt": lines } })
  const found = await it.call("GET", `/find?pattern=needle${limit}`)
  expect(found.body).toHaveLength(count)
  expect(found.body[0]).toMatchObject({ path: { text: "hay.txt" }, line_number: 1, submatches: [{ start: 0, end: 6 }] })
})

test.each([["0"], ["10001"], ["many"]])("GET /find refuses the limit %s", async (limit) => {
  await using it = await testServer()
  const answer = await it.call("GET", `/find?pattern=x&limit=${limit}`)
  expect(answer).toMatchObject({ status: 400, body: { name: "BadRequest", data: { kind: "Query" } } })
})
