import type { ChannelHealth } from './channel-health.ts';
import type { Gap } from './gaps.ts';
import type { HistogramEntries } from './histogram.ts';
import type { Incident } from './incident.ts';
import type { Json } from './json.ts';
import type { AddressedNotice, Delivery, Notice, NoticeStatus, QueuedNotice } from './notice.ts';
import type { Due } from './pace.ts';
import type { Pool } from './pool.ts';
import type { ProbeReport, Step } from './probe.ts';
import type { ServerStatus } from './status.ts';
import type { ToolChange, ToolLists, ToolStanding, ToolsUpdate } from './tool-standing.ts';
import type { Judgement } from './verdict.ts';
/** An entry added in the browser, as JSON in the shape of the configuration file, secrets in the clear inside the process and sealed on disk. */
export interface StoredEntry {
  readonly id: string;
  readonly entry: Readonly<Record<string, Json>>;
  /** Where the secrets are, as paths of keys: `['headers', 'X-Api-Key']`. Each is sealed on disk by itself; a path that leads nowhere is ignored. */
  readonly secrets: readonly (readonly string[])[];
  /** Set on reading when a secret could not be opened (key lost or changed, row tampered with): those secrets are null, and the entry must not be used until they are entered again. */
  readonly unreadable?: true;
}

/** A pause by hand. `until` null: until resumed. */
export interface Pause {
  readonly serverId: string;
  readonly at: number;
  readonly until: number | null;
}

/**
 * One finished probe as it is kept and shown. Kept to the millisecond in time and the microsecond in duration; the
 * parsed `json` of an answer is left out where it is larger than 64 KiB.
 */
export interface ProbeRecord {
  /** Sortable; newer is greater. */
  readonly id: string;
  readonly report: ProbeReport;
  readonly judgement: Judgement;
  /**
   * Its detail is gone, its figures are there: steps, times, state, codes and pools, without what the server said. Step
   * detail is kept at least for the last 20 probes and the last 20 failures (that is: any that was not up) of each server.
   */
  readonly isBrief?: true;
}

/** Everything that must become true together after one probe. */
export interface ProbeCommit {
  readonly record: Omit<ProbeRecord, 'id'>;
  /** The status after the probe; its version is one more than the one read. A server without a stored status counts as version 0. */
  readonly status: ServerStatus;
  /** Incidents opened, changed or resolved by this probe, whole. */
  readonly incidents: readonly Incident[];
  /** One notice, with an id of its own, for each channel. */
  readonly notices: readonly AddressedNotice[];
  /** What is to be remembered of the server's tools; left out: what is remembered still holds. */
  readonly tools?: ToolsUpdate;
  /** Time before this probe in which nobody watched; left out: there was none. */
  readonly gap?: Gap;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque cursor of the next page; null at the end. */
  readonly next: string | null;
}

export interface PageQuery {
  /** 1..1000 */
  readonly limit: number;
  /** The last page's `next`; anything else rejects with CursorError. */
  readonly cursor: string | null;
}

export interface LatencySample {
  readonly at: number;
  /** null: the step failed or was skipped. */
  readonly ms: number | null;
  /** The probe has marks (core/marks.ts): shown, but judged by nothing. */
  readonly marked?: true;
}

/** One step of one server in the hour or the day that begins `at`: how often it was timed, how often not, and how long it took. */
export interface LatencyRoll {
  readonly at: number;
  readonly count: number;
  /** Had the step and no time of it. */
  readonly failed: number;
  /** null: never timed. */
  readonly maxMs: number | null;
  readonly histogram: HistogramEntries;
}

/** A probe at which a server called itself another version than before. */
export interface VersionTurn {
  readonly at: number;
  readonly version: string;
}

/** The pools of one probe as they were judged. */
export type PoolFigures = Pick<PoolRecord, 'at' | 'pools'>;

/** What one probe brought of pools: what was said, in which figures may stand, and the pools as they were judged. */
export interface PoolRecord {
  /** When it started. */
  readonly at: number;
  readonly said: Pick<ProbeReport, 'canaries' | 'health'>;
  readonly pools: readonly Pool[];
}

/** Notices taken for sending in one message. */
export interface ClaimedMessage {
  /** The same for all tries. That of its notice where it has one only. */
  readonly id: string;
  readonly channel: string;
  /** Oldest first, one at least. `wasDown` of a `resolved`: its `opened` was never delivered, so it tells both. */
  readonly notices: readonly Notice[];
  readonly tries: number;
  /** First try's time; the courier gives up 24 h after it. null: never tried. */
  readonly firstTriedAt: number | null;
}

/** What became of a claimed message. */
export type Settlement =
  | { readonly kind: 'delivered'; readonly delivery: Delivery }
  | { readonly kind: 'retry'; readonly delivery: Delivery; readonly nextTryAt: number }
  | { readonly kind: 'failed'; readonly delivery: Delivery };

/** Seconds in each standing, for one span of time. */
export interface Uptime {
  readonly upSeconds: number;
  readonly degradedSeconds: number;
  readonly downSeconds: number;
  /** unknown, paused, auth_required, rate_limited and not monitored: neither up nor down. */
  readonly unknownSeconds: number;
  /** Of these, the time in which nobody watched. */
  readonly notMonitoredSeconds: number;
  /** Whatever the state was. */
  readonly maintenanceSeconds: number;
}

/** What a stretch of time was. `not_monitored`: the monitor was stopped, stood still or could not keep up. */
export type SpanState = ServerStatus['state'] | 'paused' | 'not_monitored';

/** One span in which a server's state did not change. `to` null: still so. */
export interface StateSpan {
  readonly serverId: string;
  readonly state: SpanState;
  readonly from: number;
  readonly to: number | null;
}

/** A time in which a server was in maintenance, or is planned to be: its seconds are told apart from its states. */
export interface MaintenanceSpan {
  readonly serverId: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Remembers. Every method may be called at any time from one process; each write is made whole or not at
 * all, those asked for at once perhaps together, but each is refused alone, and after what was asked for before it.
 * A commit with an incident, notice, state or counter change is on disk when it resolves; plain good results
 * are on disk within a second.
 */
export interface Store {
  // Entries made in the browser
  servers(): Promise<readonly StoredEntry[]>;
  saveServer(entry: StoredEntry): Promise<void>;
  /** Removes the entry and all history of that id, and resolves nothing: open incidents go too. */
  removeServer(id: string): Promise<void>;
  channels(): Promise<readonly StoredEntry[]>;
  saveChannel(entry: StoredEntry): Promise<void>;
  removeChannel(id: string): Promise<void>;
  /** A number for each id, given once and kept: 0, 1, 2 … in the order of first sight. */
  numbers(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  pauses(): Promise<readonly Pause[]>;
  setPause(pause: Pause): Promise<void>;
  clearPause(serverId: string): Promise<void>;

  // Probes
  /** Of the servers that are wanted; without `isWanted` of all. */
  statuses(isWanted?: (serverId: string) => boolean): Promise<ReadonlyMap<string, ServerStatus>>;
  /** Resolves with the record's id. Rejects with StaleStatusError when the status was changed by someone else. */
  commit(commit: ProbeCommit): Promise<string>;
  /**
   * Forgets the confirmed standing (after an edit or a resume), keeping history; open incidents stay open. Takes the
   * status as it is: a version above the last one makes a probe under way stale.
   */
  saveStatus(status: ServerStatus): Promise<void>;
  probes(serverId: string, query: PageQuery): Promise<Page<ProbeRecord>>;
  probe(serverId: string, id: string): Promise<ProbeRecord | null>;
  /** The newest probe of each of these servers that has one. */
  latestProbes(serverIds: readonly string[]): Promise<ReadonlyMap<string, ProbeRecord>>;
  /** Samples of one step of the probes started in [from, to), oldest first. None for a probe that did not have the step at all. */
  latency(serverId: string, step: Step['name'], from: number, to: number): Promise<readonly LatencySample[]>;
  /**
   * The same samples as rolls of an hour (or of a UTC day), oldest first, whatever the span: percentiles from them are
   * within 1 %. The first may begin before `from`. Hours go back 32 days.
   */
  latencyRolls(
    serverId: string,
    step: Step['name'],
    span: { readonly from: number; readonly to: number; readonly byDay: boolean },
  ): Promise<readonly LatencyRoll[]>;
  /**
   * What the newest `limit` of the probes started since `from` brought of pools, newest first; those that asked nothing
   * are left out. Only what is on disk: the last second may be missing.
   */
  poolRecords(
    serverId: string,
    span: { readonly from: number; readonly limit: number },
  ): Promise<readonly PoolRecord[]>;
  /** The first `limit` of the probes started in [from, to) that brought pools, oldest first. */
  poolFigures(
    serverId: string,
    span: { readonly from: number; readonly to: number; readonly limit: number },
  ): Promise<readonly PoolFigures[]>;
  /**
   * The version that a server called itself first in [from, to), and each other one after it, oldest first. Probes at
   * which it told none are passed over.
   */
  versions(serverId: string, from: number, to: number): Promise<readonly VersionTurn[]>;
  /** Number of probes started since `from`, over all servers. */
  probeCount(from: number): Promise<number>;
  /** State spans that touch [from, to), oldest first. */
  spans(serverIds: readonly string[] | null, from: number, to: number): Promise<readonly StateSpan[]>;
  /**
   * Records a state that no probe caused (paused, resumed). Ends with the next
   * probe of another state; `paused` ends only with another `recordState` or a `saveStatus`.
   */
  recordState(serverId: string, state: Exclude<SpanState, 'not_monitored'>, at: number): Promise<void>;

  // Tools
  /** How each server's list of tools stands, for those of which one was seen. */
  toolStandings(): Promise<ReadonlyMap<string, ToolStanding>>;
  /** The accepted list and the last one; null: none was ever seen. */
  toolLists(serverId: string): Promise<ToolLists | null>;
  /** Changes of the list, newest first. A store keeps at least the last 100 of a server. */
  toolChanges(serverId: string, query: PageQuery): Promise<Page<ToolChange>>;
  /** Takes the current list as the accepted one from `at` on; null: none was ever seen. */
  acceptTools(serverId: string, at: number): Promise<ToolStanding | null>;

  // Maintenance
  /** Windows made in the browser. */
  maintenanceWindows(): Promise<readonly StoredEntry[]>;
  saveMaintenanceWindow(entry: StoredEntry): Promise<void>;
  removeMaintenanceWindow(id: string): Promise<void>;
  /** Spans that touch [from, to), oldest first; of one server they never overlap. */
  maintenance(serverIds: readonly string[] | null, from: number, to: number): Promise<readonly MaintenanceSpan[]>;
  /** From `at` on, each of these servers is in maintenance until then (not at all, where that is past), whatever was planned. */
  planMaintenance(until: ReadonlyMap<string, number>, at: number): Promise<void>;
  /**
   * Holds the notices that wait for the end of a maintenance until these ends; those of a server that is not named, whose
   * maintenance is over early, are due. Resolves with whether any was moved.
   */
  holdNotices(until: ReadonlyMap<string, number>, now: number): Promise<boolean>;

  // Status pages
  /** Pages made in the browser. */
  statusPages(): Promise<readonly StoredEntry[]>;
  saveStatusPage(entry: StoredEntry): Promise<void>;
  removeStatusPage(id: string): Promise<void>;

  // Incidents and notices
  openIncidents(): Promise<readonly Incident[]>;
  incidents(
    filter: { state: 'open' | 'resolved' | null; serverId: string | null },
    query: PageQuery,
  ): Promise<Page<Incident>>;
  incident(id: string): Promise<Incident | null>;
  /** A note of null keeps the one that is there. */
  acknowledge(id: string, at: number, note: string | null): Promise<Incident | null>;
  /** Keeps an incident that no probe caused (core/self.ts) and queues its notices, in one transaction. */
  saveIncident(incident: Incident, notices: ProbeCommit['notices']): Promise<void>;
  /** Resolves incidents without a notice: what they are about is no longer watched. Resolves with those that were open. */
  endIncidents(ids: readonly string[], at: number): Promise<readonly Incident[]>;
  notices(incidentId: string): Promise<readonly QueuedNotice[]>;
  deliveries(status: NoticeStatus | null, query: PageQuery): Promise<Page<QueuedNotice>>;
  notice(id: string): Promise<QueuedNotice | null>;

  // The outbox
  /** What waits, by channel; none of a channel in `busy`. */
  due(request: { now: number; busy: readonly string[] }): Promise<ReadonlyMap<string, Due>>;
  /**
   * Leases a channel's next message until `now + leaseMs`: one that was tried before with all of its notices that still
   * wait, or `fresh` ones: the oldest, or all that are due where `isGrouped`. null: none is due. A notice waits for an
   * earlier one of its incident and channel. An `opened` that waits when its `resolved` is queued becomes `merged`, and
   * the `resolved` comes with `wasDown: true`.
   */
  claim(request: {
    now: number;
    leaseMs: number;
    channel: string;
    kind: 'repeat' | 'fresh';
    isGrouped: boolean;
  }): Promise<ClaimedMessage | null>;
  /**
   * Records a try of a claimed message and how its channel fares since. `giveUpBefore`: what waits on that channel since
   * before then is given up with it. Resolves with the number of notices that were given up.
   */
  settle(
    claimed: Pick<ClaimedMessage, 'channel' | 'notices'>,
    settlement: Settlement,
    standing?: { readonly health: ChannelHealth; readonly giveUpBefore: number | null },
  ): Promise<number>;
  /** How the channels fare that were ever tried. */
  channelHealth(): Promise<ReadonlyMap<string, ChannelHealth>>;
  /** What waits and what was given up, by channel. */
  backlog(): Promise<ReadonlyMap<string, { readonly pending: number; readonly failed: number }>>;
  /** Makes a failed or delivered notice due again. False when there is none with that id. */
  resend(noticeId: string, now: number): Promise<boolean>;
  /** Frees the leases of a predecessor that died. Called once, by the owner of the store's lock. */
  freeLeases(): Promise<void>;
  outbox(): Promise<{ readonly pending: number; readonly failed: number; readonly oldestPendingAt: number | null }>;

  // House-keeping
  /**
   * Drops whole days of probes older than `before` that are rolled up. Resolves with the number of days dropped: nothing
   * shows them any more, and `clear` gives back their room.
   */
  prune(before: number): Promise<number>;
  /** Removes some rows of dropped days, some milliseconds of work. Resolves with false when nothing is left to do. */
  clear(): Promise<boolean>;
  /**
   * Removes some of the incidents that were resolved before `before`, and their notices; one of which a notice still
   * waits stays. Resolves with false when nothing is left to do.
   */
  pruneIncidents(before: number): Promise<boolean>;
  /**
   * Makes a piece of the rolls of hours that ended before `before`, some milliseconds of work, and drops rolls of days that
   * began before `keepFrom`, as well as the detail of probes that may go. Resolves with false when nothing is left to do.
   */
  rollUp(before: number, keepFrom: number): Promise<boolean>;
  /** null when sound, else what is wrong. */
  quickCheck(): Promise<string | null>;
  /** Writes a consistent, verified copy to `file` while running. */
  backup(file: string): Promise<void>;
  /** `waiting`: results accepted and not on disk yet. `fault`: why the last write was refused, in a sentence; null: it was not. */
  size(): Promise<{
    readonly bytes: number;
    readonly schema: number;
    readonly waiting: number;
    readonly fault: string | null;
  }>;
  /** How much room there is where it keeps things; null: nothing to run out of, or nobody knows. */
  room(): Promise<{ readonly freeBytes: number; readonly totalBytes: number } | null>;
  /** Waits until everything accepted so far is on disk. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** The status read before a probe is no longer the stored one; the result is dropped. */
export class StaleStatusError extends Error {
  constructor(serverId: string) {
    super(`the status of ${serverId} changed while it was being probed`);
    this.name = 'StaleStatusError';
  }
}

/** A cursor that no page gave out. */
export class CursorError extends Error {
  constructor() {
    super('the cursor was given out by no page');
    this.name = 'CursorError';
  }
}

/** The store cannot be opened, or cannot do what was asked. The message is one sentence or two: what, why, what to do. */
export class StoreError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'StoreError';
  }
}
