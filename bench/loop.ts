import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { request } from 'undici';
import { z } from 'zod';
import { type Api, openApi } from '../test/fixtures/api.ts';
import { openPlace, type Program } from '../test/fixtures/program.ts';
import { until } from '../test/fixtures/until.ts';
import { fleetOf } from './fleet.ts';
import { machine, startTarget, table } from './processes.ts';
import { idOf, seed } from './seed.ts';

/**
 * For how long the event loop of the built `serve` keeps others waiting: while it only probes, and while it exports,
 * answers for the fleet and for years, rolls up an hour and drops days. It waits for the full hour, when those two are due.
 * `npm run bench -- loop [SERVERS [DAYS]]`: 1,000 servers every 20 s with 8 days of probes unless said otherwise.
 */
const [servers = 1000, days = 8] = process.argv.slice(2).map(Number);
const EVERY_MS = 20_000;
const ALONE_MS = 120_000;
const EXPORTS_AT_ONCE = 4;
/** Both are done at these minutes of the hour (engine/janitor.ts). */
const JOBS = ['rollup', 'retention'];

const Delay = z.object({ count: z.int(), p50: z.number(), p99: z.number(), p999: z.number(), max: z.number() });
type Delay = z.output<typeof Delay>;

const here = await openPlace();
const target = await startTarget(null);
try {
  await seed(here.path('data/alivemcp.db'), { servers, days, until: Date.now() });
  const config = fleetOf(target.origin, { servers, everyMs: EVERY_MS });
  const retention = { probes: `${days - 2}d`, rollups: '400d' };
  await here.write('config.yaml', { ...config, monitor: { ...config.monitor, retention } });
  const file = here.path('loop.json');
  const preload = `--import=${join(import.meta.dirname, 'loop-delay.mjs')}`;
  const program = await here.serve({ env: { NODE_OPTIONS: preload, LOOP_DELAY: file } });
  await until(async () => (await target.seen()) >= 2 * servers, { what: 'all are probed', ms: 10 * EVERY_MS });

  await delayOf(program, file);
  await wait(ALONE_MS);
  const alone = await delayOf(program, file);
  const done = await underLoad(program);
  const loaded = await delayOf(program, file);

  const row = (what: string, { p50, p99, p999, max }: Delay) => [what, ...[p50, p99, p999, max].map(ms)];
  const head = ['event loop delay', 'p50', 'p99', 'p99.9 (≤ 20 ms)', 'max'];
  console.log(`${machine()}; ${servers} servers every ${EVERY_MS / 1000} s\n`);
  console.log(table(head, [row('probing', alone), row('and everything else', loaded)]));
  console.log(`\nEverything else: ${done}`);
  await program.stop();
} finally {
  await here.close();
  target.close();
}

/** Reads and exports without a pause until both jobs have been done once. Resolves with what was done, in words. */
async function underLoad({ url }: Program): Promise<string> {
  const api = openApi(url);
  const before = await jobsOf(api);
  const isOver = async (): Promise<boolean> => (await jobsOf(api)).every(({ at }, n) => at !== before[n]?.at);
  const counts = { exports: 0, reads: 0 };
  let goesOn = true;
  const keepOn = async (work: (n: number) => Promise<void>): Promise<void> => {
    for (let n = 0; goesOn; n += 1) await work(n % servers);
  };
  const exporting = keepOn(async (n) => {
    const ids = Array.from({ length: EXPORTS_AT_ONCE }, (_, at) => idOf((n * EXPORTS_AT_ONCE + at) % servers));
    await Promise.all(ids.map((id) => read(`${url}/api/v1/servers/${id}/export?format=csv`)));
    counts.exports += ids.length;
  });
  const reading = keepOn(async (n) => {
    for (const window of ['24h', '30d', '365d'])
      await read(`${url}/api/v1/servers/${idOf(n)}/latency?window=${window}`);
    await read(`${url}/api/v1/servers?sort=p95&limit=1000`);
    counts.reads += 4;
    await wait(100);
  });
  await until(isOver, { what: 'the hour is over', ms: 70 * 60_000, everyMs: 1000 });
  goesOn = false;
  await Promise.all([exporting, reading]);
  const jobs = (await jobsOf(api)).map(({ message }) => message).join('; ');
  return `${counts.exports} exports, ${counts.reads} reads; ${jobs}.`;
}

async function jobsOf(api: Api): Promise<readonly { readonly at: string | null; readonly message: string }[]> {
  const { cron } = await api.monitor();
  return JOBS.map((name) => {
    const last = cron.find((job) => job.name === name)?.last ?? null;
    return { at: last?.at ?? null, message: last?.message ?? 'not yet' };
  });
}

async function read(url: string): Promise<void> {
  const { body, statusCode } = await request(url);
  await body.dump({ limit: Number.MAX_SAFE_INTEGER });
  if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}.`);
}

/** Since it was last asked. */
async function delayOf(program: Program, file: string): Promise<Delay> {
  await rm(file, { force: true });
  program.signal('SIGUSR2');
  const text = await until(() => readFile(file, 'utf8').catch(() => null), { what: 'it says how long others waited' });
  return Delay.parse(JSON.parse(text));
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
