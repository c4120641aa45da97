import { expect, test } from "bun:test"
import { script } from "../helper/script"
import { testServer } from "../helper/server"

test("the events of a run arrive before its answer, however fast it was", async () => {
  await using it = await testServer({ git: false })
  const stream = await it.stream("/event")
  const { body: session } = await it.call("POST", "/session", {})
  const model = { providerID: "demo", modelID: "script" }
  for (let turn = 0; turn < 5; turn++) {
    let heard = false
    const idle = stream
      .until(({ data }) => data.type === "session.idle")
      .then(() => {
        heard = true
      })
    await it.call("POST", `/session/${session.id}/message`, { model, ...script("Quick.") })
    expect(heard).toBe(true)
    await idle
  }
})
