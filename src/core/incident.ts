import type { Rung } from './ladder.ts';
import type { Pool } from './pool.ts';
import type { Reason } from './reasons.ts';
import type { Severity, Signal } from './signal.ts';
import type { LikelyCause } from './verdict.ts';

/** What a diagnosis rests on, frozen when the incident was opened or worsened. Texts are cleaned and cut. */
export interface Evidence {
  readonly texts: readonly string[];
  readonly pools: readonly Pool[];
  /** Protocol green, canary red: the signature failure of this field. */
  readonly silentFailure: boolean;
  /** What other monitors would say; left out: it is of the monitor itself, or older than this figure. */
  readonly ladder?: readonly Rung[];
  /** Label and value, for the fact tables of mail and page: HTTP status, steps, limits. */
  readonly facts: readonly { readonly label: string; readonly value: string }[];
}

/** The time a signal is bad. Times are epoch milliseconds. One is open per (server, signal) at most,
 * of the monitor itself one per `about`. */
export interface Incident {
  readonly id: string;
  readonly serverId: string;
  readonly serverName: string;
  /** Of what of the monitor itself (core/self.ts); left out: it is about a server. */
  readonly about?: string;
  readonly signal: Signal;
  readonly level: 'warn' | 'fail';
  readonly severity: Severity;
  readonly reason: Reason;
  readonly cause: LikelyCause | null;
  readonly evidence: Evidence;
  /** First bad probe. */
  readonly startedAt: number;
  /** Confirmation. */
  readonly openedAt: number;
  /** First good probe of the confirmed recovery. */
  readonly resolvedAt: number | null;
  /** Bad probes so far. */
  readonly probeCount: number;
  /** How many of `alerts.tls` were due so far; left out: it is not about a certificate's end. */
  readonly warningsDue?: number;
  /** The channels that were told of the opening; empty: there was no channel to tell; null: not announced. */
  readonly told: readonly string[] | null;
  /** Channels from which the opening was kept because its signal flaps; left out: none. */
  readonly muted?: readonly string[];
  /** Reminders so far, and when the last was decided; of none: from when the wait for the first counts. Left out: from the opening. */
  readonly reminded?: { readonly count: number; readonly at: number };
  /** The open incident of the same or higher severity that this one is evidence of. */
  readonly attachedTo: string | null;
  readonly acknowledged: { readonly at: number; readonly note: string | null } | null;
}
