import { awsEvents } from "./event-frames"
import { chatDelta, eventStream } from "./vendor"

// Whole answers in the dialects of the vendors: each says "Hello" with 10 tokens in and 5 out.

/** The Responses API of OpenAI. `ids`: of the item when it is added, of its text, and of the finished item. */
export const responsesAnswer = (text = "Hello", ids = ["i", "i", "i"]) =>
  eventStream([
    {
      type: "response.created",
      response: { id: "r", object: "response", created_at: 1, model: "m", output: [], status: "in_progress" },
    },
    {
      type: "response.output_item.added",
      output_index: 0,
      item: { type: "message", id: ids[0], role: "assistant", content: [], status: "in_progress" },
    },
    { type: "response.output_text.delta", item_id: ids[1], output_index: 0, content_index: 0, delta: text },
    {
      type: "response.output_item.done",
      output_index: 0,
      item: {
        type: "message",
        id: ids[2],
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text, annotations: [] }],
      },
    },
    {
      type: "response.completed",
      response: {
        id: "r",
        object: "response",
        created_at: 1,
        model: "m",
        output: [],
        status: "completed",
        usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
      },
    },
  ])

/** Cohere's own. */
export const cohereAnswer = () =>
  eventStream([
    {
      type: "message-start",
      id: "m",
      delta: { message: { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] } },
    },
    { type: "content-start", index: 0, delta: { message: { content: { type: "text", text: "" } } } },
    { type: "content-delta", index: 0, delta: { message: { content: { text: "Hello" } } } },
    { type: "content-end", index: 0 },
    {
      type: "message-end",
      delta: { finish_reason: "COMPLETE", usage: { tokens: { input_tokens: 10, output_tokens: 5 } } },
    },
  ])

/** Gemini's. */
export const geminiAnswer = () =>
  eventStream([
    {
      candidates: [{ content: { role: "model", parts: [{ text: "Hello" }] }, finishReason: "STOP" }],
      usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
    },
  ])

/** The Messages API of Anthropic. */
export const claudeAnswer = () =>
  eventStream([
    {
      type: "message_start",
      message: {
        id: "m",
        type: "message",
        role: "assistant",
        model: "m",
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 10, output_tokens: 1 },
      },
    },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hello" } },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 5 } },
    { type: "message_stop" },
  ])

/** The Converse API of Amazon. */
export const bedrockAnswer = () =>
  awsEvents([
    ["messageStart", { role: "assistant" }],
    ["contentBlockDelta", { contentBlockIndex: 0, delta: { text: "Hello" } }],
    ["contentBlockStop", { contentBlockIndex: 0 }],
    ["messageStop", { stopReason: "end_turn" }],
    ["metadata", { usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 } }],
  ])

/** The gateway of Vercel, which sends the parts of the stream as they are. */
export const gatewayAnswer = () =>
  eventStream([
    { type: "text-start", id: "t" },
    { type: "text-delta", id: "t", delta: "Hello" },
    { type: "text-end", id: "t" },
    {
      type: "finish",
      finishReason: { unified: "stop", raw: "stop" },
      usage: { inputTokens: { total: 10 }, outputTokens: { total: 5 } },
    },
  ])

const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
/** Chat completions of Groq and Mistral, which say the usage in places of their own. */
export const groqAnswer = () =>
  eventStream([
    chatDelta({ role: "assistant", content: "Hello" }),
    { ...chatDelta({}, "stop"), x_groq: { usage } },
    "[DONE]",
  ])
/** See `groqAnswer`. */
export const mistralAnswer = () =>
  eventStream([chatDelta({ role: "assistant", content: "Hello" }), { ...chatDelta({}, "stop"), usage }, "[DONE]"])
