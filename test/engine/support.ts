import { onTestFinished } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import type { Json } from '../../src/core/json.ts';
import type { MonitorEvent } from '../../src/core/monitor.ts';
import type { Sight } from '../../src/core/offline.ts';
import type { Lookout, ProbeRequest, Prober } from '../../src/core/ports.ts';
import type { ProbeReport } from '../../src/core/probe.ts';
import { reason } from '../../src/core/reasons.ts';
import type { StopSignal } from '../../src/core/stop.ts';
import type { Store } from '../../src/core/store.ts';
import { StoreError } from '../../src/core/store.ts';
import { calendar } from '../../src/engine/cron.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { openChannel } from '../../src/notify/channel.ts';
import { LIMITS } from '../../src/notify/define.ts';
import { notifierKinds } from '../../src/notify/registry.ts';
import { channelFromFile, createRules, fromFile } from '../../src/rules.ts';
import { openStore } from '../../src/store/open.ts';
import { load } from '../config/support.ts';
import type { FakeClock } from '../fixtures/clock.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { aFailure, aReport } from '../fixtures/facts.ts';
import { keepingLog } from '../store/quiet.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** Lets everything that waits for nothing but the processor run; what the store writes together, it writes within the first turn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Lets time pass, and with each timer everything that follows from it. */
export async function pass(clock: FakeClock, ms: number): Promise<void> {
  const end = clock.monotonic() + ms;
  await settled();
  for (let next = clock.untilNext(); next !== null && clock.monotonic() + next <= end; next = clock.untilNext()) {
    clock.advance(next);
    await settled();
  }
  clock.advance(end - clock.monotonic());
  await settled();
}

export interface FakeProber extends Prober {
  /** Every probe so far, with when it started. */
  readonly starts: { readonly id: string; readonly at: number; readonly scheduledAt: number }[];
  startsOf(id: string): readonly number[];
  /** What a server's next probes see. */
  sees(id: string, report: Partial<ProbeReport>): void;
  isDown(id: string): void;
  /** Its packets are lost on the way. */
  isLost(id: string): void;
  isWell(id: string): void;
  /** How long a server's next probes take. */
  takes(id: string, ms: number): void;
  /** The most that ran at once, in all and for one server. */
  readonly peak: { all: number; ofOne: number };
}

/** A prober that sees what it is told to. */
export function createFakeProber(clock: FakeClock): FakeProber {
  const starts: FakeProber['starts'] = [];
  const seen = new Map<string, Partial<ProbeReport>>();
  const lasting = new Map<string, number>();
  const running = new Map<string, number>();
  const peak = { all: 0, ofOne: 0 };
  const count = (id: string, by: number): void => {
    running.set(id, (running.get(id) ?? 0) + by);
    peak.all = Math.max(
      peak.all,
      [...running.values()].reduce((sum, one) => sum + one, 0),
    );
    peak.ofOne = Math.max(peak.ofOne, running.get(id) ?? 0);
  };
  const wait = (ms: number, signal: StopSignal): Promise<void> =>
    new Promise((resolve) => {
      if (ms === 0) resolve();
      clock.after(ms, resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  return {
    starts,
    peak,
    startsOf: (id) => starts.filter((start) => start.id === id).map(({ at }) => at),
    sees: (id, report) => seen.set(id, report),
    isDown: (id) => seen.set(id, aFailure(reason('tcp_refused', 'connect'))),
    isLost: (id) => seen.set(id, aFailure(reason('tcp_timeout', 'connect'))),
    isWell: (id) => seen.delete(id),
    takes: (id, ms) => lasting.set(id, ms),
    probe: async ({ server: { id }, scheduledAt, signal }: ProbeRequest) => {
      const startedAt = clock.now();
      const report = aReport(seen.get(id));
      starts.push({ id, at: startedAt, scheduledAt });
      count(id, 1);
      await wait(lasting.get(id) ?? 0, signal);
      count(id, -1);
      return { ...report, serverId: id, scheduledAt, startedAt, durationMs: lasting.get(id) ?? 0 };
    },
  };
}

/** A store that can be told to refuse what would write. */
export function refusing(store: Store): { readonly store: Store; refuse(methods: readonly (keyof Store)[]): void } {
  let refused: readonly PropertyKey[] = [];
  const handler: ProxyHandler<Store> = {
    get: (target, name, receiver) =>
      refused.includes(name)
        ? () => Promise.reject(new StoreError('The store is busy. Try again.'))
        : Reflect.get(target, name, receiver),
  };
  return {
    store: new Proxy(store, handler),
    refuse: (methods) => {
      refused = methods;
    },
  };
}

/** A store in memory, that outlives an engine. */
export async function openMemory(clock: FakeClock): Promise<Store> {
  const store = await openStore({ url: 'sqlite::memory:', clock, log: keepingLog() });
  onTestFinished(() => store.close());
  return store;
}

interface Given {
  readonly clock?: FakeClock;
  readonly store?: Store;
  /** In place of the fake one. */
  readonly prober?: Prober;
  /** In place of a network that is there. */
  readonly lookout?: Lookout;
  readonly controlUrl?: string;
  readonly heartbeat?: { readonly url: string; readonly everyMs: number };
  readonly concurrency?: { readonly total: number; readonly perOrigin: number };
}

const there: Sight = { host: 'example.com', kind: 'answered', address: null, status: 200, message: 'answered' };

/** A network that is there, whoever is asked. */
export const thereAlways: Lookout = { ask: async () => there, knock: async () => there, hasAddress: () => true };

/** The engine with the rules of the real configuration, over a store in memory, a fake clock and a fake prober. */
export async function startEngine(yaml = '', given: Given = {}) {
  const clock = given.clock ?? createFakeClock();
  const memory = refusing(given.store ?? (await openMemory(clock)));
  const { store } = memory;
  const prober = createFakeProber(clock);
  const log = keepingLog();
  const current: { config: Config } = { config: await load(yaml) };
  const posts: { readonly url: string; readonly at: number }[] = [];
  const post = async ({ url }: { readonly url: string }) => {
    posts.push({ url, at: clock.now() });
    return { status: 200, headers: {}, text: 'ok' };
  };
  const open = (spec: Parameters<typeof openChannel>[0]) => openChannel(spec, { post, clock, limits: LIMITS });
  const rules = createRules({ config: () => current.config, calendar, channelKinds: notifierKinds, openChannel: open });
  const engine = await createEngine({
    store,
    prober: given.prober ?? prober,
    rules,
    clock,
    log,
    location: 'local',
    version: '0.0.0',
    publicUrl: 'http://127.0.0.1:8080',
    lookout: given.lookout ?? thereAlways,
    controlUrl: () => given.controlUrl ?? null,
    heartbeat: given.heartbeat ?? null,
    concurrency: given.concurrency ?? { total: 50, perOrigin: 4 },
    demoUrl: null,
    testChannel: async () => ({ ok: true, answer: 'ok', ms: 1 }),
  });
  let isStopped = false;
  const stop = async (): Promise<void> => {
    if (!isStopped) await engine.stop();
    isStopped = true;
  };
  onTestFinished(stop);
  const events: MonitorEvent[] = [];
  engine.monitor.subscribe((event) => events.push(event));
  const reload = async (text: string): Promise<void> => {
    current.config = await load(text);
    const { channels, servers, maintenance, statusPages } = current.config;
    await engine.takeOver({
      channels: channels.map((one) => channelFromFile(one, { openChannel: open, calendar, file: current.config.file })),
      servers: servers.map(fromFile),
      maintenance,
      statusPages,
    });
  };
  await reload(yaml);
  engine.start();
  await settled();
  return { engine, monitor: engine.monitor, clock, store, memory, prober, log, events, posts, reload, stop };
}

export type Entry = Readonly<Record<string, Json>> & { readonly id: string };

/** Servers as they stand in the file, each with keys of its own. */
export function servers(...entries: readonly Entry[]): string {
  return JSON.stringify({
    servers: entries.map((entry) => ({ url: `https://${entry.id}.example.com/mcp`, ...entry })),
  });
}
