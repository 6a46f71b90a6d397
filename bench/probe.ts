import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { ascending, percentile } from '../src/core/percentile.ts';
import { bare, type Contender, ours, stock } from './contenders.ts';

/**
 * What one whole probe costs this process in CPU, beside bare undici doing the same five requests and the SDK's own
 * transport: over loopback, at the same pace, in turn, the median of several rounds.
 */
const ROUNDS = 5;
const PACE = { perSecond: 50, probes: 200 } as const;
const FLAT_OUT = { atOnce: 20, probes: 600 } as const;
const CONTENDERS: Readonly<Record<string, Contender>> = { 'bare undici': bare, alivemcp: ours, 'SDK transport': stock };

interface Sample {
  readonly cpuMs: number;
  readonly durations: readonly number[];
}

const { BENCH_KEY, BENCH_CERT, ...plainEnv } = process.env;
await compare('plain', plainEnv);
await compare('TLS 1.3', { ...plainEnv, BENCH_KEY, BENCH_CERT });

async function compare(name: string, env: NodeJS.ProcessEnv): Promise<void> {
  const target = spawn(process.execPath, [join(import.meta.dirname, 'target.js')], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      createInterface(target.stdout).once('line', resolve);
      target.once('exit', () => reject(new Error('The target did not start.')));
    });
    for (const contender of Object.values(CONTENDERS)) await flatOut(contender, url, 300);
    await report(`${name}, ${PACE.perSecond} a second`, (contender) => measured(() => paced(contender, url)));
    await report(`${name}, flat out, ${FLAT_OUT.atOnce} at once`, (contender) =>
      measured(() => flatOut(contender, url, FLAT_OUT.probes)),
    );
  } finally {
    target.stdin.end();
  }
}

async function report(title: string, run: (contender: Contender) => Promise<Sample>): Promise<void> {
  const samples = new Map<string, Sample[]>(Object.keys(CONTENDERS).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, contender] of Object.entries(CONTENDERS)) samples.get(name)?.push(await run(contender));
  }
  console.log(
    `\n${title} (median of ${ROUNDS} rounds)\n| | CPU ms a probe | of bare undici | p50 ms | p99 ms |\n| --- | --- | --- | --- | --- |`,
  );
  const floor = median((samples.get('bare undici') ?? []).map(({ cpuMs }) => cpuMs));
  for (const [name, all] of samples) {
    const cpu = median(all.map(({ cpuMs }) => cpuMs));
    const durations = ascending(all.flatMap((sample) => sample.durations));
    const [p50, p99] = [percentile(durations, 0.5) ?? 0, percentile(durations, 0.99) ?? 0];
    console.log(
      `| ${name} | ${cpu.toFixed(2)} | ${(cpu / floor).toFixed(2)} | ${p50.toFixed(1)} | ${p99.toFixed(1)} |`,
    );
  }
}

function median(values: readonly number[]): number {
  return percentile(ascending(values), 0.5) ?? 0;
}

async function measured(run: () => Promise<readonly number[]>): Promise<Sample> {
  const before = process.cpuUsage();
  const durations = await run();
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000 / durations.length, durations };
}

async function paced(contender: Contender, url: string): Promise<readonly number[]> {
  const probes: Promise<number>[] = [];
  const startedAt = performance.now();
  for (let slot = 0; slot < PACE.probes; slot += 1) {
    await wait(Math.max(0, startedAt + (slot * 1000) / PACE.perSecond - performance.now()));
    probes.push(timed(contender, url));
  }
  return Promise.all(probes);
}

async function flatOut(contender: Contender, url: string, probes: number): Promise<readonly number[]> {
  const durations: number[] = [];
  const work = async (): Promise<void> => {
    while (durations.length < probes) durations.push(await timed(contender, url));
  };
  await Promise.all(Array.from({ length: FLAT_OUT.atOnce }, work));
  return durations;
}

async function timed(contender: Contender, url: string): Promise<number> {
  const from = performance.now();
  await contender(url);
  return performance.now() - from;
}
