import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { stat } from "node:fs/promises"
import { join } from "node:path"
import { type TestServer, testServer } from "../helper/server"
import { openSocket } from "../helper/socket"

let it: TestServer
beforeEach(async () => {
  it = await testServer({ files: { "a.txt": "one\ntwo\n", "bin.dat": "\0\x01" } })
})
afterEach(() => it[Symbol.asyncDispose]())

const query = (directory: string) => `?directory=${encodeURIComponent(directory)}`
const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )
const text = (path: string) => Bun.file(path).text()
const newWorkspace = async (body: object = {}) =>
  (await it.call("POST", "/experimental/workspace", { type: "worktree", ...body })).body
const newSession = async (body: object = {}) => (await it.call("POST", "/session", body)).body
const git = (directory: string, ...args: string[]) => Bun.spawnSync(["git", "-C", directory, ...args]).stdout.toString()

describe("workspaces", () => {
  test("are worktrees that requests may name by an id", async () => {
    const workspace = await newWorkspace({ id: "wrk_mine", branch: "Try This", extra: { a: 1 } })
    expect(workspace).toMatchObject({
      id: "wrk_mine",
      type: "worktree",
      name: "try-this",
      branch: "opencode/try-this",
      extra: { a: 1 },
    })
    expect(await text(join(workspace.directory, "a.txt"))).toBe("one\ntwo\n")
    expect((await it.call("GET", "/experimental/workspace")).body).toEqual([workspace])
    expect((await it.call("GET", "/experimental/workspace/status")).body).toEqual([
      { workspaceID: "wrk_mine", status: "connected" },
    ])
    expect((await it.call("GET", "/path?workspace=wrk_mine")).body.directory).toBe(workspace.directory)
    const named = await it.call("GET", "/path", undefined, { "x-opencode-workspace": "wrk_mine" })
    expect(named.body.directory).toBe(workspace.directory)
    expect((await it.call("GET", "/vcs/status?workspace=wrk_none")).status).toBe(400)
    const { body: pty } = await it.call("POST", "/pty?workspace=wrk_mine", { command: "sh", args: ["-c", "read x"] })
    const socket = openSocket(`${it.url}/pty/${pty.id}/connect?workspace=wrk_mine`)
    await socket.until(({ frames }) => frames.some((frame) => "binary" in frame))
    socket.send("\n")
    expect(await socket.closed).toBe(1000)
    expect((await it.call("DELETE", "/experimental/workspace/wrk_mine")).body).toEqual(workspace)
    expect(await exists(workspace.directory)).toBe(false)
    expect((await it.call("DELETE", "/experimental/workspace/wrk_mine")).body).toBe(null)
    expect((await it.call("GET", "/experimental/workspace")).body).toEqual([])
  })

  test("say why they cannot be made", async () => {
    await newWorkspace({ id: "wrk_a" })
    for (const body of [{ type: "cloud" }, { type: "worktree", id: "wrk_a" }])
      expect(await it.call("POST", "/experimental/workspace", body)).toMatchObject({
        status: 400,
        body: { name: "WorkspaceCreateError" },
      })
    const plain = await it.makeDirectory("plain", { git: false })
    expect((await it.call("POST", `/experimental/workspace${query(plain)}`, { type: "worktree" })).body).toMatchObject({
      name: "WorkspaceCreateError",
      data: { message: "Worktrees need a git repository" },
    })
  })

  test("worktrees get an id when it is asked for, once", async () => {
    const { body: worktree } = await it.call("POST", "/experimental/worktree", { name: "feature" })
    expect((await it.call("GET", "/experimental/workspace")).body).toEqual([])
    await it.call("POST", "/experimental/workspace/sync-list")
    await it.call("POST", "/sync/start")
    const { body } = await it.call("GET", "/experimental/workspace")
    expect(body).toMatchObject([{ name: "feature", directory: worktree.directory }])
    await it.call("DELETE", "/experimental/worktree", { directory: worktree.directory })
    expect((await it.call("GET", "/experimental/workspace/status")).body).toEqual([
      { workspaceID: body[0].id, status: "disconnected" },
    ])
  })
})

describe("moving sessions", () => {
  test("into a workspace and back, with children and copies of the changes", async () => {
    const { id } = await newSession()
    const child = await newSession({ parentID: id })
    const workspace = await newWorkspace()
    await Bun.write(join(it.directory, "a.txt"), "one\nTWO\n")
    await Bun.write(join(it.directory, "new file.txt"), "new\n")
    await Bun.write(join(it.directory, "bin.dat"), "\0\x02\x03")
    git(it.directory, "add", "a.txt")
    const warp = { id: workspace.id, sessionID: id, copyChanges: true }
    expect((await it.call("POST", "/experimental/workspace/warp", warp)).status).toBe(204)
    for (const each of [id, child.id])
      expect((await it.call("GET", `/session/${each}`)).body).toMatchObject({
        directory: workspace.directory,
        workspaceID: workspace.id,
      })
    expect(await text(join(workspace.directory, "a.txt"))).toBe("one\nTWO\n")
    expect(await text(join(workspace.directory, "new file.txt"))).toBe("new\n")
    expect(await text(join(workspace.directory, "bin.dat"))).toBe("\0\x02\x03")
    expect(git(it.directory, "status", "--porcelain")).toBe('M  a.txt\n M bin.dat\n?? "new file.txt"\n')

    // What does not fit is refused, and the session stays.
    expect(
      await it.call("POST", "/experimental/workspace/warp", { id: null, sessionID: id, copyChanges: true }),
    ).toMatchObject({ status: 400, body: { name: "VcsApplyError" } })
    expect((await it.call("GET", `/session/${id}`)).body.directory).toBe(workspace.directory)
    expect((await it.call("POST", "/experimental/workspace/warp", { id: null, sessionID: id })).status).toBe(204)
    const { body } = await it.call("GET", `/session/${id}`)
    expect([body.directory, body.workspaceID, body.path]).toEqual([it.directory, undefined, ""])
    for (const wrong of [
      { id: "wrk_none", sessionID: id },
      { id: null, sessionID: "ses_none" },
    ])
      expect((await it.call("POST", "/experimental/workspace/warp", wrong)).status).toBe(404)
  })

  test("to any directory, with the changes taken along", async () => {
    const { id } = await newSession()
    const { directory } = await newWorkspace()
    await Bun.write(join(it.directory, "a.txt"), "one\nTWO\n")
    await Bun.write(join(it.directory, "staged.txt"), "staged\n")
    await Bun.write(join(it.directory, "new.txt"), "new\n")
    git(it.directory, "add", "staged.txt")
    const move = { sessionID: id, destination: { directory }, moveChanges: true }
    expect((await it.call("POST", "/experimental/control-plane/move-session", move)).status).toBe(204)
    expect(git(it.directory, "status", "--porcelain")).toBe("")
    expect(git(directory, "status", "--porcelain")).toBe(" M a.txt\n?? new.txt\n?? staged.txt\n")
    const moved = await it.waitFor(
      (event) => event.type === "session.updated" && event.properties.info.directory === directory,
    )
    expect(moved).toMatchObject({ properties: { sessionID: id } })

    const plain = await it.makeDirectory("plain", { git: false })
    await it.call("POST", "/experimental/control-plane/move-session", {
      sessionID: id,
      destination: { directory: plain },
    })
    expect((await it.call("GET", `/session/${id}`)).body).toMatchObject({ directory: plain, projectID: "global" })
    expect((await it.call("GET", `/session${query(plain)}`)).body).toMatchObject([{ id }])
    expect(
      await it.call("POST", "/experimental/control-plane/move-session", {
        sessionID: "ses_none",
        destination: { directory },
      }),
    ).toMatchObject({
      status: 400,
      body: { name: "MoveSessionError", data: { message: "Session not found: ses_none" } },
    })
  })

  test("is refused while the session runs; what it did before can still be listed", async () => {
    const { id } = await newSession()
    await it.call("POST", `/session/${id}/message`, { parts: [{ type: "text", text: "hello" }] })
    const { directory } = await newWorkspace()
    const shell = it.call("POST", `/session/${id}/shell`, { agent: "build", command: "echo begun > begun; sleep 30" })
    while (!(await exists(join(it.directory, "begun")))) await Bun.sleep(5)
    const move = { sessionID: id, destination: { directory } }
    expect((await it.call("POST", "/experimental/control-plane/move-session", move)).body).toMatchObject({
      name: "MoveSessionError",
      data: { message: `Session is busy: ${id}` },
    })
    await it.call("POST", `/session/${id}/abort`)
    await shell
    expect((await it.call("POST", "/experimental/control-plane/move-session", move)).status).toBe(204)
    const { body: messages } = await it.call("GET", `/session/${id}/message`)
    expect(messages.length).toBeGreaterThan(3)
    expect((await it.call("GET", `/session/${id}/diff`)).status).toBe(200)
    expect((await it.call("POST", `/session/${id}/revert`, { messageID: messages[0].info.id })).status).toBe(200)
    expect((await it.call("POST", `/session/${id}/unrevert`)).status).toBe(200)
  })

  test("a workspace takes a session over; another directory does not", async () => {
    const { id } = await newSession()
    expect(await it.call("POST", "/sync/steal", { sessionID: id })).toMatchObject({
      status: 400,
      body: { _tag: "BadRequest" },
    })
    const workspace = await newWorkspace()
    expect((await it.call("POST", `/sync/steal?workspace=${workspace.id}`, { sessionID: id })).body).toEqual({
      sessionID: id,
    })
    expect((await it.call("GET", `/session/${id}`)).body.workspaceID).toBe(workspace.id)
  })
})

describe("copies of a project", () => {
  test("are made, known and removed", async () => {
    const project = (await it.call("GET", "/project/current")).body.id
    const copies = await it.makeDirectory("copies", { git: false })
    const path = `/experimental/project/${project}/copy`
    const { body: copy } = await it.call("POST", path, { strategy: "worktree", directory: copies, name: "My Copy" })
    expect(copy).toEqual({ directory: join(copies, "my-copy") })
    expect(await text(join(copy.directory, "a.txt"))).toBe("one\ntwo\n")
    const directories = async () => (await it.call("GET", `/project/${project}/directories`)).body
    expect(await directories()).toContainEqual(copy)

    await Bun.write(join(copy.directory, "new.txt"), "new")
    const remove = (force: boolean) => it.call("DELETE", path, { directory: copy.directory, force })
    expect((await remove(false)).body).toMatchObject({ name: "ProjectCopyError", data: { forceRequired: true } })
    git(copy.directory, "add", ".")
    git(copy.directory, "-c", "user.name=a", "-c", "user.email=b", "commit", "-qm", "work")
    expect((await remove(false)).body.data).toMatchObject({ forceRequired: true })
    expect((await remove(true)).status).toBe(204)
    expect(await exists(copy.directory)).toBe(false)
    expect(await directories()).not.toContainEqual(copy)
    expect((await remove(true)).body).toMatchObject({ name: "ProjectCopyError" })
  })

  test("that were made elsewhere are found", async () => {
    const project = (await it.call("GET", "/project/current")).body.id
    const directory = join(it.root, "elsewhere")
    git(it.directory, "worktree", "add", "-q", directory)
    expect((await it.call("POST", `/experimental/project/${project}/copy/refresh`)).status).toBe(204)
    expect((await it.call("GET", `/project/${project}/directories`)).body).toContainEqual({ directory })
    expect((await it.call("DELETE", `/experimental/project/${project}/copy`, { directory, force: false })).status).toBe(
      204,
    )
    // Its branch is not ours to remove.
    expect(git(it.directory, "branch", "--list", "elsewhere")).toContain("elsewhere")
  })

  test("get telling names", async () => {
    const name = async (context?: string) =>
      (await it.call("POST", "/experimental/project/any/copy/generate-name", context === undefined ? {} : { context }))
        .body.name
    expect(await name("Please fix the login of /admin, it is broken")).toBe("fix-login-admin-broken")
    expect(await name()).toMatch(/^[a-z]+-[a-z]+$/)
    expect(await name("...")).toMatch(/^[a-z]+-[a-z]+$/)
  })

  test("say what is wrong", async () => {
    const project = (await it.call("GET", "/project/current")).body.id
    for (const [id, body] of [
      [project, { strategy: "magic", directory: it.root }],
      ["unknown", { strategy: "worktree", directory: it.root }],
      [project, { strategy: "worktree", directory: it.root, name: "project" }],
    ])
      expect(await it.call("POST", `/experimental/project/${id}/copy`, body)).toMatchObject({
        status: 400,
        body: { name: "ProjectCopyError" },
      })
    expect((await it.call("POST", `/experimental/project/${project}/copy`, {})).body).toMatchObject({
      _tag: "InvalidRequestError",
    })
  })
})
