import { describe, expect, test } from "bun:test"
import { WireError } from "../../src/base/error"
import { newID } from "../../src/base/id"
import { disposeInstance, type Instance } from "../../src/instance/instance"
import { PermissionCorrectedError, PermissionDeniedError, PermissionRejectedError } from "../../src/permission/errors"
import { rulesFromConfig } from "../../src/permission/evaluate"
import { askPermission, cancelPermissions, listPermissions, replyPermission } from "../../src/permission/permission"
import { listen } from "../helper/heard"
import { testInstance } from "../helper/instance"

const ask = (instance: Instance, sessionID: string, command: string, fields: object = {}) => {
  const asking = askPermission(instance, {
    sessionID,
    permission: "bash",
    patterns: [command],
    always: [`${command.split(" ")[0]} *`],
    metadata: { command },
    rules: rulesFromConfig({ bash: "ask" }),
    signal: new AbortController().signal,
    ...fields,
  })
  asking.catch(() => {})
  return asking
}
const onlyRequest = (instance: Instance) => {
  const [request, ...more] = listPermissions(instance)
  if (!request || more.length > 0) throw new Error("not exactly one request")
  return request
}

describe("askPermission", () => {
  test("neither asks nor waits when rules allow, and says which rules deny", async () => {
    await using it = await testInstance()
    const heard = listen(it.instance)
    const sessionID = newID("session")
    const config = { "*": "allow", bash: { "rm *": "deny" }, read: "ask" } as const
    const rules = rulesFromConfig(config)
    await ask(it.instance, sessionID, "ls", { rules })
    await expect(ask(it.instance, sessionID, "x", { rules, patterns: ["ls", "rm x"] })).rejects.toThrow(
      new PermissionDeniedError([
        { permission: "*", action: "allow", pattern: "*" },
        { permission: "bash", pattern: "rm *", action: "deny" },
      ]),
    )
    expect(heard("permission.asked")).toEqual([])
  })

  test("once lets exactly this call go on", async () => {
    await using it = await testInstance()
    const heard = listen(it.instance)
    const sessionID = newID("session")
    const asking = ask(it.instance, sessionID, "ls -l", { tool: { messageID: "msg_1", callID: "call_1" } })
    const request = onlyRequest(it.instance)
    expect(request).toEqual({
      id: request.id,
      sessionID,
      permission: "bash",
      patterns: ["ls -l"],
      always: ["ls *"],
      metadata: { command: "ls -l" },
      tool: { messageID: "msg_1", callID: "call_1" },
    })
    expect(heard("permission.asked")).toEqual([request])
    replyPermission(it.instance, request.id, "once")
    await asking
    expect(heard("permission.replied")).toEqual([{ sessionID, requestID: request.id, reply: "once" }])
    expect(listPermissions(it.instance)).toEqual([])

    ask(it.instance, sessionID, "ls -l")
    expect(listPermissions(it.instance)).toHaveLength(1)
  })

  test("a reply to what does not wait is a 404", async () => {
    await using it = await testInstance()
    const asking = ask(it.instance, newID("session"), "ls")
    const { id } = onlyRequest(it.instance)
    replyPermission(it.instance, id, "once")
    await asking
    expect(() => replyPermission(it.instance, id, "once")).toThrow(
      new WireError(404, {}, `Permission request not found: ${id}`),
    )
  })

  test("always holds for all sessions, releases those of its own that it covers and no others", async () => {
    await using it = await testInstance()
    const heard = listen(it.instance)
    const [one, two] = [newID("session"), newID("session")]
    const first = ask(it.instance, one, "git status")
    const same = ask(it.instance, one, "git log")
    ask(it.instance, one, "rm x")
    ask(it.instance, two, "git log")
    const [request] = listPermissions(it.instance)
    replyPermission(it.instance, request?.id ?? "", "always")
    await Promise.all([first, same])
    expect(listPermissions(it.instance).map((each) => [each.sessionID, each.patterns])).toEqual([
      [one, ["rm x"]],
      [two, ["git log"]],
    ])
    expect(heard("permission.replied").map((each) => each.reply)).toEqual(["always", "always"])
    await ask(it.instance, two, "git diff")
  })

  test("reject refuses all that the session waits for", async () => {
    await using it = await testInstance()
    const heard = listen(it.instance)
    const [one, two] = [newID("session"), newID("session")]
    const asking = [ask(it.instance, one, "a"), ask(it.instance, one, "b")]
    ask(it.instance, two, "c")
    replyPermission(it.instance, listPermissions(it.instance)[0]?.id ?? "", "reject")
    for (const each of asking) await expect(each).rejects.toThrow(PermissionRejectedError)
    expect(onlyRequest(it.instance).sessionID).toBe(two)
    expect(heard("permission.replied").map((each) => each.reply)).toEqual(["reject", "reject"])
  })

  test("reject with a message hands the message to the model", async () => {
    await using it = await testInstance()
    const asking = ask(it.instance, newID("session"), "a")
    replyPermission(it.instance, onlyRequest(it.instance).id, "reject", "Use b.")
    await expect(asking).rejects.toThrow(new PermissionCorrectedError("Use b."))
    await expect(asking).rejects.toThrow(
      "The user rejected permission to use this specific tool call with the following feedback: Use b.",
    )
  })

  test("home is written as ~ or $HOME in rules", async () => {
    await using it = await testInstance()
    const rules = rulesFromConfig({ external_directory: { "~/a/*": "allow", "$HOME/b/*": "deny" } })
    const query = { permission: "external_directory", rules }
    await ask(it.instance, newID("session"), "", { ...query, patterns: [`${it.app.paths.home}/a/*`] })
    await expect(
      ask(it.instance, newID("session"), "", { ...query, patterns: [`${it.app.paths.home}/b/c/*`] }),
    ).rejects.toThrow(PermissionDeniedError)
  })
})

describe("nothing waits for ever", () => {
  test("an abort takes the request back", async () => {
    await using it = await testInstance()
    const heard = listen(it.instance)
    const abort = new AbortController()
    const asking = ask(it.instance, newID("session"), "a", { signal: abort.signal })
    const { id, sessionID } = onlyRequest(it.instance)
    abort.abort(new Error("stopped"))
    await expect(asking).rejects.toThrow("stopped")
    expect(listPermissions(it.instance)).toEqual([])
    expect(heard("permission.replied")).toEqual([{ sessionID, requestID: id, reply: "reject" }])
    await expect(ask(it.instance, sessionID, "a", { signal: abort.signal })).rejects.toThrow("stopped")
    expect(heard("permission.asked")).toHaveLength(1)
  })

  test("so does the end of the session", async () => {
    await using it = await testInstance()
    const [one, two] = [newID("session"), newID("session")]
    const asking = ask(it.instance, one, "a")
    ask(it.instance, two, "a")
    cancelPermissions(it.instance, one)
    await expect(asking).rejects.toThrow(PermissionRejectedError)
    expect(onlyRequest(it.instance).sessionID).toBe(two)
  })

  test("and that of the instance, with its approvals", async () => {
    await using it = await testInstance()
    const heard = listen(it.instance)
    const asking = ask(it.instance, newID("session"), "a")
    await disposeInstance(it.instance)
    await expect(asking).rejects.toThrow(PermissionRejectedError)
    expect(heard("permission.replied")).toHaveLength(1)
    await expect(ask(it.instance, newID("session"), "a")).rejects.toThrow()
  })
})
