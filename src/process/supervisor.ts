/** How a child process is started. Nothing goes through a shell unless the caller names one in `command`. */
export interface SpawnOptions {
  /** Program and arguments. */
  command: string[]
  cwd: string
  env: Record<string, string | undefined>
  /** Text or bytes for standard input; without it the input is empty. `"pipe"`: the caller writes through `stdin`. */
  stdin?: string | Uint8Array | "pipe"
  /** Aborting it ends the whole process group: SIGTERM, and SIGKILL after a short deadline. */
  signal?: AbortSignal
  /** Milliseconds after which the group is ended the same way. */
  timeout?: number
  /**
   * What the program left running when it ended by itself (`server &` in a shell) may live on, until the supervisor is
   * disposed; `exited` then settles with the program. Without it `exited` waits for those processes too.
   */
  leaveBackground?: boolean
  /**
   * Opens a channel for messages in JSON, apart from the standard streams: hears each one that the child sends (`process.send`
   * there). It must be a program of our own or of Bun or Node.
   */
  onMessage?(message: unknown): void
}

export interface ExitState {
  /** Exit code; null when a signal ended the process. */
  code: number | null
  signal: string | null
  /** Why the supervisor ended it, if it did. */
  ended?: "aborted" | "timeout" | "killed"
}

/** What a child prints, piece by piece, for one reader. */
export type ChildOutput = AsyncIterable<Uint8Array<ArrayBuffer>>

export interface Child {
  readonly pid: number
  readonly stdout: ChildOutput
  readonly stderr: ChildOutput
  /** Only with `stdin: "pipe"`. */
  readonly stdin?: { write(data: string | Uint8Array): void; flush(): void; end(): void }
  /** Only with `onMessage`: sends a message to the child. One that has ended does not get it. */
  readonly send?: (message: object) => void
  /** Settles when the process group is really gone, never before. Does not reject. */
  readonly exited: Promise<ExitState>
  /** Ends the group: SIGTERM, then SIGKILL. Settles when it is gone. */
  kill(): Promise<ExitState>
}

/** How a program is started in a terminal of its own. */
export interface TerminalOptions extends Pick<SpawnOptions, "command" | "cwd" | "env" | "signal"> {
  cols: number
  rows: number
  /** Hears what the program prints. It cannot be slowed down: the listener decides what it keeps. */
  onOutput(bytes: Uint8Array<ArrayBuffer>): void
}

/** A program in a terminal. It leads a session; ending it ends whatever runs in that session. */
export interface TerminalChild {
  readonly pid: number
  /** Settles when the program has ended and its output was told, though its background jobs may still run. Does not reject. */
  readonly exited: Promise<ExitState>
  /** Types. False, and nothing is typed, when the program has left a megabyte unread. After the end it does nothing. */
  write(data: string | Uint8Array): boolean
  resize(cols: number, rows: number): void
  /** Ends all processes of the session: SIGHUP and SIGTERM, then SIGKILL. Settles when they are gone. */
  kill(): Promise<ExitState>
}

export interface RunResult extends ExitState {
  stdout: Uint8Array<ArrayBuffer>
  stderr: string
  /** Whether output was dropped because of `maxOutput`. */
  truncated: boolean
}

/** The one place where child processes are started. Every child has a process group of its own and dies with the server. */
export interface Supervisor {
  /** Throws when the program cannot be started. */
  spawn(options: SpawnOptions): Child
  /** Throws when the program cannot be started, or the system has no such terminals (Windows). */
  spawnTerminal(options: TerminalOptions): TerminalChild
  /** Runs to the end and collects the output, at most `maxOutput` bytes of each stream (default 16 MiB; the head is kept). */
  run(options: SpawnOptions & { maxOutput?: number }): Promise<RunResult>
  /** Pids of the running children. */
  list(): number[]
  /** Ends all children. For the end of the server. */
  dispose(): Promise<void>
}
