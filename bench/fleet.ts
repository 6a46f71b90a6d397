import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { request } from 'undici';
import { TICK_MS } from '../src/core/schedule.ts';
import { openApi } from '../test/fixtures/api.ts';
import { openPlace, type Place, type Program } from '../test/fixtures/program.ts';
import { until } from '../test/fixtures/until.ts';
import { cpuMsOf, firstLine, rssMbOf, startScript, startTarget } from './processes.ts';

/** A fleet that the built monitor watches, and for how long it is looked at. */
export interface Fleet {
  readonly servers: number;
  readonly everyMs: number;
  readonly seconds: number;
  /** More is due than can be done. */
  readonly isTooMuch?: boolean;
  /** null: in the clear. */
  readonly tls: { readonly key: string; readonly cert: string; readonly ca: string; readonly caFile: string } | null;
}

/** What doing probes took: processor time, and so many were done a second. */
export interface Cost {
  readonly msEach: number;
  readonly perSecond: number;
}

export interface Figures {
  readonly cost: Cost;
  /** Bare undici doing the same requests at the same pace, right after. */
  readonly floor: Cost;
  /** The same in the ticks in which probes start; null: the fleet is too much. */
  readonly floorInTicks: Cost | null;
  /** Bare undici doing them as fast as it can, as many at once as the monitor may; null: the fleet is not too much. */
  readonly floorFlatOut: Cost | null;
  readonly rssMb: number;
  readonly lagP99Ms: number | null;
  readonly lagMaxMs: number | null;
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
  readonly missed: number;
}

/** Probes under way at once: as many as by default, here all of one origin. */
const AT_ONCE = 50;

/** The configuration of a fleet at that origin. */
export function fleetOf(origin: string, { servers, everyMs }: Pick<Fleet, 'servers' | 'everyMs'>) {
  return {
    monitor: { store: 'sqlite:data/alivemcp.db', concurrency: { total: AT_ONCE, per_origin: AT_ONCE } },
    defaults: { interval: `${everyMs}ms`, canary: { tool: 'tool_0', arguments: { query: 'x' } }, channels: [] },
    servers: Array.from({ length: servers }, (_, n) => ({
      id: `server-${String(n).padStart(5, '0')}`,
      url: `${origin}/mcp/${n}`,
      tags: [`group-${n % 20}`],
    })),
  };
}

/** Writes it. */
export async function configure(here: Place, origin: string, fleet: Pick<Fleet, 'servers' | 'everyMs'>): Promise<void> {
  await here.write('config.yaml', fleetOf(origin, fleet));
}

/** What a probe costs the built monitor, judged, stored and pushed to one browser, beside the floor. */
export async function measure(fleet: Fleet): Promise<Figures> {
  const target = await startTarget(fleet.tls);
  const here = await openPlace();
  try {
    await configure(here, target.origin, fleet);
    const caFile = fleet.tls?.caFile;
    const program = await here.serve(caFile === undefined ? {} : { env: { NODE_EXTRA_CA_CERTS: caFile } });
    const stream = await openStream(program.url);
    // New servers are spread over one interval; another one for what is done once.
    await wait(Math.min(2 * fleet.everyMs, fleet.everyMs + 20_000));
    const api = openApi(program.url);
    // The first result of each is a turn, which is written by itself.
    await until(async () => (await api.summary()).states.unknown === 0, {
      what: 'each server was probed once',
      ms: 300_000,
      everyMs: 500,
    });
    const cost = await costOf(program, target, fleet.seconds);
    const [pace, isTooMuch] = [String(cost.perSecond), fleet.isTooMuch === true];
    const { lag, event_loop: loop, slots } = await api.monitor();
    const rssMb = rssMbOf(program.pid);
    stream.destroy();
    await program.stop();
    return {
      cost,
      floor: await floorOf(fleet, target, [pace]),
      floorInTicks: isTooMuch ? null : await floorOf(fleet, target, [pace, String(TICK_MS)]),
      floorFlatOut: isTooMuch ? await floorOf(fleet, target, ['flat', String(AT_ONCE)]) : null,
      rssMb,
      lagP99Ms: lag.p99_ms,
      lagMaxMs: lag.max_ms,
      loopP99Ms: loop.p99_ms,
      loopMaxMs: loop.max_ms,
      missed: slots.missed,
    };
  } finally {
    await here.close();
    target.close();
  }
}

/** What a process spends on each probe that the target sees meanwhile. */
export async function costOf(
  { pid }: Pick<Program, 'pid'>,
  target: Awaited<ReturnType<typeof startTarget>>,
  seconds: number,
): Promise<Cost> {
  const [probes, cpuMs, at] = [await target.seen(), cpuMsOf(pid), performance.now()];
  await wait(seconds * 1000);
  const [count, used, ms] = [(await target.seen()) - probes, cpuMsOf(pid) - cpuMs, performance.now() - at];
  return { perSecond: (count * 1000) / ms, msEach: used / count };
}

/** What it costs bare undici; `pace` as floor.ts takes it. */
async function floorOf(
  { tls, seconds }: Fleet,
  target: Awaited<ReturnType<typeof startTarget>>,
  pace: readonly string[],
): Promise<Cost> {
  const ca = tls === null ? {} : { NODE_EXTRA_CA_CERTS: tls.caFile };
  const child = startScript('floor.ts', [`${target.origin}/mcp`, ...pace], { ...process.env, ...ca });
  try {
    await firstLine(child);
    await wait(2000);
    return await costOf({ pid: child.pid ?? 0 }, target, Math.min(seconds, 30));
  } finally {
    child.stdin.end();
    // Before the target goes: what is under way would fail.
    await once(child, 'exit');
  }
}

/** A browser that looks at the dashboard. */
export async function openStream(url: string): Promise<{ destroy(): void }> {
  const { body } = await request(`${url}/api/v1/events`, { bodyTimeout: 0, headers: { accept: 'text/event-stream' } });
  body.on('error', () => undefined).resume();
  return body;
}
