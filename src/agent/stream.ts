import type { LanguageModelV4StreamPart } from "@ai-sdk/provider"
import { newID } from "../base/id"
import { publish } from "../instance/event"
import { tokensOf } from "../provider/cost"
import type { AssistantMessage } from "../schema/message"
import type { ReasoningPart, TextPart } from "../schema/part"
import { savePart } from "../session/message"
import { keepStreaming, type Recorder } from "./recorder"
import { callTool, offerTool, takeProviderResult } from "./tool-call"

/** What the vendor said when its answer was complete. */
export interface StepEnd {
  finish: string
  tokens: AssistantMessage["tokens"]
  metadata: Record<string, unknown> | undefined
}

type Finish = Extract<LanguageModelV4StreamPart, { type: "finish" }>

/**
 * Turns a model's stream into parts, as it comes: each piece of text is published as a delta, tools start when their
 * arguments are complete and run while the stream goes on. Settles when stream and tools have ended. Throws what the
 * vendor reports as an error, and when the stream ends without a finish.
 */
export async function consumeStream(
  recorder: Recorder,
  stream: ReadableStream<LanguageModelV4StreamPart>,
  tree: Promise<string | undefined>,
): Promise<StepEnd> {
  const { signal } = recorder.run.abort
  const reader = stream.getReader()
  // A reader that waits for a silent vendor is woken by the abort.
  const cancel = () => void reader.cancel().catch(() => undefined)
  signal.addEventListener("abort", cancel, { once: true })
  let finish: Finish | undefined
  try {
    signal.throwIfAborted()
    for (;;) {
      const { done, value } = await reader.read()
      if (done || signal.aborted) break
      if (value.type === "stream-start") await startStep(recorder, tree)
      else if (value.type === "finish") finish = value
      else await takePart(recorder, value)
    }
    signal.throwIfAborted()
  } finally {
    signal.removeEventListener("abort", cancel)
    cancel()
  }
  if (!finish || finish.finishReason.unified === "interrupted")
    throw new Error("The connection was closed before the answer of the model was complete")
  await Promise.all([...recorder.open.keys()].map((key) => endText(recorder, key)))
  await Promise.all(recorder.running)
  signal.throwIfAborted()
  return stepEnd(finish)
}

const stepEnd = ({ finishReason: { unified, raw }, usage, providerMetadata }: Finish): StepEnd => ({
  // "other" stands for every reason the provider package does not know; only a vendor that says so itself means it.
  finish: unified === "other" && raw !== "other" ? "unknown" : unified,
  tokens: tokensOf(usage, providerMetadata),
  metadata: providerMetadata,
})

async function startStep(recorder: Recorder, tree: Promise<string | undefined>): Promise<void> {
  const snapshot = await tree
  recorder.snapshot = snapshot
  await savePart(recorder.instance, { ...partIDs(recorder), type: "step-start", ...(snapshot && { snapshot }) })
}

async function takePart(recorder: Recorder, part: LanguageModelV4StreamPart): Promise<void> {
  switch (part.type) {
    case "text-start":
    case "reasoning-start":
      return startText(recorder, kindOf(part.type), part.id, part.providerMetadata)
    case "text-delta":
    case "reasoning-delta":
      return addText(recorder, streamKey(kindOf(part.type), part.id), part.delta, part.providerMetadata)
    case "text-end":
    case "reasoning-end":
      return endText(recorder, streamKey(kindOf(part.type), part.id), part.providerMetadata)
    case "tool-input-start":
      return offerTool(recorder, part.id, part.toolName)
    case "tool-call":
      return callTool(recorder, part)
    case "tool-result":
      return takeProviderResult(recorder, part)
    case "error":
      throw part.error
  }
}

type Metadata = TextPart["metadata"]
type Kind = "text" | "reasoning"

const kindOf = (type: `${Kind}-${string}`): Kind => (type.startsWith("text") ? "text" : "reasoning")
/** Vendors number text and reasoning apart, so that the same id may be open twice. */
const streamKey = (kind: Kind, id: string) => `${kind}:${id}`

async function startText(recorder: Recorder, type: Kind, id: string, metadata?: Metadata) {
  const part: TextPart | ReasoningPart = {
    ...partIDs(recorder),
    type,
    text: "",
    time: { start: recorder.instance.app.now() },
    ...(metadata && { metadata }),
  }
  recorder.open.set(streamKey(type, id), part)
  await savePart(recorder.instance, part)
}

async function addText(recorder: Recorder, key: string, delta: string, metadata?: Metadata): Promise<void> {
  const part = recorder.open.get(key)
  if (!part) return
  if (metadata) part.metadata = metadata
  if (!delta) return
  part.text += delta
  publish(recorder.instance, "message.part.delta", {
    sessionID: part.sessionID,
    messageID: part.messageID,
    partID: part.id,
    field: "text",
    delta,
  })
  await keepStreaming(recorder, part)
}

async function endText(recorder: Recorder, key: string, metadata?: Metadata): Promise<void> {
  const part = recorder.open.get(key)
  if (!part) return
  recorder.open.delete(key)
  part.time = { start: part.time?.start ?? recorder.instance.app.now(), end: recorder.instance.app.now() }
  if (metadata) part.metadata = metadata
  await savePart(recorder.instance, part)
}

const partIDs = ({ message }: Recorder) => ({
  id: newID("part"),
  sessionID: message.sessionID,
  messageID: message.id,
})
