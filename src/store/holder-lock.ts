import { Database } from "bun:sqlite"
import { errorMessage } from "../base/error"
import { StoreOpenError } from "./open-error"

/** The right to be the only process that uses a database. It ends with the process, however that ends. */
export interface HolderLock {
  release(): void
}

/**
 * Takes the lock of the database `file` or throws a `StoreOpenError` that names the holder.
 *
 * The lock is a transaction that stays open in a small database of its own: the operating system drops it with the
 * process, so that no stale pid has to be told from a living one. Such a transaction still lets others read who has it.
 */
export function takeHolderLock(file: string, pid: number, now: number): HolderLock {
  const lock = new Database(`${file}.lock`, { create: true, readwrite: true })
  try {
    // Nothing in it outlives the process; a journal on disk would only be one more file to be left behind.
    lock.run("pragma journal_mode = memory")
    lock.run("pragma synchronous = off")
    lock.run("begin immediate")
    lock.run("create table if not exists holder (pid integer not null, since integer not null)")
    lock.run("delete from holder")
    lock.run("insert into holder values (?, ?)", [pid, now])
    lock.run("commit")
    lock.run("begin immediate")
  } catch (error) {
    const taken = isBusy(error) && inUse(file, findHolder(lock), error)
    lock.close()
    throw taken || new StoreOpenError("unusable", `Cannot lock ${file}: ${errorMessage(error)}`, { cause: error })
  }
  return {
    release() {
      lock.run("rollback")
      lock.close()
    },
  }
}

interface Holder {
  pid: number
  since: number
}

function inUse(file: string, holder: Holder | null | undefined, cause: unknown): StoreOpenError {
  const who = holder ? `process ${holder.pid}, since ${new Date(holder.since).toISOString()}` : "another process"
  return new StoreOpenError("in-use", `${file} is in use by ${who}`, { cause, holder: holder?.pid })
}

function findHolder(lock: Database) {
  try {
    return lock.query<Holder, []>("select pid, since from holder").get()
  } catch (error) {
    // The holder is just writing its name.
    if (!isBusy(error) && !errorMessage(error).includes("no such table")) throw error
    return undefined
  }
}

const isBusy = (error: unknown) =>
  error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_BUSY")
