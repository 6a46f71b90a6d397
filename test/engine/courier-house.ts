import { onTestFinished } from 'vitest';
import type { ChannelHealth } from '../../src/core/channel-health.ts';
import type { Audience } from '../../src/core/channel-kind.ts';
import type { Notice } from '../../src/core/notice.ts';
import type { Channel, Log, Notifier } from '../../src/core/ports.ts';
import { DeliveryError } from '../../src/core/ports.ts';
import type { Store } from '../../src/core/store.ts';
import { createChannelHealths } from '../../src/engine/channel-healths.ts';
import type { CourierDeps, Settled } from '../../src/engine/courier.ts';
import { createCourier } from '../../src/engine/courier.ts';
import type { FakeClock } from '../fixtures/clock.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { aNotice, anIncident } from '../fixtures/notices.ts';
import { openMemory, settled } from './support.ts';

export type Send = Notifier['send'];

export interface House {
  readonly clock: FakeClock;
  readonly store: Store;
  readonly courier: ReturnType<typeof createCourier>;
  readonly healths: ReturnType<typeof createChannelHealths>;
  readonly settled: Settled[];
  readonly complaints: string[];
  /** Queues a notice of an incident of its own, unless another is named. */
  put(id: string, channel: string, given?: { incident?: string; notBefore?: number; server?: string }): Promise<void>;
  row(id: string): Promise<NonNullable<Awaited<ReturnType<Store['notice']>>>>;
  statusOf(id: string): Promise<string>;
  triesOf(id: string): Promise<Awaited<ReturnType<House['row']>>['deliveries']>;
}

interface Given {
  readonly clock?: FakeClock;
  readonly store?: Store;
  readonly audience?: Audience;
  /** In place of the store's. */
  readonly changes?: Partial<CourierDeps['store']>;
}

/** A courier over a store in memory, with channels that send as they are told. */
export async function house(sends: Readonly<Record<string, Send>>, given: Given = {}): Promise<House> {
  const clock = given.clock ?? createFakeClock();
  const store = given.store ?? (await openMemory(clock));
  const complaints: string[] = [];
  const complain = (_fields: unknown, message: string) => void complaints.push(message);
  const log: Log = { info: complain, warn: complain, error: complain };
  const { audience = 'machine' } = given;
  const all = new Map(Object.entries(sends).map(([id, send]) => [id, channel(id, send, audience)]));
  const channels = () => all;
  const health: ReadonlyMap<string, ChannelHealth> = await store.channelHealth();
  const healths = createChannelHealths({ health, channels, clock });
  const done: Settled[] = [];
  const courier = createCourier({
    store: { due: store.due, claim: store.claim, settle: store.settle, ...given.changes },
    healths,
    channels,
    clock,
    log,
    random: () => 0.5,
    publicUrl: 'http://127.0.0.1:8080',
    onSettled: (one) => done.push(one),
  });
  onTestFinished(async () => {
    const stopped = courier.stop();
    clock.advance(5000);
    await stopped;
  });
  const row: House['row'] = async (id) => {
    const found = await store.notice(id);
    if (found === null) throw new Error(`no notice ${id}`);
    return found;
  };
  return {
    clock,
    store,
    courier,
    healths,
    settled: done,
    complaints,
    put: async (id, to, { incident = id, notBefore = 0, server = incident } = {}) => {
      const about = anIncident({ id: incident, serverId: server, serverName: server });
      await store.saveIncident(about, [{ notice: noticeOf(id, about, clock.now()), channel: to, notBefore }]);
    },
    row,
    statusOf: async (id) => (await row(id)).status,
    triesOf: async (id) => (await row(id)).deliveries,
  };
}

function noticeOf(id: string, incident: Notice['incident'], at: number): Notice {
  const { server } = aNotice();
  const about = { ...server, id: incident.serverId, name: incident.serverName };
  return aNotice({ id, dedupKey: `alivemcp-${incident.id}`, at, incident, server: about });
}

function channel(id: string, send: Send, audience: Audience): Channel {
  const preview = () => ({ kind: 'email' as const, subject: '', text: '', html: '' });
  const notifier = { send, preview };
  return { id, kind: 'email', audience, source: 'config', target: id, severity: null, tags: [], notifier };
}

/** A send that waits until it is told to go on. */
export function held(): { send: Send; release: () => void; readonly started: string[]; readonly aborted: string[] } {
  const started: string[] = [];
  const aborted: string[] = [];
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  return {
    started,
    aborted,
    release: () => release(),
    send: async ({ id }, signal) => {
      started.push(id);
      signal.addEventListener('abort', () => aborted.push(id));
      await gate;
      return 'yes';
    },
  };
}

export function refusing(retry: boolean, retryAfterMs: number | null = null): Send {
  return async () => {
    throw new DeliveryError('not now', { retry, retryAfterMs });
  };
}

/** Lets time pass until `isOver`, from one timer to the next. */
export async function until(clock: FakeClock, isOver: () => Promise<boolean>): Promise<void> {
  for (let turns = 0; turns < 5000; turns += 1) {
    await settled();
    if (await isOver()) return;
    clock.advance(clock.untilNext() ?? 0);
  }
  throw new Error('it is not over after 5,000 timers');
}
