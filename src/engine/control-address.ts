import type { NetworkFigures } from '../core/monitor.ts';
import type { Sight } from '../core/offline.ts';
import { hostOf } from '../core/offline.ts';
import type { Clock, Log, Lookout } from '../core/ports.ts';

/** What the control address last said. */
export interface Asked {
  readonly url: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Monotonic; null: it answered, or our own rules forbid to ask it. */
  readonly silentSince: number | null;
  readonly sight: Sight;
}

/** The address that answers whenever our own network is there. */
export interface ControlAddress {
  /** null: none is configured. Never rejects. */
  ask(): Promise<Asked | null>;
  figures(): NetworkFigures['control'];
  stop(): void;
}

interface ControlAddressOptions {
  readonly lookout: Pick<Lookout, 'ask'>;
  /** null: none is configured. */
  readonly controlUrl: () => string | null;
  readonly clock: Clock;
  readonly log: Log;
  /** It was silent, and it is time to ask it again, so that it is known since when it is. */
  readonly onAgain: () => void;
}

const AGAIN_MS = 15_000;

export function createControlAddress(options: ControlAddressOptions): ControlAddress {
  const { lookout, controlUrl, clock, log, onAgain } = options;
  const ending = new AbortController();
  let asked: Asked | null = null;
  let cancelAgain: () => void = () => undefined;

  const last = (url: string): Asked | null => (asked?.url === url ? asked : null);

  const ask = async (url: string): Promise<Asked> => {
    const begun = clock.monotonic();
    const before = last(url);
    const sight = await lookout.ask(url, ending.signal);
    const isSilent = sight.kind !== 'answered' && sight.kind !== 'blocked';
    if (ending.signal.aborted) return { url, at: clock.now(), silentSince: null, sight };
    if (sight.kind !== 'answered' && sight.kind !== before?.sight.kind)
      log.warn({ host: hostOf(url), why: sight.message }, 'the control address does not answer');
    cancelAgain();
    if (isSilent) cancelAgain = clock.after(AGAIN_MS, onAgain);
    asked = { url, at: clock.now(), silentSince: isSilent ? (before?.silentSince ?? begun) : null, sight };
    return asked;
  };

  return {
    ask: async () => {
      const url = controlUrl();
      return url === null ? null : ask(url);
    },
    figures: () => {
      const url = controlUrl();
      if (url === null) return null;
      const { at = null, sight = null } = last(url) ?? {};
      return {
        host: hostOf(url),
        at,
        ok: sight === null ? null : sight.kind === 'answered',
        message: sight?.message ?? null,
      };
    },
    stop: () => {
      ending.abort(new Error('the monitor is stopping'));
      cancelAgain();
    },
  };
}
