import { on } from 'node:events';
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import Database from 'better-sqlite3';

// The thread of aside.ts. Plain JavaScript, because Node reads a worker's file itself, also where all else is compiled on the way.

/** Added to what `nice` calls niceness: a tenth of a core where others want all of it, enough for checkpoints to keep up. */
const NICER = 10;

/** What SQLite's check of `what` says: null when it is sound, else the first fault. */
function faultOf(db, check, what) {
  const answer = String(db.pragma(`${check}(${what})`, { simple: true }));
  return answer === 'ok' ? null : answer.replace('*** in database main ***', '').replace(/\s+/g, ' ').trim();
}

/** A table at a time: nothing ends SQLite in the middle, and a monitor that stops must not wait for gigabytes to be read. */
function firstFault(db) {
  // One reading transaction for all of it: a day may be dropped meanwhile.
  db.exec('BEGIN');
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0").pluck().all();
  for (const table of ['sqlite_schema', ...tables]) {
    const fault = faultOf(db, 'quick_check', `"${table}"`);
    if (fault !== null) return fault;
  }
  return null;
}

function countRows(db, tables) {
  return tables.map((table) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
}

async function copy(db, { draft, counted }) {
  // One reading transaction for all of it: without it SQLite starts over whenever the monitor writes.
  db.exec('BEGIN');
  const rows = countRows(db, counted);
  await db.backup(draft);
  db.exec('COMMIT');
  const made = new Database(draft);
  try {
    // Without this the copy would want files of the write-ahead log beside it.
    made.pragma('journal_mode = DELETE');
    const fault = faultOf(made, 'integrity_check', 1);
    if (fault !== null) return fault;
    if (countRows(made, counted).join() !== rows.join()) return 'it misses rows';
  } finally {
    made.close();
  }
  const handle = openSync(draft, 'r');
  fsyncSync(handle);
  closeSync(handle);
  return null;
}

/** As far as nobody reads what is older. Writers are not kept waiting. */
function checkpoint(db) {
  db.pragma('synchronous = FULL');
  db.pragma('wal_checkpoint(PASSIVE)');
  return null;
}

function read(db, table) {
  db.prepare(`SELECT count(*) FROM ${table}`).get();
  return null;
}

async function work(db, task) {
  switch (task.kind) {
    case 'copy':
      return await copy(db, task);
    case 'check':
      return firstFault(db);
    case 'checkpoint':
      return checkpoint(db);
    case 'read':
      return read(db, task.table);
  }
}

async function resultOf(task) {
  try {
    const db = new Database(task.path, { timeout: 5000, fileMustExist: true });
    try {
      return { fault: await work(db, task) };
    } finally {
      db.close();
    }
  } catch (error) {
    return { error: { message: String(error.message), code: String(error.code) } };
  }
}

/** Where cores are few, probes come first. Linux has a priority for each thread; elsewhere it would be that of all. */
function giveWay() {
  if (process.platform !== 'linux') return;
  try {
    setPriority(Math.min(getPriority() + NICER, constants.priority.PRIORITY_LOW));
  } catch {
    // Not allowed here.
  }
}

giveWay();
for await (const [{ id, task }] of on(parentPort, 'message'))
  parentPort.postMessage({ id, result: await resultOf(task) });
