import type { ToolDifference } from './drift.ts';
import type { DriftGrade } from './drift-grade.ts';
import type { ToolList } from './tool-list.ts';

/** What we hold of a server's list of tools between probes, so that a list that stays the same costs nothing. */
export interface ToolStanding {
  readonly serverId: string;
  /** The first list ever seen, or the one a person accepted last. */
  readonly accepted: KnownList;
  /** The last list that was believed, and since when it is that. */
  readonly current: KnownList;
  /** How the last list differs from the accepted one; null: it does not. */
  readonly drift: Drift | null;
  /** A list that was read once only, and is believed when the next probe reads it too. */
  readonly candidate: string | null;
  /** When a change was last recorded; null: never. */
  readonly changedAt: number | null;
}

/** The hash of a list, and since when. */
export interface KnownList {
  readonly hash: string;
  readonly at: number;
}

export interface Drift {
  readonly grade: DriftGrade;
  /** One sentence for people. */
  readonly message: string;
  /** The worst differences, one sentence each. */
  readonly lines: readonly string[];
}

/** One change of a server's tools, from the list before to the one that followed it. */
export interface ToolChange {
  readonly id: string;
  readonly serverId: string;
  readonly at: number;
  /** Hashes of the lists. */
  readonly from: string;
  readonly to: string;
  readonly grade: DriftGrade;
  readonly differences: readonly ToolDifference[];
  /** How many more differences there were. */
  readonly omitted: number;
}

/** What one probe changes about the tools, to be stored with it. */
export interface ToolsUpdate {
  readonly standing: ToolStanding;
  /** The list that is the current one from now on; null: it is kept already. */
  readonly list: ToolList | null;
  readonly change: ToolChange | null;
}

/** The two lists a standing speaks of. */
export interface ToolLists {
  readonly accepted: ToolList;
  readonly current: ToolList;
}
