import type { Incident } from './incident.ts';

/** A change between good and bad: how many probes ago, those left out that taught us nothing, and when it was confirmed. */
interface Change {
  readonly probesAgo: number;
  readonly at: number;
}

/** How a signal changed to and fro. */
export interface Flaps {
  /** The latest changes, oldest first. */
  readonly recent: readonly Change[];
  /** null: not so often that it is called flapping. */
  readonly flapping: Flapping | null;
}

export interface Flapping {
  readonly since: number;
  readonly changes: number;
  /** Channels that were told of it instead of each change. */
  readonly told: readonly string[];
  /** The last incident that was kept from them, without its evidence. */
  readonly incident: Incident | null;
}
