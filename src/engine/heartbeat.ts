import type { HeartbeatFigures } from '../core/monitor.ts';
import { hostOf } from '../core/offline.ts';
import type { Clock, Log, Lookout } from '../core/ports.ts';
import type { Store } from '../core/store.ts';
import type { Network } from './network.ts';
import { createPunctuality, type Punctuality } from './punctuality.ts';
import type { Roster } from './roster.ts';

export interface HeartbeatRule {
  readonly url: string;
  readonly everyMs: number;
}

/**
 * Tells a dead man's switch, by a GET of its address, that servers are being watched. It alarms where it hears nothing:
 * nothing is sent while a server is overdue, the store refuses results or our own network is gone.
 */
export interface Heartbeat {
  /** A probe is on disk. */
  readonly note: Punctuality['note'];
  figures(): HeartbeatFigures | null;
  start(): void;
  stop(): void;
}

interface HeartbeatOptions {
  readonly roster: Pick<Roster, 'all' | 'get'>;
  readonly store: Pick<Store, 'size'>;
  readonly lookout: Pick<Lookout, 'ask'>;
  readonly network: Pick<Network, 'figures'>;
  /** null: there is no such address. */
  readonly heartbeat: HeartbeatRule | null;
  readonly clock: Clock;
  readonly log: Log;
}

/** A beat that was not sent or not taken is tried again after this. */
const AGAIN_MS = 10_000;

export function createHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { lookout, heartbeat, clock, log } = options;
  const punctuality = createPunctuality(options);
  const ending = new AbortController();
  let last: Pick<HeartbeatFigures, 'at' | 'ok' | 'message'> = { at: null, ok: null, message: null };
  let cancel: () => void = () => undefined;

  const say = (ok: boolean, message: string): void => {
    if (ending.signal.aborted) return;
    const isNews = last.ok !== false || message !== last.message;
    if (!ok && isNews && punctuality.hasBegun()) log.warn({ why: message }, 'no heartbeat was sent');
    if (ok && last.ok === false) log.info({}, 'heartbeats are sent');
    last = { at: clock.now(), ok, message };
  };

  const beat = async (url: string): Promise<boolean> => {
    const why = await whyNot(options, punctuality);
    if (why !== null) {
      say(false, why);
      return false;
    }
    const { kind, status, message } = await lookout.ask(url, ending.signal);
    const ok = kind === 'answered' && status !== null && status >= 200 && status < 300;
    say(ok, message);
    return ok;
  };

  const run = async ({ url, everyMs }: HeartbeatRule): Promise<void> => {
    const ok = await beat(url).catch((error: unknown) => {
      log.error({ error }, 'a heartbeat could not be sent');
      return false;
    });
    const afterMs = ok ? everyMs : Math.min(everyMs, AGAIN_MS);
    if (!ending.signal.aborted) cancel = clock.after(afterMs, () => void run({ url, everyMs }));
  };

  return {
    note: punctuality.note,
    figures: () => heartbeat && { host: hostOf(heartbeat.url), everyMs: heartbeat.everyMs, ...last },
    start: () => {
      if (heartbeat !== null) void run(heartbeat);
    },
    stop: () => {
      ending.abort(new Error('the monitor is stopping'));
      cancel();
    },
  };
}

/** Why a beat would not be true, as a sentence; null: it is. */
async function whyNot(
  { roster, store, network }: HeartbeatOptions,
  { overdue, hasBegun }: Punctuality,
): Promise<string | null> {
  const late = overdue();
  const [first] = late;
  const all = roster.all();
  if (first !== undefined)
    return `Nothing was stored of ${late.length} of ${all.length} servers when it was due, such as ${first}.`;
  const { fault } = await store.size();
  if (fault !== null) return fault;
  if (network.figures().offlineSince !== null) return 'Our own network is gone.';
  return hasBegun() || all.every(({ pause }) => pause !== null) ? null : 'No probe has been stored yet.';
}
