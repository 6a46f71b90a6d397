import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { createRandom } from '../fixtures/random.ts';
import { open } from '../store/folder.ts';

const COMMITTER = fileURLToPath(new URL('../store/committer.ts', import.meta.url));
const COMMITS = 250;
const TRIALS = Number(process.env['TRIALS'] ?? 60);
/** What a disk writes whole or not at all. */
const SECTOR = 512;

/** What the process asked of the disk, in order, and what it said in between. */
type Act =
  | { readonly kind: 'write'; readonly file: string; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly file: string; readonly size: number }
  | { readonly kind: 'sync'; readonly file: string }
  /** A commit was acknowledged. */
  | { readonly kind: 'said'; readonly server: string; readonly version: number };

const CALLS = 'openat,close,pwrite64,ftruncate,fsync,fdatasync,write';
const canTrace = spawnSync('strace', ['-e', `trace=${CALLS}`, '-o', '/dev/null', 'true']).status === 0;
if (!canTrace) console.warn('No strace here: what a power cut leaves was NOT tested.');

test.runIf(canTrace)(
  `cut off at ${TRIALS} moments, with writes that were not synced lost, kept or torn: nothing acknowledged is lost`,
  { timeout: 600_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'alivemcp-cut-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const before = join(folder, 'before.db');
    await (await open(`sqlite:${before}`)).close();
    const file = join(folder, 'alivemcp.db');
    const start = readFileSync(before);
    writeFileSync(file, start);
    const acts = await traced(folder, file);
    const acknowledged = acts.filter(({ kind }) => kind === 'said').length;
    expect(acknowledged).toBeGreaterThanOrEqual(COMMITS);

    const random = createRandom(20_26);
    const outcomes = { sound: 0, lost: 0, damaged: 0 };
    const without = { sound: 0, lost: 0, damaged: 0 };
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const until = Math.floor(random() * acts.length);
      const cut = { folder, start, acts: acts.slice(0, until), random };
      outcomes[afterCut({ ...cut, honoursSync: true })] += 1;
      without[afterCut({ ...cut, honoursSync: false })] += 1;
    }
    console.info(`synced: ${JSON.stringify(outcomes)}; the same without any sync: ${JSON.stringify(without)}`);
    expect(outcomes).toEqual({ sound: TRIALS, lost: 0, damaged: 0 });
    // The control: a disk that ignores syncs, as `synchronous = OFF` would ask for, must show in this test.
    expect(without.lost + without.damaged).toBeGreaterThan(TRIALS / 10);
  },
);

/** Runs the committer under strace until it has acknowledged enough, and kills it. */
async function traced(folder: string, file: string): Promise<readonly Act[]> {
  const trace = join(folder, 'trace');
  const options = ['-ff', '-xx', '-s', '100000', '-e', `trace=${CALLS}`, '-o', trace];
  const child = spawn('strace', [...options, process.execPath, '--import', 'tsx', COMMITTER, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const { pid = 0 } = child;
  let lines = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    lines += text.split('\n').length - 1;
    // Some more than wanted: the last lines of a trace are lost with who writes it.
    if (lines >= COMMITS + 10 && !child.killed) {
      child.kill('SIGKILL');
      process.kill(-pid, 'SIGKILL');
    }
  });
  await once(child, 'close');
  // One file for each thread; SQLite and what is said are in one of them.
  const threads = readdirSync(folder).filter((name) => name.startsWith('trace.'));
  const texts = threads.map((name) => readFileSync(join(folder, name), 'latin1'));
  return parse(texts.find((text) => text.includes('pwrite64') && /^write\(1, /m.test(text)) ?? '', file);
}

function parse(text: string, file: string): readonly Act[] {
  const acts: Act[] = [];
  const names = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, call = '', list = '', result = ''] = /^(\w+)\((.*)\)\s+= (-?\d+)/.exec(line) ?? [];
    const quoted = /"((?:\\x[0-9a-f]{2})*)"/.exec(list)?.[1] ?? '';
    const bytes = Buffer.from(quoted.replaceAll('\\x', ''), 'hex');
    const [fd = ''] = list.split(',');
    const name = names.get(fd);
    if (call === 'openat') {
      const path = bytes.toString();
      if (path === file || path === `${file}-wal`) names.set(result, path);
    } else if (call === 'close') names.delete(fd);
    else if (call === 'write' && fd === '1') {
      const [server = '', version] = bytes.toString().trim().split(' ');
      acts.push({ kind: 'said', server, version: Number(version) });
    } else if (name === undefined) continue;
    else if (call === 'pwrite64') acts.push({ kind: 'write', file: name, at: Number(list.split(', ').at(-1)), bytes });
    else if (call === 'ftruncate') acts.push({ kind: 'truncate', file: name, size: Number(list.split(', ').at(-1)) });
    else if (call === 'fsync' || call === 'fdatasync') acts.push({ kind: 'sync', file: name });
  }
  return acts;
}

interface Cut {
  readonly folder: string;
  /** The store before everything. */
  readonly start: Buffer;
  readonly acts: readonly Act[];
  readonly random: () => number;
  readonly honoursSync: boolean;
}

/** Makes what the disk has after a cut there, opens it, and looks for everything that was acknowledged. */
function afterCut({ folder, start, acts, random, honoursSync }: Cut): 'sound' | 'lost' | 'damaged' {
  const path = join(folder, 'image.db');
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  const names = [...new Set(acts.flatMap((act) => (act.kind === 'said' ? [] : [act.file])))];
  writeFileSync(path, start);
  for (const name of names) {
    const own = acts.filter((act) => act.kind !== 'said' && act.file === name);
    const synced = honoursSync ? own.findLastIndex(({ kind }) => kind === 'sync') : -1;
    const image = createImage(name.endsWith('-wal') ? Buffer.alloc(0) : start, own);
    for (const [at, act] of own.entries()) {
      if (at <= synced) image.apply(act, null);
      else if (random() < 0.6) image.apply(act, random);
    }
    writeFileSync(`${path}${name.endsWith('-wal') ? '-wal' : ''}`, image.bytes());
  }
  const wanted = new Map(acts.flatMap((act) => (act.kind === 'said' ? [[act.server, act.version] as const] : [])));
  try {
    const db = new Database(path);
    try {
      if (db.pragma('integrity_check', { simple: true }) !== 'ok') return 'damaged';
      const rows = db
        .prepare<[], { id: string; version: number }>('SELECT id, version FROM status JOIN server ON n = server')
        .all();
      const found = new Map(rows.map(({ id, version }) => [id, version]));
      return [...wanted].every(([server, version]) => (found.get(server) ?? 0) >= version) ? 'sound' : 'lost';
    } finally {
      db.close();
    }
  } catch {
    return 'damaged';
  }
}

/** A file as it becomes. */
function createImage(first: Buffer, acts: readonly Act[]) {
  const ends = acts.map((act) =>
    act.kind === 'write' ? act.at + act.bytes.length : act.kind === 'truncate' ? act.size : 0,
  );
  const bytes = Buffer.alloc(Math.max(first.length, ...ends));
  first.copy(bytes);
  let size = first.length;
  return {
    bytes: () => bytes.subarray(0, size),
    /** `random`: of a write, now and then only some sectors arrive. */
    apply(act: Act, random: (() => number) | null): void {
      if (act.kind === 'truncate') {
        if (act.size < size) bytes.fill(0, act.size, size);
        size = act.size;
      } else if (act.kind === 'write') {
        const isTorn = random !== null && random() < 0.3;
        for (let from = 0; from < act.bytes.length; from += SECTOR)
          if (!isTorn || random() < 0.5) act.bytes.copy(bytes, act.at + from, from, from + SECTOR);
        size = Math.max(size, act.at + act.bytes.length);
      }
    },
  };
}
