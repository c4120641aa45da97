import { expect, test } from "bun:test"
import { notFound } from "../../src/base/error"
import { waitingResponse } from "../../src/server/waiting-response"
import { testServer } from "../helper/server"

const PATIENCE = 20
const request = new Request("http://localhost/session/ses_x/message")

test("what is there soon is answered as it is, errors with their status", async () => {
  await using it = await testServer({ git: false })
  const answer = await waitingResponse(it.app, request, Promise.resolve({ a: 1 }), PATIENCE)
  expect(await answer.text()).toBe('{"a":1}')
  const refused = waitingResponse(it.app, request, Promise.reject(notFound("Session not found: ses_x")), PATIENCE)
  await expect(refused).rejects.toThrow("Session not found: ses_x")
})

test("until a late answer comes, spaces keep the connection alive", async () => {
  await using it = await testServer({ git: false })
  const late = Promise.withResolvers<unknown>()
  const response = await waitingResponse(it.app, request, late.promise, PATIENCE)
  expect(response.status).toBe(200)
  const reader = response.body!.getReader()
  let text = ""
  for (let count = 0; count < 4; count++) text += new TextDecoder().decode((await reader.read()).value)
  expect(text).toBe("    ")
  late.resolve({ info: "ü" })
  for (let read = await reader.read(); !read.done; read = await reader.read())
    text += new TextDecoder().decode(read.value)
  expect(JSON.parse(text)).toEqual({ info: "ü" })
})

test("a late failure breaks the answer off and is logged", async () => {
  await using it = await testServer({ git: false })
  const late = Promise.withResolvers<unknown>()
  const response = await waitingResponse(it.app, request, late.promise, PATIENCE)
  const body = response.text().then(
    () => "an answer",
    () => "broken off",
  )
  late.reject(new Error("disk full"))
  expect(await body).toBe("broken off")
  expect(it.log.join("")).toContain("disk full")
})

test("the work goes on when the client goes away", async () => {
  await using it = await testServer({ git: false })
  const late = Promise.withResolvers<unknown>()
  const response = await waitingResponse(it.app, request, late.promise, PATIENCE)
  await response.body!.cancel()
  late.resolve({ a: 1 })
  await late.promise
  expect(it.log.filter((line) => line.includes("ERROR"))).toEqual([])
})
