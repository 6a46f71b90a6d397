import type { ChannelHealth, Circuit } from './channel-health.ts';
import type { Incident } from './incident.ts';
import type { Json } from './json.ts';
import type { MaintenanceWindow, Occurrence } from './maintenance.ts';
import type { Channel } from './ports.ts';
import type { Step } from './probe.ts';
import type { Place, Server } from './server.ts';
import type { ServerStatus } from './status.ts';
import type { StatusPage } from './status-page.ts';
import type { StopSignal } from './stop.ts';
import type { Pause, ProbeRecord, Store } from './store.ts';
import type { ToolStanding } from './tool-standing.ts';

/** Percentiles of the `ok` samples of one step; null where there are none. */
export interface LatencySummary {
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly samples: number;
}

/** A server with everything the running monitor holds of it in memory. What costs something to make is asked for by a call. */
export interface WatchedServer {
  readonly server: Server;
  /** The entry as written, without defaults, secrets as `{ set: true }`. */
  readonly entry: Readonly<Record<string, Json>>;
  readonly status: ServerStatus;
  /** Set while paused, by hand or by the file. */
  readonly pause: Pause | null;
  readonly last: ProbeRecord | null;
  nextProbeAt(): number | null;
  /** The end of the maintenance it is in; null: it is in none. */
  readonly maintenanceUntil: number | null;
  /** How its list of tools stands; null: none was seen yet. */
  readonly tools: ToolStanding | null;
  /** Of `initialize`, over the last 24 h. */
  latency(): LatencySummary;
  /** The last 24 h as 48 half hours, oldest first: u up, g degraded, d down, a auth required or rate limited, p paused, n not monitored, - unknown. */
  beats(): string;
}

/** One mistake in something a person entered. `path` is dotted: `canary.tool`. */
export interface EntryError {
  readonly path: string;
  readonly message: string;
}

/** The entry a person sent cannot be used; nothing was changed. */
export class InvalidEntryError extends Error {
  readonly errors: readonly EntryError[];
  constructor(errors: readonly EntryError[]) {
    super(errors.map((error) => `${error.path}: ${error.message}`).join('; '));
    this.name = 'InvalidEntryError';
    this.errors = errors;
  }
}

/** The change collides with what is there: an id taken, or an entry that belongs to the file. */
export class ConflictError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConflictError';
  }
}

export interface ReloadResult {
  readonly at: number;
  readonly file: string;
  /** Empty: the file was taken over. */
  readonly errors: readonly { readonly line: number; readonly column: number; readonly message: string }[];
}

export interface CronJob {
  readonly name: string;
  readonly expression: string;
  readonly nextAt: number | null;
  readonly last: { readonly at: number; readonly ok: boolean; readonly message: string } | null;
}

/** How our own network is, as far as it was looked at. */
export interface NetworkFigures {
  /** null: no control address is configured. `at` and what follows null: it was not asked yet. */
  readonly control: {
    readonly host: string;
    readonly at: number | null;
    readonly ok: boolean | null;
    readonly message: string | null;
  } | null;
  /** Epoch milliseconds; null: it is there, as far as we know. */
  readonly offlineSince: number | null;
}

/** The dead man's switch that is told that servers are being watched, and what came of the last time. */
export interface HeartbeatFigures {
  readonly host: string;
  readonly everyMs: number;
  /** null, as what follows: none was due yet. */
  readonly at: number | null;
  /** false: it was not sent, because it would not have been true, or not taken. */
  readonly ok: boolean | null;
  readonly message: string | null;
}

/** The monitor's own figures. */
export interface MonitorFigures {
  readonly version: string;
  readonly location: string;
  readonly startedAt: number;
  readonly probesRunning: number;
  readonly probesWaiting: number;
  readonly probesLastHour: number;
  /** Slots that started late because they had to wait, and slots that were not probed at all, since the start. */
  readonly slotsLate: number;
  readonly slotsMissed: number;
  /** Lateness of the last 1,000 starts. */
  readonly lagMs: { readonly p50: number | null; readonly p99: number | null; readonly max: number | null };
  /** How long it kept timers waiting, over the last 15 to 30 s. */
  readonly eventLoopMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly rssBytes: number;
  readonly store: Awaited<ReturnType<Store['size']>>;
  readonly outbox: { readonly pending: number; readonly failed: number; readonly oldestPendingAt: number | null };
  readonly network: NetworkFigures;
  /** null: no dead man's switch is configured. */
  readonly heartbeat: HeartbeatFigures | null;
  readonly reload: ReloadResult | null;
  readonly cron: readonly CronJob[];
  /** The demo's control page, while the demo runs. */
  readonly demoUrl: string | null;
}

export type MonitorEvent =
  | { readonly kind: 'server'; readonly id: string; readonly stateChanged: boolean }
  | { readonly kind: 'incident'; readonly incident: Incident }
  | { readonly kind: 'config' }
  /** One try at sending a notice ended; `retry`: it failed and will be repeated. */
  | { readonly kind: 'delivery'; readonly channel: string; readonly result: 'delivered' | 'retry' | 'failed' };

/**
 * The running monitor as the HTTP interface sees it: the one list of servers and channels, wherever they were
 * registered, and what can be done to them. Methods that take an id of nothing resolve with null or false.
 */
export interface Monitor {
  servers(): readonly WatchedServer[];
  server(id: string): WatchedServer | null;
  /** Rejects with InvalidEntryError or ConflictError. */
  addServer(entry: Json): Promise<WatchedServer>;
  /** JSON merge patch: a secret left out is kept, null removes. */
  changeServer(id: string, patch: Json): Promise<WatchedServer | null>;
  removeServer(id: string): Promise<boolean>;
  pause(id: string, until: number | null): Promise<WatchedServer | null>;
  resume(id: string): Promise<WatchedServer | null>;
  /** Probes now, after any probe of that server that is under way; resolves with the stored result. */
  probeNow(id: string): Promise<ProbeRecord | null>;
  /**
   * Takes the last list of tools as the accepted one, and probes, so that what was said about drift ends. `hash`: only
   * that list; null: whichever it is. Rejects with ConflictError where there is none, or another one by now.
   */
  acceptTools(id: string, hash: string | null): Promise<WatchedServer | null>;
  /**
   * One probe of an entry that is not saved. Nothing is stored or announced. Under the id of a server added in the
   * browser it is a patch of that server's entry, secrets included.
   */
  tryEntry(entry: Json, onStep: (step: Step) => void, signal: StopSignal): Promise<Omit<ProbeRecord, 'id'>>;

  /** Notes that someone has seen an open incident; null: there is no incident with that id. */
  acknowledge(incidentId: string, note: string | null): Promise<Incident | null>;

  channels(): readonly ListedChannel[];
  addChannel(entry: Json): Promise<ListedChannel>;
  changeChannel(id: string, patch: Json): Promise<ListedChannel | null>;
  removeChannel(id: string): Promise<boolean>;
  /** Sends a test notice; resolves with the receiver's words, good or bad. */
  testChannel(id: string): Promise<{ readonly ok: boolean; readonly answer: string; readonly ms: number } | null>;

  /** How each channel fares. */
  channelStandings(): Promise<ReadonlyMap<string, ChannelStanding>>;
  /** Makes a notice due at once, whatever became of it, even where its channel rests; false: there is none that could be sent. */
  resend(noticeId: string): Promise<boolean>;

  windows(): readonly ListedWindow[];
  /** One without a start starts now. */
  addWindow(entry: Json): Promise<ListedWindow>;
  changeWindow(id: string, patch: Json): Promise<ListedWindow | null>;
  removeWindow(id: string): Promise<boolean>;

  statusPages(): readonly ListedPage[];
  addStatusPage(entry: Json): Promise<ListedPage>;
  changeStatusPage(id: string, patch: Json): Promise<ListedPage | null>;
  removeStatusPage(id: string): Promise<boolean>;

  figures(): Promise<MonitorFigures>;
  /** The returned function ends the subscription. */
  subscribe(listen: (event: MonitorEvent) => void): () => void;
}

/** How a channel fares. */
export interface ChannelStanding {
  readonly health: ChannelHealth;
  readonly circuit: Circuit;
  /** When what waits on it is tried next; null: nothing waits. */
  readonly nextTryAt: number | null;
  /** Notices that wait, and that were given up. */
  readonly pending: number;
  readonly failed: number;
}

export interface ListedChannel {
  readonly channel: Channel;
  /** The entry as written, secrets as `{ set: true }`. */
  readonly entry: Readonly<Record<string, Json>>;
  /** Where the file has it; left out: it was made in the browser. */
  readonly place?: Place;
}

export interface ListedWindow {
  readonly window: MaintenanceWindow;
  /** As written, with its id. */
  readonly entry: Readonly<Record<string, Json>>;
  /** When the time that it is open now ends; null: it is not open. */
  readonly openUntil: number | null;
  /** The next times it opens; fewer than three where no more come. */
  readonly next: readonly Occurrence[];
}

export interface ListedPage {
  readonly page: StatusPage;
  /** As written. */
  readonly entry: Readonly<Record<string, Json>>;
}
