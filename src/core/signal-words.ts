import type { ReasonCode } from './reasons.ts';
import type { Signal } from './signal.ts';

/** How a signal's bad time and its end are put to people. */
export interface SignalWords {
  /** First word of the opening subject. */
  readonly bad: string;
  /** `was … 12:01–12:09 UTC`. */
  readonly was: string;
  /** Label of its length: `Down 14 min`. */
  readonly label: string;
  /** `Orders MCP …`. */
  readonly again: string;
  /** `… after 14 min`. */
  readonly back: string;
}

export const DEGRADED: SignalWords = {
  bad: 'DEGRADED',
  was: 'degraded',
  label: 'Degraded',
  again: 'is well again',
  back: 'well again',
};

/** Of incidents about the monitor itself (core/self.ts), by the reason's code. */
const SELF_WORDS: Readonly<Partial<Record<ReasonCode, SignalWords>>> = {
  monitor_offline: {
    bad: 'OFFLINE',
    was: 'offline',
    label: 'Offline',
    again: 'reaches the network again',
    back: 'back online',
  },
  monitor_channel_failing: {
    bad: 'NOT TOLD',
    was: 'unable to deliver by a channel',
    label: 'Undelivered for',
    again: 'delivers by all of its channels again',
    back: 'delivers again',
  },
  monitor_disk_low: {
    bad: 'DISK LOW',
    was: 'short of room on its disk',
    label: 'Short of room for',
    again: 'has room on its disk again',
    back: 'has room again',
  },
};

const SELF_DEFAULT: SignalWords = {
  bad: 'MONITOR',
  was: 'in trouble',
  label: 'In trouble',
  again: 'works again',
  back: 'well again',
};

export function selfWords(code: ReasonCode): SignalWords {
  return SELF_WORDS[code] ?? SELF_DEFAULT;
}

export const SIGNAL_WORDS = {
  protocol: { bad: 'DOWN', was: 'down', label: 'Down', again: 'works again', back: 'back' },
  canary: { bad: 'DOWN', was: 'down', label: 'Down', again: 'works again', back: 'back' },
  health_url: { ...DEGRADED, again: 'reports itself healthy again', back: 'healthy again' },
  latency: { bad: 'SLOW', was: 'slow', label: 'Slow', again: 'is fast enough again', back: 'fast again' },
  pool: { ...DEGRADED, again: 'has connections to spare again', back: 'pool well again' },
  tools: {
    bad: 'TOOLS CHANGED',
    was: 'listing other tools',
    label: 'Other tools for',
    again: 'lists its tools as expected again',
    back: 'tools as expected again',
  },
  tls: { ...DEGRADED, again: 'has a certificate in order again', back: 'certificate in order again' },
  auth: {
    bad: 'NO ACCESS',
    was: 'closed to us',
    label: 'No access',
    again: 'accepts the credentials again',
    back: 'credentials accepted again',
  },
} as const satisfies Record<Signal, SignalWords>;
