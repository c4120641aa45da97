import { describe, expect, test } from "bun:test"
import { appState } from "../../src/instance/state"
import { testInstance } from "../helper/instance"

describe("appState", () => {
  test("is made once for each app, with that app", async () => {
    await using one = await testInstance()
    await using other = await testInstance()
    const state = appState((app) => ({ app }))
    expect(state(one.app)).toBe(state(one.app))
    expect(state(one.app).app).toBe(one.app)
    expect(state(other.app).app).toBe(other.app)
  })

  test("is one promise for all who ask while it is made; one that rejects is made again by the next", async () => {
    await using it = await testInstance()
    let made = 0
    const state = appState(async () => {
      made++
      if (made === 1) throw new Error("Not yet")
      return made
    })
    const [first, second] = [state(it.app), state(it.app)]
    expect(second).toBe(first)
    expect(first).rejects.toThrow("Not yet")
    await first.catch(() => {})
    expect(await state(it.app)).toBe(2)
    expect(await state(it.app)).toBe(2)
  })
})
