import type { Flaps } from './flaps.ts';
import type { Reason } from './reasons.ts';
import type { Level, ProbeState, Signal } from './signal.ts';

/** A run of probes that contradict how a signal stands, not yet long enough to turn it. Times are epoch milliseconds. */
export interface Turning {
  readonly to: Level;
  readonly count: number;
  /** When the first probe of the run started: the instant the turn will be dated to. */
  readonly firstAt: number;
}

export interface SignalStatus {
  readonly level: Level;
  readonly since: number;
  readonly reason: Reason | null;
  readonly turning: Turning | null;
  /** Its changes of the last probes; left out: there were none. */
  readonly flaps?: Flaps;
}

/**
 * What we hold of a server between probes: the confirmed standing of each signal and the counters towards the next
 * turn. Stored with every probe, so that a restart forgets nothing. `version` grows by one with each commit.
 */
export interface ServerStatus {
  readonly serverId: string;
  readonly version: number;
  readonly state: ProbeState;
  readonly since: number;
  readonly reason: Reason | null;
  readonly signals: Readonly<Record<Signal, SignalStatus>>;
  /** Was it ever up since it was added? Until then nothing is announced, unless `announce_first`. */
  readonly everUp: boolean;
  /** Probes in a row that taught us nothing (blocked, our own fault). */
  readonly blind: number;
}
