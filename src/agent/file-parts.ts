import { stat } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { badRequest, errorMessage } from "../base/error"
import { newCallID, newID } from "../base/id"
import type { Instance } from "../instance/instance"
import type { Agent } from "../schema/agent"
import type { UserMessage } from "../schema/message"
import type { Part, TextPart } from "../schema/part"
import type { PromptPart } from "../schema/prompt"
import { readImage } from "../tool/image"
import { readTool } from "../tool/read"
import { runTool } from "../tool/registry"
import type { ToolContext, ToolResult } from "../tool/tool"
import { publishFailure } from "./failure"
import { expandResource } from "./resource-part"

/** Bytes of a file that is put into the conversation as it is; it is stored with it. */
const MAX_MEDIA = 64 * 1024 * 1024
/** Characters of a URL that an error repeats. */
const MAX_SHOWN = 200

type FileInput = Extract<PromptPart, { type: "file" }>

interface Target {
  info: UserMessage
  agent: Agent
  parts: PromptPart[]
}

/**
 * The parts of a user message as they are stored: files become what the model reads of them, as synthetic text before the
 * file part; a mentioned agent brings the request to call it. Throws 400 for an image that is none.
 */
export async function expandParts(instance: Instance, target: Target): Promise<Part[]> {
  const parts: Part[] = []
  for (const input of target.parts) parts.push(...(await expandPart(instance, target, input)))
  return parts
}

async function expandPart(instance: Instance, target: Target, input: PromptPart): Promise<Part[]> {
  const { info } = target
  const own = idsOf(info, input.id)
  switch (input.type) {
    case "text":
    case "subtask":
      return [{ ...input, ...own }]
    case "agent":
      return [{ ...input, ...own }, synthetic(info, agentRequest(input.name))]
    case "file":
      return expandFile(instance, target, input)
  }
}

const agentRequest = (name: string) =>
  `The user wants the agent "${name}" for this: call the task tool with it, and give it all it needs to know in the prompt.`

async function expandFile(instance: Instance, target: Target, input: FileInput): Promise<Part[]> {
  const { info } = target
  if (input.source?.type === "resource") return expandResource(instance, info, input, input.source)
  const file = (url: string): Part => ({ ...input, ...idsOf(info, input.id), url })
  if (input.url.startsWith("data:")) {
    if (!isText(input.mime)) return [file(await checkedImage(instance, input.mime, input.url))]
    const [called, text] = calledRead(info, { filePath: input.filename ?? "" }, decodeDataURL(input.url))
    return [called, text, file(input.url)]
  }
  const path = localPath(input.url)
  if (!isText(input.mime)) return expandMedia(instance, target, input, path)
  return expandText(instance, target, input, path)
}

const isText = (mime: string) => mime.startsWith("text/") || mime === "application/x-directory"

function localPath(url: string): URL {
  if (URL.canParse(url)) {
    const parsed = new URL(url)
    if (parsed.protocol === "file:") return parsed
  }
  throw badRequest(`A file part takes a file: or data: URL, got ${url.slice(0, MAX_SHOWN)}`, "Payload")
}

async function expandText(instance: Instance, target: Target, input: FileInput, url: URL): Promise<Part[]> {
  const { info } = target
  const args = readArguments(url)
  try {
    const read = await readFor(instance, target, args)
    return [...calledRead(info, args, read.output), { ...input, ...idsOf(info, input.id) }]
  } catch (error) {
    publishFailure(instance, info.sessionID, error)
    const message = errorMessage(error)
    return calledRead(info, args, `Read tool failed to read ${args.filePath} with the following error: ${message}`)
  }
}

/** `?start=S&end=E` in the URL is a range of lines, both ends included. */
function readArguments(url: URL) {
  const start = Number.parseInt(url.searchParams.get("start") ?? "", 10)
  const end = Number.parseInt(url.searchParams.get("end") ?? "", 10)
  return {
    filePath: filePathOf(url),
    ...(start >= 1 && { offset: start }),
    ...(start >= 1 && end >= start && { limit: end - start + 1 }),
  }
}

function filePathOf(url: URL): string {
  try {
    const path = fileURLToPath(new URL(url.pathname, url))
    // Bytes that are no UTF-8 would come out as the empty path.
    if (path !== "" && !path.includes("\0")) return path
  } catch {
    // Falls through: another host, or an encoded slash.
  }
  throw badRequest(`Not the URL of a file here: ${url.href.slice(0, MAX_SHOWN)}`, "Payload")
}

async function expandMedia(instance: Instance, target: Target, input: FileInput, url: URL): Promise<Part[]> {
  const { info } = target
  const { filePath } = readArguments(url)
  const data = await readMedia(filePath).catch((error) => {
    throw badRequest(`Cannot read ${filePath}: ${errorMessage(error)}`, "Payload")
  })
  const inline = `data:${input.mime};base64,${Buffer.from(data).toString("base64")}`
  const [called] = calledRead(info, { filePath }, "")
  return [called, { ...input, ...idsOf(info, input.id), url: await checkedImage(instance, input.mime, inline) }]
}

/** Looks first: a pipe or a device may never end. */
async function readMedia(path: string): Promise<Uint8Array> {
  const found = await stat(path)
  if (!found.isFile()) throw new Error("it is not a regular file")
  if (found.size > MAX_MEDIA) throw new Error(`it is larger than ${MAX_MEDIA} bytes`)
  return Bun.file(path).bytes()
}

/** Images must decode, and are scaled down when a vendor would refuse their size; other files pass as they are. */
async function checkedImage(instance: Instance, mime: string, url: string): Promise<string> {
  if (!mime.startsWith("image/")) return url
  return readImage(instance, mime, url)
}

function decodeDataURL(url: string): string {
  const comma = url.indexOf(",")
  const body = url.slice(comma + 1)
  if (url.slice(0, comma).endsWith(";base64")) return Buffer.from(body, "base64").toString()
  try {
    return decodeURIComponent(body)
  } catch {
    throw badRequest(`The text of a data: URL cannot be decoded: ${url.slice(0, MAX_SHOWN)}`, "Payload")
  }
}

const idsOf = (info: UserMessage, id = newID("part")) => ({ id, sessionID: info.sessionID, messageID: info.id })

const synthetic = (info: UserMessage, text: string): TextPart => ({
  ...idsOf(info),
  type: "text",
  text,
  synthetic: true,
})

const calledRead = (info: UserMessage, args: object, text: string): [TextPart, TextPart] => [
  synthetic(info, `Called the Read tool with the following input: ${JSON.stringify(args)}`),
  synthetic(info, text),
]

/** The user named the file, so reading it needs no permission. */
function readFor(instance: Instance, { info, agent }: Target, args: object): Promise<ToolResult> {
  const context: ToolContext = {
    instance,
    agent,
    sessionID: info.sessionID,
    messageID: info.id,
    callID: newCallID(),
    signal: instance.signal,
    seenInstructions: new Set(),
    ask: async () => {},
    progress: () => {},
    runSubtask: () => Promise.reject(new Error("Reading a file runs no agent")),
  }
  return runTool(readTool, args, context)
}
