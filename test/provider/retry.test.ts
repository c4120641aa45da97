import { expect, test } from "bun:test"
import { runErrorOf } from "../../src/provider/error"
import { retryDelay, retryMessage } from "../../src/provider/retry"
import type { APIError, RunError } from "../../src/schema/run-error"

const refused = (data: Partial<APIError["data"]>): RunError => ({
  name: "APIError",
  data: { message: "x", isRetryable: true, statusCode: 429, ...data },
})
const unknown = (message: string): RunError => ({ name: "UnknownError", data: { message } })

test("the vendor's own wait is kept", () => {
  const delay = (responseHeaders: Record<string, string>) => retryDelay(refused({ responseHeaders }), 1, 1_000_000)
  expect(delay({ "retry-after-ms": "300", "retry-after": "60" })).toBe(300)
  expect(delay({ "retry-after": "60" })).toBe(60_000)
  expect(delay({ "retry-after": new Date(1_005_000).toUTCString() })).toBe(5_000)
  for (const after of ["99999999999", "1e999"]) expect(delay({ "retry-after": after })).toBe(2 ** 31 - 1)
  for (const after of ["soon", "", "0", "-5", new Date(0).toUTCString()])
    expect(delay({ "retry-after": after })).toBeGreaterThanOrEqual(2_000)
  expect(delay({ "retry-after-ms": "0" })).toBeGreaterThanOrEqual(2_000)
})

test("without one it doubles, with some chance, up to 30 s; five times", () => {
  for (const [attempt, base] of [
    [1, 2_000],
    [2, 4_000],
    [3, 8_000],
    [4, 16_000],
  ] as const) {
    const delay = retryDelay(refused({}), attempt)!
    expect(delay).toBeGreaterThanOrEqual(base)
    expect(delay).toBeLessThanOrEqual(base * 1.25)
  }
  expect(retryDelay(refused({}), 5)).toBe(30_000)
  expect(retryDelay(refused({}), 6)).toBeUndefined()
})

test("only what may pass is tried again", () => {
  expect(retryDelay(refused({ isRetryable: false, statusCode: 500 }), 1)).toBeDefined()
  expect(retryDelay(refused({ isRetryable: false, statusCode: 400 }), 1)).toBeUndefined()
  expect(retryDelay(refused({ isRetryable: false, statusCode: 400, message: "Rate limit reached" }), 1)).toBeDefined()
  expect(retryDelay(refused({ isRetryable: false, statusCode: 401, message: "try again" }), 1)).toBeUndefined()
  expect(retryDelay(unknown('{"message":"Overloaded","type":"server_error"}'), 1)).toBeDefined()
  expect(retryDelay(unknown("Bad request inside the stream"), 1)).toBeUndefined()
  expect(retryDelay({ name: "MessageAbortedError", data: { message: "Aborted" } }, 1)).toBeUndefined()
  expect(retryDelay({ name: "ContextOverflowError", data: { message: "timeout" } }, 1)).toBeUndefined()
})

test("no credit left is not tried again", () => {
  const error = Object.assign(new Error("You exceeded your current quota"), {
    name: "AI_APICallError",
    statusCode: 429,
    isRetryable: true,
    responseBody: '{"error":{"code":"insufficient_quota"}}',
  })
  expect(runErrorOf(error, "p")).toMatchObject({ data: { isRetryable: false } })
  expect(retryDelay(runErrorOf(error, "p"), 1)).toBeUndefined()
})

test("what the waiting session says", () => {
  expect(retryMessage(refused({ message: "Overloaded" }))).toBe("Provider is overloaded")
  expect(retryMessage(refused({ message: "Slow down" }))).toBe("Slow down")
})

test("whatever is thrown becomes an error that can be stored", () => {
  expect(runErrorOf(undefined, "p")).toEqual({ name: "UnknownError", data: { message: "undefined" } })
  expect(runErrorOf("text", "p")).toEqual({ name: "UnknownError", data: { message: "text" } })
  expect(runErrorOf(new Error(""), "p")).toEqual({ name: "UnknownError", data: { message: "Error" } })
  const missing = Object.assign(new Error("API key is missing"), { name: "AI_LoadAPIKeyError" })
  expect(runErrorOf(missing, "p")).toEqual({
    name: "ProviderAuthError",
    data: { providerID: "p", message: "API key is missing" },
  })
  expect(runErrorOf(new Error("Incorrect key sk-abcdefghijklmnop"), "p").data).toEqual({
    message: "Incorrect key [redacted]",
  })
})
