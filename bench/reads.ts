import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { request } from 'undici';
import { ascending, percentile } from '../src/core/percentile.ts';
import { openApi } from '../test/fixtures/api.ts';
import { openPlace, type Place, type Program } from '../test/fixtures/program.ts';
import { until } from '../test/fixtures/until.ts';
import { configure } from './fleet.ts';
import { cpuMsOf, machine, rssMbOf, startTarget, table } from './processes.ts';
import { idOf, type Seeded, seed } from './seed.ts';

/**
 * What the built `serve` answers over HTTP on a store with a year behind it, while it probes; how it starts on it; and what
 * is on the disk. `npm run bench -- reads [SERVERS [DAYS]]`: 1,000 servers with 30 days of probes unless said otherwise.
 */
const [servers = 1000, days = 30] = process.argv.slice(2).map(Number);
const EVERY_MS = 60_000;
const ROUNDS = 40;

const here = await openPlace();
const target = await startTarget(null);
try {
  const file = here.path('data/alivemcp.db');
  const from = performance.now();
  const seeded = await seed(file, { servers, days, until: Date.now() });
  const seconds = Math.round((performance.now() - from) / 1000);
  console.log(
    `${machine()}\n\nA year of ${servers} servers and ${seeded.probes} probes of ${days} days in ${seconds} s.\n`,
  );
  const disk = onDisk(file);
  await configure(here, target.origin, { servers, everyMs: EVERY_MS });
  const started = await start(here);
  const rows = [...disk, ...started.rows, ...(await reads(started.program, seeded))];
  console.log(table(['what', 'figure', 'must be'], rows));
  await started.program.stop();
} finally {
  await here.close();
  target.close();
}

type Row = readonly [what: string, figure: string, limit: string];

/** Bytes of a probe, everything beside it that its day has (texts, unused space) counted in. */
function onDisk(file: string): readonly Row[] {
  const db = new Database(file, { readonly: true });
  try {
    const names = db
      .prepare<[], string>("SELECT name FROM sqlite_master WHERE name GLOB 'probes_*' ORDER BY name")
      .pluck();
    const [day = ''] = names.all();
    const bytes = db
      .prepare<[string, string], number>('SELECT sum(pgsize) FROM dbstat WHERE aggregate = TRUE AND name IN (?, ?)')
      .pluck()
      .get(day, day.replace('probes', 'text'));
    const probes = db.prepare<[], number>(`SELECT count(*) FROM ${day}`).pluck().get() ?? 1;
    return [['bytes per probe on disk', ((bytes ?? 0) / probes).toFixed(1), '≤ 50']];
  } finally {
    db.close();
  }
}

async function start(place: Place): Promise<{ readonly program: Program; readonly rows: readonly Row[] }> {
  const program = await place.serve();
  const probed = async (): Promise<boolean> => (await target.seen()) >= servers;
  await until(probed, { what: 'all are probed', ms: 3 * EVERY_MS, everyMs: 200 });
  const seconds = (performance.now() - program.startedAt) / 1000;
  return {
    program,
    rows: [
      ['restart: listening after', `${program.startMs.toFixed(0)} ms`, '≤ 1,000 ms'],
      ['restart: all probed after', `${seconds.toFixed(1)} s`, `≤ ${EVERY_MS / 1000} s and the start`],
    ],
  };
}

async function reads({ url, pid }: Program, { exact }: Seeded): Promise<readonly Row[]> {
  const api = `${url}/api/v1`;
  // Everything that follows a start has settled.
  await wait(5000);
  const nothing = await timed(`${url}/live`);
  const [day, month, year] = [
    await timed(`${api}/servers/${idOf(0)}/latency?window=24h`),
    await timed(`${api}/servers/${idOf(0)}/latency?window=30d`),
    await timed(`${api}/servers/${idOf(0)}/latency?window=365d`),
  ];
  const fleet = await timed(`${api}/servers?sort=p95&limit=1`);
  const list = await timed(`${api}/servers?limit=1000`);
  const cpu = cpuMsOf(pid);
  const export_ = await timed(`${api}/servers/${idOf(1)}/export?format=csv`, 1);
  const errorOf = ({ text }: Timed, right: number): string => {
    const { p95_ms: p95 } = JSON.parse(text);
    return `${((100 * Math.abs(p95 - right)) / right).toFixed(2)} %`;
  };
  const { event_loop: loop, store } = await openApi(url).monitor();
  const exactly = await lastDay(api);
  return [
    ['an answer that says nothing (`/live`)', both(nothing), '–'],
    ['P95 of one server over 24 h', both(day), '≤ 2 ms'],
    ['its error', errorOf(exactly.answer, exactly.right), '0'],
    ['P95 of one server over 30 d', both(month), '≤ 10 ms'],
    ['its error', errorOf(month, exact.month), '≤ 1 %'],
    ['P95 of one server over 1 y', both(year), '≤ 20 ms'],
    ['its error', errorOf(year, exact.year), '≤ 1 %'],
    ['P95 of all servers over 24 h', both(fleet), '≤ 5 ms'],
    ['GET /servers, all', both(list), '≤ 50 ms'],
    ['its size', `${kB(list.bytes)}, ${kB(await packedSize(`${api}/servers?limit=1000`))} to a browser`, '≤ 300 kB'],
    [
      'export of one server',
      `${export_.p50.toFixed(0)} ms, ${(export_.bytes / 1e6).toFixed(1)} MB, ${cpuMsOf(pid) - cpu} ms CPU`,
      '–',
    ],
    ['event loop p99 / max meanwhile', `${loop.p99_ms} / ${loop.max_ms} ms`, '–'],
    ['RSS', `${rssMbOf(pid).toFixed(0)} MB`, '–'],
    ['store', `${(store.bytes / 1e9).toFixed(2)} GB`, '–'],
  ];
}

/** P95 of the last day as it is answered, and of that day's probes as they are exported. */
async function lastDay(api: string): Promise<{ readonly answer: Timed; readonly right: number }> {
  const to = Date.now();
  const [first, last] = [to - 24 * 3_600_000, to].map((at) => new Date(at).toISOString());
  const answer = await timed(`${api}/servers/${idOf(0)}/latency?from=${first}&to=${last}`, 1);
  const { text } = await timed(`${api}/servers/${idOf(0)}/export?format=ndjson`, 1);
  const times: number[] = [];
  for (const line of text.trimEnd().split('\n')) {
    const { started_at: started, steps } = JSON.parse(line);
    const at = Date.parse(started);
    if (at < to - 24 * 3_600_000 || at >= to) continue;
    for (const { name, status, ms } of steps) if (name === 'initialize' && status === 'ok') times.push(ms);
  }
  return { answer, right: percentile(ascending(times), 0.95) ?? 0 };
}

interface Timed {
  readonly p50: number;
  readonly p95: number;
  readonly bytes: number;
  readonly text: string;
}

/** As a client on this machine sees it: request sent to last byte read. */
async function timed(url: string, rounds = ROUNDS): Promise<Timed> {
  const durations: number[] = [];
  let text = '';
  for (let round = 0; round < rounds; round += 1) {
    const from = performance.now();
    const { body, statusCode } = await request(url);
    text = await body.text();
    if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}: ${text}`);
    durations.push(performance.now() - from);
  }
  const sorted = ascending(durations);
  const [p50, p95] = [percentile(sorted, 0.5) ?? 0, percentile(sorted, 0.95) ?? 0];
  return { p50, p95, bytes: Buffer.byteLength(text), text };
}

/** Bytes on the wire, as a browser asks. */
async function packedSize(url: string): Promise<number> {
  const { body } = await request(url, { headers: { 'accept-encoding': 'gzip, deflate, br, zstd' } });
  return (await body.arrayBuffer()).byteLength;
}

function kB(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} kB`;
}

function both({ p50, p95 }: Timed): string {
  return `${p50.toFixed(1)} ms (P95 ${p95.toFixed(1)})`;
}
