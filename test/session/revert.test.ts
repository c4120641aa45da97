import { expect, test } from "bun:test"
import { newID } from "../../src/base/id"
import { disposeInstance, type Instance, openInstance } from "../../src/instance/instance"
import type { AssistantMessage, UserMessage } from "../../src/schema/message"
import { saveMessage, savePart } from "../../src/session/message"
import { afterRevert, revertSession, unrevertSession } from "../../src/session/revert"
import { createSession, getSession } from "../../src/session/session"
import { startRun } from "../../src/session/status"
import { sessionDiff, summarizeTurn } from "../../src/session/summary"
import { snapshotPatch } from "../../src/snapshot/diff"
import { trackSnapshot } from "../../src/snapshot/snapshot"
import { testRepository } from "../helper/repository"

const FILES = { "a.txt": "alpha\nbeta\ngamma\n", "docs/guide.md": "# Guide\n\nSay hello.\n" }
const TOKENS = { input: 100, output: 20, reasoning: 3, cache: { read: 2, write: 1 } }
const sums = (steps: number) => ({
  input: 100 * steps,
  output: 20 * steps,
  reasoning: 3 * steps,
  cache: { read: 2 * steps, write: steps },
})

/** A repository with a session whose turns are the given shell lines, each one step; as the loop stores them. */
async function sessionWith(lines: string[]) {
  const repo = await testRepository({ files: FILES })
  const { instance } = repo
  const { id: sessionID } = await createSession(instance, { title: "Revert" })
  const turns = []
  for (const line of lines) turns.push(await turn(instance, sessionID, () => repo.sh(line)))
  const { store } = instance.app
  const stored = await getSession(instance.app, sessionID)
  await store.commit([{ put: "session", data: { ...stored, tokens: sums(lines.length), cost: lines.length } }])
  return { ...repo, sessionID, turns }
}

async function turn(instance: Instance, sessionID: string, act: () => void) {
  const user: UserMessage = {
    id: newID("message"),
    sessionID,
    role: "user",
    time: { created: instance.app.now() },
    agent: "build",
    model: { providerID: "p", modelID: "m" },
  }
  await saveMessage(instance, user)
  await savePart(instance, { id: newID("part"), sessionID, messageID: user.id, type: "text", text: "Do it" })
  const assistant: AssistantMessage = {
    id: newID("message"),
    sessionID,
    role: "assistant",
    parentID: user.id,
    mode: "build",
    agent: "build",
    path: { cwd: instance.directory, root: instance.worktree },
    cost: 1,
    tokens: TOKENS,
    modelID: "m",
    providerID: "p",
    time: { created: instance.app.now() },
  }
  await saveMessage(instance, assistant)
  const ids = () => ({ id: newID("part"), sessionID, messageID: assistant.id })
  const before = (await trackSnapshot(instance)) ?? ""
  await savePart(instance, { ...ids(), type: "step-start", snapshot: before })
  const text = await savePart(instance, { ...ids(), type: "text", text: "First" })
  const second = await savePart(instance, { ...ids(), type: "text", text: "Second" })
  act()
  const snapshot = (await trackSnapshot(instance)) ?? ""
  await savePart(instance, { ...ids(), type: "step-finish", reason: "stop", cost: 1, tokens: TOKENS, snapshot })
  const patch = await snapshotPatch(instance, before, snapshot)
  if (patch) await savePart(instance, { ...ids(), type: "patch", ...patch })
  await summarizeTurn(instance, sessionID, user.id)
  return { userID: user.id, assistantID: assistant.id, text: text.id, second: second.id }
}

const TURNS = [
  "echo one > r1.txt",
  "echo two > r2.txt; printf 'alpha\\nBETA\\ngamma\\n' > a.txt",
  "rm docs/guide.md; echo three > r3.txt; git mv a.txt moved.txt",
]

const NAMES = ["r1.txt", "r2.txt", "r3.txt", "a.txt", "moved.txt", "docs/guide.md"]
const BETA = "alpha\nBETA\ngamma\n"

test("a turn's changes are in its user message, the session's in the session", async () => {
  await using repo = await sessionWith(TURNS.slice(0, 2))
  const { instance, sessionID, turns } = repo
  const names = async (messageID?: string) =>
    (await sessionDiff(instance, sessionID, messageID)).map(({ file }) => file)
  expect(await names(turns[0]?.userID)).toEqual(["r1.txt"])
  expect(await names(turns[1]?.userID)).toEqual(["a.txt", "r2.txt"])
  expect(await names(turns[1]?.assistantID)).toEqual([])
  expect(await names("msg_unknown")).toEqual([])
  expect(await names()).toEqual(["a.txt", "r1.txt", "r2.txt"])
  expect((await getSession(instance.app, sessionID)).summary).toEqual({ additions: 3, deletions: 1, files: 3 })
  const diffs = repo.heard("session.diff").map(({ properties }) => properties)
  expect(diffs.at(-1)).toEqual({ sessionID, diff: await sessionDiff(instance, sessionID) })
})

test("a turn that changes nothing starts no git for its summary", async () => {
  await using repo = await sessionWith(["echo one > r1.txt"])
  const { instance, sessionID } = repo
  const { userID } = await turn(instance, sessionID, () => {})
  const updates = repo.heard("message.updated", "session.updated").length
  const processes: typeof repo.app.processes = {
    ...repo.app.processes,
    run: () => Promise.reject(new Error("Nothing may be started")),
  }
  Object.assign(repo.app, { processes })
  await summarizeTurn(instance, sessionID, userID)
  expect(repo.heard("message.updated", "session.updated")).toHaveLength(updates)
  expect(repo.heard("session.diff").at(-1)?.properties).toMatchObject({ diff: [{ file: "r1.txt" }] })
})

test("revert takes files back to before a message, unrevert gives them back", async () => {
  await using repo = await sessionWith(TURNS)
  const { instance, sessionID, turns } = repo
  const files = () => Promise.all(NAMES.map(repo.read))
  expect(await files()).toEqual(["one\n", "two\n", "three\n", null, BETA, null])
  const before = await trackSnapshot(instance)

  const reverted = await revertSession(instance, sessionID, { messageID: turns[1]?.userID ?? "" })
  expect(await files()).toEqual(["one\n", null, null, FILES["a.txt"], null, FILES["docs/guide.md"]])
  expect(reverted.revert).toMatchObject({ messageID: turns[1]?.userID, snapshot: before })
  expect(reverted.revert?.diff).toContain("diff --git a/r3.txt b/r3.txt\ndeleted file mode 100644\n")
  expect(reverted.revert?.diff).toEndWith("\n-three")
  expect(reverted.summary?.files).toBe(5)
  expect(await getSession(instance.app, sessionID)).toEqual(reverted)
  expect((await sessionDiff(instance, sessionID)).map(({ file }) => file)).toEqual(["r1.txt"])
  expect(await instance.app.store.listMessages(sessionID)).toHaveLength(6)
  const [diff, updated] = repo.heard("session.diff", "session.updated").slice(-2)
  expect([diff?.type, updated?.type]).toEqual(["session.diff", "session.updated"])

  const back = await unrevertSession(instance, sessionID)
  expect(back.revert).toBeUndefined()
  // What the revert brought back stays.
  expect(await files()).toEqual(["one\n", "two\n", "three\n", FILES["a.txt"], BETA, FILES["docs/guide.md"]])
  expect(await unrevertSession(instance, sessionID)).toEqual(back)
})

test("a second revert starts from the files before the first, also after a restart", async () => {
  await using repo = await sessionWith(TURNS.slice(0, 2))
  const { instance, sessionID, turns, app } = repo
  const first = await revertSession(instance, sessionID, { messageID: turns[0]?.userID ?? "" })
  expect([await repo.read("r1.txt"), await repo.read("r2.txt")]).toEqual([null, null])
  await disposeInstance(instance)
  const again = await openInstance(app, repo.project)
  const second = await revertSession(again, sessionID, { messageID: turns[1]?.userID ?? "" })
  expect(second.revert?.snapshot).toBe(first.revert?.snapshot)
  expect([await repo.read("r1.txt"), await repo.read("r2.txt")]).toEqual(["one\n", null])
  await unrevertSession(again, sessionID)
  expect([await repo.read("r1.txt"), await repo.read("r2.txt")]).toEqual(["one\n", "two\n"])
})

test("the point of a revert moves to the user's message unless something was said before", async () => {
  await using repo = await sessionWith(TURNS.slice(0, 2))
  const { instance, sessionID, turns } = repo
  const [, { userID = "", assistantID = "", text = "", second = "" } = {}] = turns
  const point = async (messageID: string, partID?: string) => {
    const { revert } = await revertSession(instance, sessionID, { messageID, ...(partID && { partID }) })
    return [revert?.messageID, revert?.partID]
  }
  expect(await point(assistantID)).toEqual([userID, undefined])
  expect(await point(assistantID, text)).toEqual([userID, undefined])
  expect(await point(assistantID, second)).toEqual([assistantID, second])
})

test("an unknown message changes nothing, a busy session refuses", async () => {
  await using repo = await sessionWith(TURNS.slice(0, 1))
  const { instance, sessionID, turns } = repo
  const session = await getSession(instance.app, sessionID)
  expect(await revertSession(instance, sessionID, { messageID: "msg_unknown" })).toEqual(session)
  expect(revertSession(instance, "ses_unknown", { messageID: "msg_x" })).rejects.toMatchObject({ status: 404 })
  const gate = Promise.withResolvers<void>()
  const { done } = startRun(instance, sessionID, () => gate.promise)
  const messageID = turns[0]?.userID ?? ""
  expect(revertSession(instance, sessionID, { messageID })).rejects.toMatchObject({ status: 409 })
  expect(unrevertSession(instance, sessionID)).rejects.toMatchObject({ status: 409 })
  gate.resolve()
  await done
  expect(await repo.read("r1.txt")).toBe("one\n")
})

test("the next prompt makes it final: messages and their cost are gone", async () => {
  await using repo = await sessionWith(TURNS)
  const { instance, sessionID, turns } = repo
  const reverted = await revertSession(instance, sessionID, { messageID: turns[1]?.userID ?? "" })
  await afterRevert(instance, reverted, async () => {})
  const session = await getSession(instance.app, sessionID)
  expect(session.revert).toBeUndefined()
  expect([session.tokens, session.cost]).toEqual([sums(1), 1])
  const left = (await instance.app.store.listMessages(sessionID)).map(({ info }) => info.id)
  expect(left).toEqual([turns[0]?.userID ?? "", turns[0]?.assistantID ?? ""])
  const gone = turns.slice(1).flatMap(({ userID, assistantID }) => [userID, assistantID])
  expect(repo.heard("message.removed").map(({ properties }) => properties)).toEqual(
    gone.map((messageID) => ({ sessionID, messageID })),
  )
  const events = repo.heard("session.updated").length
  await afterRevert(instance, session, async () => {})
  expect(repo.heard("session.updated")).toHaveLength(events)
  expect((await sessionDiff(instance, sessionID)).map(({ file }) => file)).toEqual(["r1.txt"])
})

test("with a part the message stays, without what follows the part", async () => {
  await using repo = await sessionWith(TURNS.slice(0, 2))
  const { instance, sessionID, turns } = repo
  const { assistantID = "", second = "" } = turns[0] ?? {}
  const reverted = await revertSession(instance, sessionID, { messageID: assistantID, partID: second })
  expect([await repo.read("r1.txt"), await repo.read("r2.txt")]).toEqual([null, null])
  await afterRevert(instance, reverted, async () => {})
  const left = await instance.app.store.listMessages(sessionID)
  expect(left.map(({ info }) => info.id)).toEqual([turns[0]?.userID ?? "", assistantID])
  expect(left[1]?.parts.map(({ type }) => type)).toEqual(["step-start", "text"])
  expect(repo.heard("message.part.removed")).toHaveLength(3)
  expect((await getSession(instance.app, sessionID)).tokens).toEqual(sums(0))
})

test.each([
  [
    "a directory that became a file",
    "echo changed > docs/guide.md; echo more > docs/b.md",
    "rm -r docs; echo file > docs",
  ],
  ["a file that became a directory", "echo changed > a.txt", "rm a.txt; mkdir a.txt; echo inner > a.txt/inner"],
  ["a file that became a link", "echo changed > a.txt", "ln -sf docs/guide.md a.txt"],
  ["a directory that became a link", "echo changed > docs/guide.md", "mv docs real; ln -s real docs"],
])("revert and unrevert of %s", async (_, first, second) => {
  await using it = await sessionWith([first, second])
  const list = () =>
    it.sh(
      "find . -path ./.git -prune -o ! -type d -print | sort | xargs -d '\\n' ls -l --time-style=+ && cat a.txt docs/* real/* a.txt/* 2>&1 || true",
    )
  const after = list()
  await revertSession(it.instance, it.sessionID, { messageID: it.turns[1]?.userID ?? "" })
  const between = list()
  await revertSession(it.instance, it.sessionID, { messageID: it.turns[0]?.userID ?? "" })
  expect(it.sh("git status --short")).toBe("")
  await unrevertSession(it.instance, it.sessionID)
  expect(list()).toBe(after)
  await revertSession(it.instance, it.sessionID, { messageID: it.turns[1]?.userID ?? "" })
  expect(list()).toBe(between)
  expect(between).toContain("changed")
})

test("a directory that holds more than the session made is not given up for a file", async () => {
  await using it = await sessionWith(["rm a.txt; mkdir a.txt; echo inner > a.txt/inner"])
  it.sh("echo a.txt/own >> .git/info/exclude; echo own > a.txt/own")
  await revertSession(it.instance, it.sessionID, { messageID: it.turns[0]?.userID ?? "" })
  expect(it.sh("ls a.txt; cat a.txt/own")).toBe("own\nown\n")
})
