import type { Database } from "bun:sqlite"
import type { Change } from "./store"
import type { Writer } from "./writer"

interface Pending {
  changes: Change[]
  resolve(seq: number): void
  reject(error: unknown): void
}

/**
 * Gathers the commits of one tick into one transaction, as most of what a transaction costs is its end. Each stays atomic:
 * one that fails takes nothing of the others with it. `flush` writes at once what waits.
 */
export function createCommitQueue(db: Database, writer: Writer) {
  let waiting: Pending[] = []

  function flush() {
    if (waiting.length === 0) return
    const batch = waiting
    waiting = []
    const before = writer.seq
    const answers: (() => void)[] = []
    try {
      db.run("begin immediate")
      for (const each of batch) answers.push(applyOne(each))
      db.run("commit")
    } catch (error) {
      // A full disk or the like: nothing of the batch is stored.
      if (db.inTransaction) db.run("rollback")
      writer.resetSeq(before)
      for (const each of batch) each.reject(error)
      return
    }
    for (const answer of answers) answer()
  }

  function applyOne({ changes, resolve, reject }: Pending): () => void {
    const before = writer.seq
    db.run("savepoint one")
    try {
      for (const change of changes) writer.apply(change)
    } catch (error) {
      // Some errors end the whole transaction; then there is nothing left to go back to.
      if (!db.inTransaction) throw error
      db.run("rollback to one")
      db.run("release one")
      writer.resetSeq(before)
      return () => reject(error)
    }
    db.run("release one")
    const seq = writer.seq
    return () => resolve(seq)
  }

  return {
    flush,
    add(changes: Change[]): Promise<number> {
      return new Promise((resolve, reject) => {
        if (waiting.push({ changes, resolve, reject }) === 1) queueMicrotask(flush)
      })
    },
  }
}
