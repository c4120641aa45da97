/** A frame of a stream of server-sent events, as it was sent and decoded. */
export interface Frame {
  id?: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the server sends
  data: any
}

export interface EventStream {
  response: Response
  /** The next frame; rejects when the stream ends first or nothing comes for five seconds. */
  next(): Promise<Frame>
  /** Reads up to the first frame that fits and answers all that came, this one included. */
  until(fits: (frame: Frame) => boolean): Promise<Frame[]>
  /** Reads to the end of the stream. */
  rest(): Promise<Frame[]>
  close(): Promise<void>
}

/** Opens a stream of server-sent events. */
export async function openEventStream(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
  const abort = new AbortController()
  const response = await fetch(url, { headers, signal: abort.signal })
  const reader = response.body?.getReader()
  if (!reader) throw new Error(`${url} has no body`)
  const decoder = new TextDecoder()
  let text = ""

  const next = async (): Promise<Frame | undefined> => {
    while (!text.includes("\n\n")) {
      const { done, value } = await within(reader.read(), 5000)
      if (done) return undefined
      text += decoder.decode(value, { stream: true })
    }
    const end = text.indexOf("\n\n")
    const frame = parseFrame(text.slice(0, end))
    text = text.slice(end + 2)
    return frame
  }
  const required = async () => {
    const frame = await next()
    if (!frame) throw new Error("The stream ended")
    return frame
  }
  return {
    response,
    next: required,
    async until(fits) {
      const frames: Frame[] = []
      do frames.push(await required())
      while (!fits(frames[frames.length - 1]!))
      return frames
    },
    async rest() {
      const frames: Frame[] = []
      for (let frame = await next(); frame; frame = await next()) frames.push(frame)
      return frames
    },
    async close() {
      abort.abort()
      await reader.cancel().catch(() => {})
    },
  }
}

function parseFrame(text: string): Frame {
  const frame: Frame = { data: undefined }
  for (const line of text.split("\n")) {
    const [, field, value] = /^(\w+): (.*)$/.exec(line) ?? []
    if (field === "id") frame.id = value
    else if (field === "data" && frame.data === undefined) frame.data = JSON.parse(value ?? "")
    else throw new Error(`Not a line of an event: ${line}`)
  }
  return frame
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`Nothing came for ${ms} ms`)), ms)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
