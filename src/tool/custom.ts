import { readdir, stat } from "node:fs/promises"
import { join, parse } from "node:path"
import { Type } from "@sinclair/typebox"
import { configDirectories } from "../config/config"
import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"
import { instanceState } from "../instance/state"
import type { CustomTool, ToolFile } from "./custom-messages"
import type { CustomProcess } from "./custom-process"
import { contentResult } from "./mcp"
import type { OfferedTool } from "./registry"
import type { Tool } from "./tool"

/**
 * The tools in the `tool/` and `tools/` folders of the configuration directories, as models get to know them. They are
 * loaded into a process of their own on first use, and again after a file has changed. A file that cannot be loaded is told by
 * `session.error` and in the log.
 */
export async function listCustomTools(instance: Instance): Promise<OfferedTool[]> {
  const running = await currentProcess(instance)
  return running ? running.tools.map(offer) : []
}

interface Held {
  /** The files that it was started for, with their times. */
  key: string
  process: Promise<CustomProcess>
}

const held = instanceState(
  (): { current?: Held } => ({}),
  // Not waited for: the runs that its calls belong to are yet to be told of the end.
  ({ current }) =>
    void current?.process.then(
      (running) => running.stop("now"),
      () => {},
    ),
)

/** The process of today's files; undefined when there are none. */
async function currentProcess(instance: Instance): Promise<CustomProcess | undefined> {
  const files = await findToolFiles(instance)
  const state = held(instance)
  const key = JSON.stringify(files)
  const before = state.current
  if (before?.key === key) {
    const running = await before.process
    if (!running.ended || state.current !== before) return state.current?.process
  }
  delete state.current
  before?.process.then(
    (running) => running.stop("idle"),
    () => {},
  )
  if (files.length === 0) return undefined
  const current = { key, process: start(instance, files) }
  state.current = current
  // One that cannot be started is tried again.
  current.process.catch(() => {
    if (state.current === current) delete state.current
  })
  return current.process
}

async function start(instance: Instance, files: ToolFile[]): Promise<CustomProcess> {
  instance.signal.throwIfAborted()
  const { startCustomProcess } = await import("./custom-process")
  const started = await startCustomProcess(instance, files)
  for (const { path, reason } of started.problems) {
    instance.app.log.warn("A custom tool cannot be used", { path, reason })
    const message = `The custom tool ${path} cannot be used: ${reason}`
    publish(instance, "session.error", { error: { name: "UnknownError", data: { message } } })
  }
  return started
}

const FOLDERS = ["tool", "tools"]

/** In the order in which later ones win. The time is there to notice a change. */
async function findToolFiles(instance: Instance): Promise<(ToolFile & { changed: number })[]> {
  const folders = (await configDirectories(instance)).flatMap((each) => FOLDERS.map((name) => join(each, name)))
  const lists = await Promise.all(folders.map(listFolder))
  return lists.flat()
}

async function listFolder(folder: string): Promise<(ToolFile & { changed: number })[]> {
  const names = await readdir(folder).catch(() => [])
  const files = names
    .filter((name) => /\.(js|ts|mjs|mts)$/.test(name) && !/\.d\.m?ts$/.test(name))
    .sort()
    .map(async (name) => {
      const path = join(folder, name)
      const found = await stat(path).catch(() => undefined)
      return found?.isFile() ? [{ path, name: parse(name).name, changed: found.mtimeMs }] : []
    })
  return (await Promise.all(files)).flat()
}

/** The process checks the arguments: their schema is the tool's own. */
const ANY_OBJECT = Type.Object({}, { additionalProperties: true })
/** Said by whoever bounds the output; a tool has no say in it. */
const OURS = new Set(["truncated", "outputPath"])

const offer = (tool: CustomTool): OfferedTool => ({
  tool: customTool(tool),
  description: tool.description,
  schema: tool.parameters,
})

const customTool = ({ id, description }: CustomTool): Tool => ({
  id,
  description,
  parameters: ANY_OBJECT,
  async execute(args, context) {
    await context.ask({ permission: id, patterns: ["*"], always: ["*"] })
    const running = await currentProcess(context.instance)
    if (!running) throw new Error(`The tool ${id} is no longer there`)
    const { title = "", output, metadata = {}, attachments = [] } = await running.call(id, args, context)
    const content = await contentResult(context.instance, { texts: [output], files: attachments })
    const own = Object.fromEntries(Object.entries(metadata).filter(([name]) => !OURS.has(name)))
    return { ...content, title, metadata: own }
  },
})
