import { disposedError } from "../instance/disposed"
import type { Instance } from "../instance/instance"
import { instanceState } from "../instance/state"

/** What a terminal client is asked to do: the path that was called, and the body it was called with. */
export interface TuiRequest {
  path: string
  body: unknown
}

/** Milliseconds after its last sign in which a client is expected to poll again. */
const AROUND = 5_000
/** Milliseconds that a request waits for a client to come back for it. */
const PICKUP = 2_000
/** Milliseconds that a client has for its answer. */
const RESPONSE = 10_000
/** Milliseconds that a caller waits in any case, behind other requests too. */
const PATIENCE = 30_000

interface Entry {
  request: TuiRequest
  settle(answer: boolean): void
  patience: Timer
}

interface Poll {
  take(entry: Entry): void
  refuse(error: unknown): void
}

interface State {
  directory: string
  /** Polls that wait, the longest first. */
  polls: Set<Poll>
  /** Requests that nobody has taken yet. */
  queue: Entry[]
  /** The request that a client works on. Answers do not say what they answer, so there is only one at a time. */
  taken?: Entry
  /** Runs while the first request waits for a client to take it, or the taken one for its answer. */
  timer?: Timer
  /** When a client last polled or answered, in milliseconds of `performance.now`. */
  seen: number
}

const stateOf = instanceState<State>(
  ({ directory }) => ({ directory, polls: new Set(), queue: [], seen: Number.NEGATIVE_INFINITY }),
  (state) => {
    for (const poll of state.polls) poll.refuse(disposedError(state.directory))
    for (const entry of [...state.queue, ...(state.taken ? [state.taken] : [])]) settle(state, entry, true)
  },
)

/**
 * Hands a request to a client that polls for them, and answers what that answers. True at once when none is around: none
 * waits or works, and none gave a sign in the last five seconds. True also when it is not taken or answered in time: its
 * event was published, more the caller cannot know. It is not handed out any more then.
 */
export function requestTui(instance: Instance, request: TuiRequest): Promise<boolean> {
  const state = stateOf(instance)
  const around = state.polls.size > 0 || state.taken || performance.now() - state.seen < AROUND
  if (!around) return Promise.resolve(true)
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const entry: Entry = { request, settle: resolve, patience: setTimeout(() => settle(state, entry, true), PATIENCE) }
  state.queue.push(entry)
  advance(state)
  return promise
}

/**
 * The next request for a client; waits for one. When the signal is aborted before the request has reached the client, it
 * goes to the next one.
 */
export function nextTuiRequest(instance: Instance, signal: AbortSignal): Promise<TuiRequest> {
  signal.throwIfAborted()
  const state = stateOf(instance)
  const { promise, resolve, reject } = Promise.withResolvers<TuiRequest>()
  let own: Entry | undefined
  const poll: Poll = {
    take(entry) {
      own = entry
      resolve(entry.request)
    },
    refuse: reject,
  }
  const abort = () => {
    state.seen = performance.now()
    if (state.polls.delete(poll)) return reject(signal.reason)
    if (!own || state.taken !== own) return
    delete state.taken
    state.queue.unshift(own)
    advance(state)
  }
  signal.addEventListener("abort", abort, { once: true })
  state.polls.add(poll)
  advance(state)
  return promise
}

/** Answers the request that a client works on. Without one it does nothing. */
export function answerTui(instance: Instance, answer: boolean): void {
  const state = stateOf(instance)
  state.seen = performance.now()
  if (state.taken) settle(state, state.taken, answer)
}

/** Hands the first request to the longest waiting poll, and sets the time for what is waited for now. */
function advance(state: State) {
  const [poll] = state.polls
  const [entry] = state.queue
  if (poll && entry && !state.taken) {
    state.polls.delete(poll)
    state.queue.shift()
    state.taken = entry
    state.seen = performance.now()
    clearTimeout(state.timer)
    state.timer = setTimeout(() => settle(state, entry, true), RESPONSE)
    poll.take(entry)
  } else if (!state.taken && entry && !state.timer) {
    state.timer = setTimeout(() => {
      for (const each of [...state.queue]) settle(state, each, true)
    }, PICKUP)
  }
}

function settle(state: State, entry: Entry, answer: boolean) {
  clearTimeout(entry.patience)
  entry.settle(answer)
  state.queue = state.queue.filter((each) => each !== entry)
  if (state.taken === entry) delete state.taken
  if (!state.taken) {
    clearTimeout(state.timer)
    delete state.timer
  }
  advance(state)
}
