import type { ChannelHealth } from '../core/channel-health.ts';
import { circuitOf } from '../core/channel-health.ts';
import type { ChannelStanding } from '../core/monitor.ts';
import type { Channel, Clock, Log } from '../core/ports.ts';
import { reason } from '../core/reasons.ts';
import { SELF_ID } from '../core/self.ts';
import { SEVERITIES } from '../core/signal.ts';
import type { Store } from '../core/store.ts';
import type { Bus } from './bus.ts';
import { createChannelHealths } from './channel-healths.ts';
import type { Courier, Settled } from './courier.ts';
import { createCourier } from './courier.ts';
import type { Self } from './self.ts';

/** The courier, and what is said of how it fares. */
export interface Deliveries {
  readonly courier: Courier;
  /** How each channel fares that is configured. */
  standings(): Promise<ReadonlyMap<string, ChannelStanding>>;
  /** Sends a notice again, at once; false: there is none that could be sent. */
  resend(noticeId: string): Promise<boolean>;
  /** Channels were changed: they are tried anew, and nobody is troubled by those that are gone. */
  changed(ids: readonly string[]): Promise<void>;
}

export interface DeliveriesOptions {
  readonly store: Store;
  readonly channels: () => ReadonlyMap<string, Channel>;
  readonly clock: Clock;
  readonly log: Log;
  readonly bus: Bus;
  readonly self: Self;
  readonly publicUrl: string;
}

export async function createDeliveries(options: DeliveriesOptions): Promise<Deliveries> {
  const { store, channels, clock, log, publicUrl, self } = options;
  const onSettled = (settled: Settled): void => {
    tellBrowsers(options, settled);
    watchChannel(settled);
  };
  const healths = createChannelHealths({ health: await store.channelHealth(), channels, clock });
  const courier = createCourier({ store, healths, channels, clock, log, publicUrl, random: Math.random, onSettled });

  /** A channel that fails again and again, or that lost a notice, is told of on one that works; and its recovery. */
  const watchChannel = ({ claimed, before, health: after, givenUp }: Settled): void => {
    const channel = channels().get(claimed.channel);
    if (channel === undefined) return;
    if (after.failures === 0 && before.failures > 0) void self.settle(aboutOf(channel.id));
    if (after.failures === 0 || (givenUp === 0 && after.restsUntil === null)) return;
    const all = [...channels().values()];
    const herald = heraldFor(channel.id, all, healths.of);
    const silent = all.flatMap(({ id }) => (id === herald ? [] : [id]));
    void self.raise(troubleOf(channel, after, givenUp), silent);
  };

  return {
    courier,
    standings: async () => {
      const now = clock.now();
      const [due, backlog] = await Promise.all([store.due({ now, busy: [] }), store.backlog()]);
      const standingOf = (id: string): ChannelStanding => {
        const fares = healths.of(id);
        const times = due.get(id);
        const nextTryAt = times === undefined ? null : (healths.nextOf(id, times)?.at ?? null);
        const { pending = 0, failed = 0 } = backlog.get(id) ?? {};
        return { health: fares, circuit: circuitOf(fares, now), nextTryAt, pending, failed };
      };
      return new Map([...channels().keys()].map((id) => [id, standingOf(id)]));
    },
    resend: async (noticeId) => {
      const channel = (await store.notice(noticeId))?.channel ?? null;
      if (channel === null || !(await store.resend(noticeId, clock.now()))) return false;
      healths.retry(channel);
      courier.wake();
      return true;
    },
    changed: async (ids) => {
      for (const id of ids) healths.retry(id);
      const gone = (await store.openIncidents()).flatMap(({ serverId, about }) =>
        serverId === SELF_ID && about !== undefined && isOfNone(about, [...channels().keys()]) ? [about] : [],
      );
      for (const about of gone) await self.settle(about);
    },
  };
}

/** Of several channels that work, the one that was last seen to; null: there is none that hears of such troubles. */
function heraldFor(dead: string, all: readonly Channel[], healthOf: (id: string) => ChannelHealth): string | null {
  const lastOk = ({ id }: Channel): number => healthOf(id).lastOk?.at ?? 0;
  const working = all
    .filter(({ id, severity }) => id !== dead && healthOf(id).failures === 0 && hears(severity))
    .sort((a, b) => lastOk(b) - lastOk(a));
  return working[0]?.id ?? null;
}

/** Troubles of the monitor are `major` (core/self.ts). */
function hears(severity: Channel['severity']): boolean {
  return severity === null || SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf('major');
}

const ABOUT = 'channel:';

function aboutOf(channel: string): string {
  return `${ABOUT}${channel}`;
}

function isOfNone(about: string, channels: readonly string[]): boolean {
  return about.startsWith(ABOUT) && !channels.includes(about.slice(ABOUT.length));
}

function troubleOf(
  { id, kind, target }: Channel,
  { failures, lastFailure, failingSince }: ChannelHealth,
  givenUp: number,
): Parameters<Self['raise']>[0] {
  const answer = lastFailure?.answer ?? '';
  const often = failures === 1 ? 'failed' : `failed ${failures} times in a row`;
  const lost =
    givenUp === 0 ? [] : [{ label: 'given up', value: `${givenUp} ${givenUp === 1 ? 'notice' : 'notices'}` }];
  return {
    about: aboutOf(id),
    reason: reason('monitor_channel_failing', null, `The channel “${id}” ${often}: “${answer.replace(/\.$/, '')}”.`),
    facts: [{ label: 'channel', value: `${id} (${kind}, ${target})` }, { label: 'answer', value: answer }, ...lost],
    since: failingSince ?? lastFailure?.at ?? 0,
  };
}

/** Tells how a try ended, and of its incidents as they are now, so that their pages show the try. */
function tellBrowsers(
  { bus, store, log }: Pick<DeliveriesOptions, 'bus' | 'store' | 'log'>,
  { claimed, settlement }: Settled,
): void {
  bus.emit({ kind: 'delivery', channel: claimed.channel, result: settlement.kind });
  const tell = async (): Promise<void> => {
    for (const id of new Set(claimed.notices.map(({ incident }) => incident.id))) {
      const incident = await store.incident(id);
      if (incident !== null) bus.emit({ kind: 'incident', incident });
    }
  };
  tell().catch((error: unknown) => log.warn({ error }, 'a delivery could not be shown'));
}
