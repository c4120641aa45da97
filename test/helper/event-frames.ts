/** Frames of the binary event stream of AWS, each with the type of an event and its JSON. */
export function awsEvents(events: [string, object][]): Response {
  const body = Buffer.concat(events.map(([type, payload]) => frame(type, Buffer.from(JSON.stringify(payload)))))
  return new Response(body, { headers: { "content-type": "application/vnd.amazon.eventstream" } })
}

/** Lengths, their checksum, headers, payload, checksum of all before. */
function frame(type: string, payload: Buffer): Buffer {
  const headers = Buffer.concat([
    header(":event-type", type),
    header(":content-type", "application/json"),
    header(":message-type", "event"),
  ])
  const length = 12 + headers.length + payload.length + 4
  const prelude = Buffer.concat([uint32(length), uint32(headers.length)])
  const head = Buffer.concat([prelude, uint32(Bun.hash.crc32(prelude)), headers, payload])
  return Buffer.concat([head, uint32(Bun.hash.crc32(head))])
}

/** Name with its length, the type of a text (7), value with its length. */
function header(name: string, value: string): Buffer {
  const size = Buffer.alloc(2)
  size.writeUInt16BE(value.length)
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), size, Buffer.from(value)])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
