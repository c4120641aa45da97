import type { Database } from "bun:sqlite"
import { StoreOpenError } from "./open-error"

/**
 * The steps from an empty file to today's tables. Step n leads from version n to n + 1. Only ever append.
 *
 * Each row keeps its noun as JSON in `data`, beside it the columns that are filtered, joined or sorted on. `seq` is the place of
 * the last change in the one order of all changes; a tombstone takes that place for what was removed. So the greatest `seq`
 * of all tables is the last one given.
 */
const steps = [
  `
  create table project (
    id text primary key,
    seq integer not null,
    created integer not null,
    data text not null
  );
  create index project_seq on project (seq);

  create table session (
    id text primary key,
    seq integer not null,
    project_id text not null,
    directory text not null,
    path text,
    parent_id text,
    updated integer not null,
    archived integer not null,
    title_folded text not null,
    data text not null
  );
  create index session_seq on session (seq);
  create index session_updated on session (updated desc, id);
  create index session_project on session (project_id, updated desc, id);
  create index session_directory on session (directory, updated desc, id);
  create index session_parent on session (parent_id, updated desc, id) where parent_id is not null;

  create table message (
    session_id text not null references session (id) on delete cascade,
    id text not null,
    seq integer not null,
    created integer not null,
    data text not null,
    primary key (session_id, id)
  );
  create index message_seq on message (seq);
  create index message_created on message (session_id, created, id);

  create table part (
    session_id text not null,
    message_id text not null,
    id text not null,
    seq integer not null,
    data text not null,
    primary key (session_id, message_id, id),
    foreign key (session_id, message_id) references message (session_id, id) on delete cascade
  );
  create index part_seq on part (seq);

  create table todo (
    session_id text primary key references session (id) on delete cascade,
    seq integer not null,
    data text not null
  );
  create index todo_seq on todo (seq);

  create table tombstone (
    seq integer primary key,
    type text not null,
    project_id text not null,
    directory text not null,
    session_id text not null,
    message_id text,
    part_id text,
    data text
  );
  create index tombstone_session on tombstone (session_id);
  `,
  `
  alter table session add column share_key text;
  create unique index session_share on session (share_key) where share_key is not null;
  `,
  // The last updated session is added at the end of an index, where pages fill up, instead of at its beginning.
  `
  drop index session_updated;
  drop index session_project;
  drop index session_directory;
  drop index session_parent;
  create index session_updated on session (updated, id desc);
  create index session_project on session (project_id, updated, id desc);
  create index session_directory on session (directory, updated, id desc);
  create index session_parent on session (parent_id, updated, id desc) where parent_id is not null;
  `,
]

/** Brings the file to today's version, each step in a transaction of its own. Throws `StoreOpenError` for a newer file. */
export function migrate(db: Database, file: string): void {
  const version = db.query<{ user_version: number }, []>("pragma user_version").get()?.user_version ?? 0
  if (version > steps.length)
    throw new StoreOpenError(
      "too-new",
      `${file} was written by a newer version of this program (format ${version}, this one knows ${steps.length}): update the program`,
    )
  for (let next = version; next < steps.length; next++) {
    db.transaction(() => {
      db.run(steps[next]!)
      db.run(`pragma user_version = ${next + 1}`)
    })()
  }
}
