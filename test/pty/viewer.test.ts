import { expect, test } from "bun:test"
import { connect } from "node:net"
import { createReplay } from "../../src/pty/replay"
import { createViewer } from "../../src/pty/viewer"
import { testServer } from "../helper/server"

/** A screen that takes a number of frames, and what it was sent. */
function screen(room = Number.POSITIVE_INFINITY) {
  const frames: string[] = []
  return {
    frames,
    closed: false,
    send(frame: string | Uint8Array) {
      frames.push(typeof frame === "string" ? frame : new TextDecoder().decode(frame))
      return --room > 0
    },
    close() {
      this.closed = true
    },
    more(count: number) {
      room = count
    },
  }
}

test("a screen with room sees everything, and one control frame", () => {
  const replay = createReplay()
  replay.append("abc")
  const own = screen()
  const viewer = createViewer(replay, own, 1)
  viewer.show()
  replay.append("def")
  viewer.show()
  viewer.show()
  expect(own.frames).toEqual(["bc", '\0{"cursor":3}', "def"])
  viewer.end()
  expect(own.closed).toBe(true)
})

test("a screen without room gets the rest later, and is closed only then", () => {
  const replay = createReplay()
  replay.append("a")
  const own = screen(1)
  const viewer = createViewer(replay, own, 0)
  viewer.show()
  replay.append("b")
  viewer.show()
  viewer.end()
  expect([own.frames, own.closed]).toEqual([["a"], false])
  own.more(1)
  viewer.resume()
  expect([own.frames, own.closed]).toEqual([["a", "b"], false])
  own.more(2)
  viewer.resume()
  expect([own.frames, own.closed]).toEqual([["a", "b", '\0{"cursor":2}'], true])
})

test("a screen that is far behind goes on with what is kept, and learns its position anew", () => {
  const replay = createReplay()
  const own = screen()
  const viewer = createViewer(replay, own, 0)
  viewer.show()
  own.more(1)
  replay.append("first")
  viewer.show()
  for (let line = 0; line < 3000; line++) replay.append(`${line}`.padStart(1024, "."))
  own.more(Number.POSITIVE_INFINITY)
  own.frames.length = 0
  viewer.resume()
  const text = own.frames.slice(0, -1).join("")
  expect(text.length).toBeLessThan(2.2e6)
  expect(text).toEndWith("2999")
  expect(own.frames.at(-1)).toBe(`\0{"cursor":${replay.end}}`)
})

test("a client that does not read for a while costs no more than the replay", async () => {
  await using it = await testServer({ git: false })
  const lines = 2_000_000
  const script = `stty -echo; echo ready; read x; seq 1 ${lines}; echo done; read x`
  const { body: pty } = await it.call("POST", "/pty", { command: "sh", args: ["-c", script] })

  const socket = connect(Number(new URL(it.url).port), "127.0.0.1")
  const { promise: finished, resolve } = Promise.withResolvers<void>()
  const control: number[] = []
  let size = 0
  let tail = ""
  let left = Buffer.alloc(0)
  let open = false
  const take = (chunk: Buffer) => {
    left = Buffer.concat([left, chunk])
    if (!open) {
      const head = left.indexOf("\r\n\r\n")
      if (head < 0) return
      open = true
      left = left.subarray(head + 4)
    }
    for (let frame = firstFrame(left); frame; frame = firstFrame(left)) {
      left = left.subarray(frame.end)
      if (frame.opcode === 2) control.push(JSON.parse(frame.payload.subarray(1).toString()).cursor)
      if (frame.opcode === 1) {
        size += frame.payload.length
        tail = (tail + frame.payload).slice(-100)
      }
    }
    if (tail.endsWith("done\r\n") && control.length > 1) resolve()
  }
  socket.write(
    `GET /pty/${pty.id}/connect HTTP/1.1\r\nhost: ${new URL(it.url).host}\r\nupgrade: websocket\r\nconnection: upgrade\r\n` +
      `sec-websocket-key: ${btoa("0123456789abcdef")}\r\nsec-websocket-version: 13\r\n\r\n`,
  )
  await new Promise<void>((ready) => {
    socket.on("data", (chunk: Buffer) => {
      take(chunk)
      if (control.length > 0 && tail.includes("ready")) ready()
    })
  })
  socket.pause()
  // A masked text frame, as clients send them: a line feed.
  socket.write(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 10]))
  const whole =
    `ready\r\n`.length +
    [...Array(7).keys()].reduce((sum, digits) => sum + between(digits, lines) * (digits + 3), 0) +
    `done\r\n`.length
  const other = new WebSocket(`${it.url.replace("http", "ws")}/pty/${pty.id}/connect?cursor=-1`)
  await new Promise<void>((done) => {
    other.onmessage = ({ data }) => typeof data === "string" && data.endsWith("done\r\n") && done()
  })
  socket.resume()
  await finished
  expect(control.at(-1)).toBe(whole)
  // The system's own buffers take some of it too.
  expect(size).toBeLessThan(whole * 0.8)
  socket.destroy()
  other.close()
})

/** How many of the numbers from 1 to `last` have `digits + 1` digits. */
const between = (digits: number, last: number) => Math.max(0, Math.min(last, 10 ** (digits + 1) - 1) - 10 ** digits + 1)

function firstFrame(bytes: Buffer) {
  if (bytes.length < 2) return
  const short = bytes[1]!
  const head = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < head) return
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  const end = head + length
  return bytes.length < end ? undefined : { opcode: bytes[0]! & 15, payload: bytes.subarray(head, end), end }
}
