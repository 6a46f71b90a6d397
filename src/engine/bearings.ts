import type { NetworkFigures } from '../core/monitor.ts';
import { whyOurs } from '../core/offline.ts';
import type { Clock, Log, Lookout } from '../core/ports.ts';
import type { StopSignal } from '../core/stop.ts';
import { createControlAddress } from './control-address.ts';
import type { Roster } from './roster.ts';
import { survey } from './survey.ts';

/** What was found of our own network, and when looking began and ended (monotonic). `why` null: it is there. */
export interface Finding {
  readonly why: string | null;
  /** A probe that began later and got through refutes it. */
  readonly unless: number;
  readonly begun: number;
  readonly ended: number;
}

/** Finds out how our own network is: by the control address where there is one, else by the hosts of the list. */
export interface Bearings {
  /**
   * What a look found that began at or after `since` (monotonic): that the network was there before a probe failed says
   * nothing of it. One look at a time, shared by all who wait for it. That it is gone is good for some seconds. Never rejects.
   */
  take(since: number): Promise<Finding>;
  /** Is it our network? Not where a probe got through that began after the look, or after the control address fell silent. */
  isOurs(finding: Finding): boolean;
  /** A probe that began then (monotonic) got through. */
  gotThrough(begun: number): void;
  /** Did a probe get through that began later? */
  isThroughSince(begun: number): boolean;
  control(): NetworkFigures['control'];
  stop(): void;
}

interface BearingsOptions {
  readonly roster: Pick<Roster, 'all'>;
  readonly lookout: Lookout;
  /** null: none is configured. */
  readonly controlUrl: () => string | null;
  readonly clock: Clock;
  readonly log: Log;
}

/** That the network is gone is not looked for again for so long. */
const FRESH_MS = 3_000;
/** Looks begin at least so far apart, however many probes fail: the control address is often somebody else's. */
const APART_MS = 1_000;

export function createBearings({ roster, lookout, controlUrl, clock, log }: BearingsOptions): Bearings {
  const ending = new AbortController();
  let throughAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<Finding> | null = null;
  let known: Finding | null = null;

  /** A control address that is silent while servers are reached is itself what is gone. */
  const findOut = async (begun: number): Promise<Pick<Finding, 'why' | 'unless'>> => {
    const asked = await control.ask();
    if (asked?.sight.kind === 'answered') return { why: null, unless: begun };
    const silentSince = asked?.silentSince ?? null;
    if (silentSince !== null && throughAt <= silentSince)
      return { why: `The control address does not answer: ${asked?.sight.message}`, unless: silentSince };
    return { why: whyOurs(await survey(lookout, roster.all(), ending.signal)), unless: begun };
  };

  const look = async (): Promise<Finding> => {
    await pause(clock, known === null ? 0 : known.begun + APART_MS - clock.monotonic(), ending.signal);
    const begun = clock.monotonic();
    const found = await findOut(begun).catch((error: unknown) => {
      log.error({ error }, 'our own network could not be looked at; it is taken to be there');
      return { why: null, unless: begun };
    });
    known = { ...found, begun, ended: clock.monotonic() };
    looking = null;
    return known;
  };

  const answers = ({ why, begun, ended }: Finding, since: number): boolean =>
    begun >= since || (why !== null && clock.monotonic() - ended < FRESH_MS);

  const take: Bearings['take'] = async (since) => {
    let found = known;
    while (found === null || !answers(found, since)) {
      looking ??= look();
      found = await looking;
    }
    return found;
  };

  const onAgain = (): void => void take(clock.monotonic());
  const control = createControlAddress({ lookout, controlUrl, clock, log, onAgain });

  return {
    take,
    isOurs: ({ why, unless }) => why !== null && !ending.signal.aborted && throughAt <= unless,
    gotThrough: (begun) => {
      throughAt = Math.max(throughAt, begun);
    },
    isThroughSince: (begun) => throughAt > begun,
    control: control.figures,
    stop: () => {
      ending.abort(new Error('the monitor is stopping'));
      control.stop();
    },
  };
}

function pause(clock: Clock, ms: number, signal: StopSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal.addEventListener('abort', end);
  });
}
