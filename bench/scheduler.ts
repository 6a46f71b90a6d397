import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { CheckedServer } from '../src/core/entries.ts';
import { ascending, percentile } from '../src/core/percentile.ts';
import type { Clock, Log, Prober } from '../src/core/ports.ts';
import { createEngine } from '../src/engine/engine.ts';
import { systemClock } from '../src/engine/system-clock.ts';
import { openStore } from '../src/store/open.ts';
import { aReport, aServer } from '../test/fixtures/facts.ts';

/**
 * How punctually the scheduler starts probes, and how evenly: 1,000 servers every 20 s by a prober that takes no time,
 * each result judged and stored on disk. Lateness is the start against the slot.
 */
const SERVERS = 1000;
const EVERY_MS = 20_000;
const SECONDS = 40;

/** To the microsecond, where the wall clock of Node counts milliseconds. */
const clock: Clock = { ...systemClock, now: () => performance.timeOrigin + performance.now() };
const log: Log = {
  info: () => undefined,
  warn: (_, message) => console.error(message),
  error: (fields, message) => console.error(message, fields),
};

const starts: { readonly at: number; readonly lateMs: number }[] = [];
const prober: Prober = {
  probe: async ({ server, scheduledAt }) => {
    const startedAt = clock.now();
    starts.push({ at: startedAt, lateMs: startedAt - scheduledAt });
    return aReport({ serverId: server.id, scheduledAt, startedAt, durationMs: 20 });
  },
};

const folder = await mkdtemp(join(tmpdir(), 'alivemcp-bench-'));
const store = await openStore({ url: `sqlite:${folder}/alivemcp.db`, clock, log });
const engine = await createEngine({
  store,
  prober,
  rules: { server: refuse, channel: refuse, window: refuse, page: refuse, merge: refuse },
  clock,
  log,
  location: 'bench',
  version: '0.0.0',
  publicUrl: 'http://127.0.0.1:8080',
  concurrency: { total: 50, perOrigin: 4 },
  lookout: { ask: refuse, knock: refuse, hasAddress: () => true },
  controlUrl: () => null,
  heartbeat: null,
  demoUrl: null,
  testChannel: refuse,
});
try {
  await engine.takeOver({
    channels: [],
    maintenance: [],
    statusPages: [],
    servers: Array.from({ length: SERVERS }, (_, n) => serverNo(n)),
  });
  engine.start();
  await wait(EVERY_MS);
  starts.length = 0;
  const cpu = process.cpuUsage();
  await wait(SECONDS * 1000);
  report(process.cpuUsage(cpu), await engine.monitor.figures());
} finally {
  await engine.stop();
  await store.close();
  await rm(folder, { recursive: true });
}

function report(
  { user, system }: NodeJS.CpuUsage,
  { slotsMissed, rssBytes, eventLoopMs }: Awaited<ReturnType<typeof engine.monitor.figures>>,
): void {
  const late = ascending(starts.map(({ lateMs }) => lateMs));
  const from = Math.min(...starts.map(({ at }) => at));
  const perSecond = new Array<number>(SECONDS).fill(0);
  for (const { at } of starts) {
    const second = Math.min(SECONDS - 1, Math.floor((at - from) / 1000));
    perSecond[second] = (perSecond[second] ?? 0) + 1;
  }
  const figure = (value: number | null): string => (value === null ? '–' : value.toFixed(2));
  const busiest = Math.max(...perSecond) / (starts.length / SECONDS);
  const cells = [
    starts.length,
    figure(percentile(late, 0.5)),
    figure(percentile(late, 0.99)),
    figure(late.at(-1) ?? null),
    figure(busiest),
    slotsMissed,
    figure(((user + system) / 1000 / SECONDS) * 0.1),
    figure(eventLoopMs.p99),
    Math.round(rssBytes / 1e6),
  ];
  console.log(
    '| starts | late p50 ms | p99 ms | max ms | busiest second / mean | missed | CPU % of a core | loop p99 ms | RSS MB |',
  );
  console.log(`| ${cells.map(() => '---').join(' | ')} |`);
  console.log(`| ${cells.join(' | ')} |`);
}

function refuse(): never {
  throw new Error('The bench enters nothing.');
}

function serverNo(n: number): CheckedServer {
  const id = `s${n}`;
  const server = aServer({
    id,
    target: { kind: 'http', url: `https://o${n}.example.com/mcp`, transport: 'auto', protocol: 'auto' },
    schedule: { kind: 'interval', everyMs: EVERY_MS },
    latencyRules: [
      { of: 'initialize', p95Ms: 500, overMs: 3_600_000, minSamples: 20, confirmOverMs: 600_000, spike: 3 },
    ],
  });
  return { server, masked: { id }, secrets: [] };
}
