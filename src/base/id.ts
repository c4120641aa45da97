import { randomBytes } from "node:crypto"

const PREFIX = {
  session: "ses",
  message: "msg",
  part: "prt",
  permission: "per",
  question: "que",
  pty: "pty",
  event: "evt",
  tool: "tool",
  workspace: "wrk",
} as const
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
const RANDOM_LENGTH = 14
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
const POOL_BYTES = 4096
const ULID_TIME_LENGTH = 10
const ULID_RANDOM_LENGTH = 16
const MASK = (1n << 48n) - 1n

let lastTime = 0
let counter = 0

export type IDKind = keyof typeof PREFIX

/**
 * A new id of the wire's form: prefix, `_`, 12 hex digits of time and counter, 14 random characters. Ids sort as text in
 * the order in which they were made; those of sessions in the reverse order, so that the newest comes first.
 */
export function newID(kind: IDKind, now = Date.now()): string {
  if (now > lastTime) {
    lastTime = now
    counter = 0
  }
  // A clock that goes back, or more than 4095 ids in a millisecond, must not break the order: count on instead.
  counter++
  const ascending = (BigInt(lastTime) * 4096n + BigInt(counter)) & MASK
  const time = kind === "session" ? ~ascending & MASK : ascending
  return `${PREFIX[kind]}_${time.toString(16).padStart(12, "0")}${randomText(ALPHABET, RANDOM_LENGTH)}`
}

/** A call id for tool calls that no model asked for: a ULID, so that it cannot be taken for one of a vendor's. */
export function newCallID(now = Date.now()): string {
  let time = ""
  for (let rest = now; time.length < ULID_TIME_LENGTH; rest = Math.floor(rest / CROCKFORD.length))
    time = `${CROCKFORD[rest % CROCKFORD.length]}${time}`
  return `${time}${randomText(CROCKFORD, ULID_RANDOM_LENGTH)}`
}

function randomText(alphabet: string, length: number) {
  let text = ""
  while (text.length < length) text += alphabet[randomByte() % alphabet.length]
  return text
}

/** Fetched by the page: one call for each id would cost more than all the rest of it. */
let pool = randomBytes(0)
let used = 0

function randomByte(): number {
  if (used >= pool.length) {
    pool = randomBytes(POOL_BYTES)
    used = 0
  }
  return pool[used++]!
}
