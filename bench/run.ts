import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { ascending, percentile } from '../src/core/percentile.ts';
import type { Prober } from '../src/core/ports.ts';
import type { Server } from '../src/core/server.ts';
import { systemClock } from '../src/engine/system-clock.ts';
import { createProber } from '../src/probe/prober.ts';

/**
 * What one whole probe costs the monitor (session, list of tools, one tool call, end of session, on a fresh connection),
 * over loopback: CPU of this process, and the time each probe took.
 */
const WARM_UP = 300;
const PACED = { perSecond: 50, seconds: 10 } as const;
const FLAT_OUT = { probes: 2000, atOnce: 20 } as const;

const prober = createProber({
  location: 'bench',
  version: '0.0.0',
  clock: systemClock,
  network: { mode: 'private', allow: [], deny: [] },
  log: { info: () => undefined, warn: () => undefined, error: (fields, message) => console.error(message, fields) },
});

const target = spawn(process.execPath, ['--import', 'tsx', new URL('target.ts', import.meta.url).pathname], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
try {
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(target.stdout).once('line', resolve);
    target.once('exit', () => reject(new Error('The target did not start.')));
  });
  const server = serverAt(url);
  await flatOut(prober, server, WARM_UP);
  console.log('| run | probes | CPU ms a probe | p50 ms | p99 ms |\n| --- | --- | --- | --- | --- |');
  await measured(`${PACED.perSecond} a second`, () => paced(prober, server));
  await measured(`flat out, ${FLAT_OUT.atOnce} at once`, () => flatOut(prober, server, FLAT_OUT.probes));
} finally {
  target.stdin.end();
}

async function measured(name: string, run: () => Promise<readonly number[]>): Promise<void> {
  const before = process.cpuUsage();
  const durations = await run();
  const { user, system } = process.cpuUsage(before);
  const sorted = ascending(durations);
  const figure = (value: number | null): string => (value === null ? '–' : value.toFixed(2));
  const cells = [(user + system) / 1000 / durations.length, percentile(sorted, 0.5), percentile(sorted, 0.99)];
  console.log(`| ${name} | ${durations.length} | ${cells.map(figure).join(' | ')} |`);
}

async function paced(by: Prober, server: Server): Promise<readonly number[]> {
  const probes: Promise<number>[] = [];
  const startedAt = performance.now();
  for (let slot = 0; slot < PACED.perSecond * PACED.seconds; slot += 1) {
    await wait(Math.max(0, startedAt + (slot * 1000) / PACED.perSecond - performance.now()));
    probes.push(probeOnce(by, server));
  }
  return Promise.all(probes);
}

async function flatOut(by: Prober, server: Server, probes: number): Promise<readonly number[]> {
  const durations: number[] = [];
  const work = async (): Promise<void> => {
    while (durations.length < probes) durations.push(await probeOnce(by, server));
  };
  await Promise.all(Array.from({ length: FLAT_OUT.atOnce }, work));
  return durations;
}

async function probeOnce(by: Prober, server: Server): Promise<number> {
  const { steps, durationMs } = await by.probe({
    server,
    scheduledAt: Date.now(),
    signal: AbortSignal.timeout(30_000),
  });
  const failed = steps.find(({ status }) => status === 'failed');
  if (failed) throw new Error(`A probe failed at ${failed.name}: ${failed.error?.message}`);
  return durationMs;
}

function serverAt(url: string): Server {
  return {
    id: 'steady',
    name: 'steady',
    source: { kind: 'ui' },
    url,
    headers: {},
    auth: null,
    clientName: 'AliveMCP',
    canaries: [
      {
        kind: 'tool',
        tool: 'current_weather',
        arguments: { city: 'Oslo' },
        timeoutMs: 12_000,
        expect: [],
        allowDestructive: false,
      },
    ],
    healthUrl: null,
    schedule: { kind: 'interval', everyMs: 60_000 },
    timeoutMs: 10_000,
    confirm: { down: 3, up: 2, recheckMs: 20_000 },
    latencyRules: [],
    announceFirst: false,
    channels: [],
    tags: [],
    paused: false,
  };
}
