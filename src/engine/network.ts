import type { NetworkFigures } from '../core/monitor.ts';
import { tellingOf } from '../core/offline.ts';
import type { Clock, Log, Lookout } from '../core/ports.ts';
import type { ProbeReport } from '../core/probe.ts';
import { reason } from '../core/reasons.ts';
import type { Trouble } from '../core/self.ts';
import type { Server } from '../core/server.ts';
import type { Bearings, Finding } from './bearings.ts';
import { createBearings } from './bearings.ts';
import type { Roster } from './roster.ts';
import type { Self } from './self.ts';
import { isReached } from './survey.ts';

/** Tells our own network's outage from the servers', and says so once. */
export interface Network {
  /** Did this probe fail because of our own network? Waits while that is found out, some seconds at most. Never rejects. */
  isOurs(passage: Passage): Promise<boolean>;
  figures(): NetworkFigures;
  /** Asks the control address a first time. */
  start(): void;
  stop(): void;
}

export interface Passage {
  readonly server: Server;
  readonly report: ProbeReport;
  /** When the probe began, monotonic. */
  readonly begun: number;
}

interface NetworkOptions {
  readonly roster: Pick<Roster, 'get' | 'all'>;
  readonly lookout: Lookout;
  readonly self: Self;
  /** null: none is configured. */
  readonly controlUrl: () => string | null;
  readonly clock: Clock;
  readonly log: Log;
}

export function createNetwork(options: NetworkOptions): Network {
  const { controlUrl, clock, log } = options;
  const bearings = createBearings(options);
  const outage = createOutage(bearings, options);

  const ask = async (): Promise<boolean> => {
    const isOurs = bearings.isOurs(await bearings.take(clock.monotonic()));
    if (!isOurs) outage.end();
    return isOurs;
  };

  const isGone = async (server: Server, begun: number): Promise<boolean> =>
    (controlUrl() !== null || (wasReached(options, server) && !bearings.isThroughSince(begun))) && ask();

  return {
    isOurs: async ({ server, report, begun }) => {
      const telling = tellingOf(report, server, controlUrl());
      if (telling === 'through') {
        bearings.gotThrough(begun);
        if (!outage.isSince(begun)) outage.end();
      }
      if (telling !== 'ask' || !(await isGone(server, begun))) return false;
      outage.note(server.id, report.startedAt);
      return true;
    },
    figures: () => ({ control: bearings.control(), offlineSince: outage.since() }),
    start: () => {
      if (controlUrl() !== null)
        ask().catch((error: unknown) => log.error({ error }, 'the control address was not asked'));
    },
    stop: () => {
      outage.stop();
      bearings.stop();
    },
  };
}

/** A server that is down already says nothing of our network. */
function wasReached({ roster }: NetworkOptions, { id }: Server): boolean {
  const status = roster.get(id)?.status;
  return status !== undefined && isReached(status);
}

/** Told only if it is still so after this: a lost packet is no outage. Then looked at again and again. */
const CONFIRM_MS = 5_000;
const AGAIN_MS = 15_000;
const ABOUT = 'network';

interface Outage {
  /** A server was not reached, because of us, by a probe that started then (epoch milliseconds). */
  note(id: string, startedAt: number): void;
  /** Did it begin after that (monotonic)? */
  isSince(begun: number): boolean;
  since(): number | null;
  end(): void;
  stop(): void;
}

/** The time our own network is gone: told once it is confirmed, and ended as soon as it is seen to be back. */
function createOutage(bearings: Bearings, { roster, self, clock, log }: NetworkOptions): Outage {
  let current: { readonly since: number; readonly found: number; readonly lost: Set<string> } | null = null;
  /** An incident of a predecessor may be open. */
  let isSettled = false;
  let isStopped = false;
  let cancel: () => void = () => undefined;

  const end = (): void => {
    cancel();
    if (current !== null) log.info({ since: current.since }, 'our own network is back; servers are judged again');
    if (current !== null || !isSettled) void self.settle(ABOUT);
    current = null;
    isSettled = true;
  };

  const confirm = async (): Promise<void> => {
    const finding = await bearings.take(clock.monotonic());
    if (current === null || isStopped) return;
    if (!bearings.isOurs(finding)) return end();
    await self.raise(troubleOf(finding, current, roster.all().length));
    lookAgain(AGAIN_MS);
  };

  const lookAgain = (afterMs: number): void => {
    if (!isStopped) cancel = clock.after(afterMs, () => void confirm());
  };

  return {
    note: (id, startedAt) => {
      if (current === null) {
        current = { since: startedAt, found: clock.monotonic(), lost: new Set() };
        log.warn({}, 'our own network seems to be gone; no server is judged until it is back');
        lookAgain(CONFIRM_MS);
      }
      current.lost.add(id);
    },
    isSince: (begun) => current !== null && current.found >= begun,
    since: () => current?.since ?? null,
    end,
    stop: () => {
      isStopped = true;
      cancel();
    },
  };
}

function troubleOf(
  { why }: Finding,
  { since, lost }: { readonly since: number; readonly lost: ReadonlySet<string> },
  all: number,
): Trouble {
  const facts = [{ label: 'servers not reached', value: `${lost.size} of ${all}` }];
  return { about: ABOUT, reason: reason('monitor_offline', null, why ?? undefined), facts, since };
}
