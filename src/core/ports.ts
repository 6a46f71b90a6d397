import type { Audience } from './channel-kind.ts';
import type { Incident } from './incident.ts';
import type { Notice } from './notice.ts';
import type { Sight } from './offline.ts';
import type { ProbeReport, Step } from './probe.ts';
import type { QuietHours } from './quiet.ts';
import type { Server } from './server.ts';
import type { StopSignal } from './stop.ts';
/** Time. `now` is the wall clock in epoch milliseconds; `monotonic` never jumps and counts milliseconds from an arbitrary start. */
export interface Clock {
  now(): number;
  monotonic(): number;
  /** Calls `run` once after `ms`; the returned function cancels. */
  after(ms: number, run: () => void): () => void;
}

/** Where operational messages go. Fields never hold secrets. */
export interface Log {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/**
 * Runs one probe. Never rejects: a sick server is a report with failed steps, our own fault a report with
 * `monitor_fault`. `onStep` is called as each step ends.
 */
export interface Prober {
  probe(request: ProbeRequest): Promise<ProbeReport>;
}

export interface ProbeRequest {
  readonly server: Server;
  readonly scheduledAt: number;
  readonly signal: StopSignal;
  readonly onStep?: (step: Step) => void;
  /**
   * Hashes of the lists of tools the caller keeps. A list with another hash is read twice and comes whole in the report;
   * with none known it comes whole and is read once. Without this key no list comes.
   */
  readonly knownToolHashes?: readonly string[];
  /** Calls no canary tool: of the canaries only resources are read, and the report says so. */
  readonly leaveOutTools?: boolean;
}

/**
 * One POST through the guarded dispatcher. Follows no redirect, resolves with whatever status came back and at most
 * `maxBytes` of its body (more is cut, not refused); rejects when there was no answer, with a message that names no secret.
 */
export type HttpPost = (request: {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: StopSignal;
  readonly maxBytes: number;
}) => Promise<{
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}>;

/** Looks at our own network, through the guard. Nothing of it rejects. */
export interface Lookout {
  /** Asks an address that the owner named: `answered` by whatever HTTP says. */
  ask(url: string, signal: StopSignal): Promise<Sight>;
  /** Opens a connection to where a server is and closes it again; nothing is sent. */
  knock(url: string, signal: StopSignal): Promise<Sight>;
  /** Has this machine an address that is not its own loopback? */
  hasAddress(): boolean;
}

/** Cron expressions as questions. Implemented by engine/cron.ts over node-cron. */
export interface Calendar {
  /** null when valid, else one sentence saying what is wrong. */
  validate(expression: string, timezone: string | null): string | null;
  /** Whether the expression holds at an instant. The answer is ready to be asked many times. */
  matcher(expression: string, timezone: string | null): (at: Date) => boolean;
  /** How far a zone's clocks are ahead of UTC at an instant, milliseconds. Null: this machine's zone. */
  offsets(timezone: string | null): (at: number) => number;
  next(expression: string, timezone: string | null): Date | null;
}

export type ExportFormat = 'csv' | 'ndjson';

/**
 * All probes that are kept of one server as text in UTF-8, newest first, with what was accepted until it was asked for.
 * A piece is made when it is asked for. One that cannot be made throws, and ends it.
 */
export type ExportProbes = (serverId: string, format: ExportFormat) => AsyncIterable<string | Uint8Array>;

/** Sends one kind of message. Resolves with the receiver's answer once it said yes; rejects with DeliveryError. */
export interface Notifier {
  send(notice: Notice, signal: StopSignal): Promise<string>;
  /** The message as it would arrive, secrets left out. */
  preview(notice: Notice): Preview;
}

export type Preview =
  | { readonly kind: 'email'; readonly subject: string; readonly text: string; readonly html: string }
  | {
      readonly kind: 'http';
      readonly method: 'POST';
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    };

/** Why a delivery failed and what to do next: try again (when), or give up. */
export class DeliveryError extends Error {
  readonly retry: boolean;
  readonly retryAfterMs: number | null;
  constructor(
    message: string,
    { retry, retryAfterMs = null, cause }: { retry: boolean; retryAfterMs?: number | null; cause?: unknown },
  ) {
    super(message, { cause });
    this.name = 'DeliveryError';
    this.retry = retry;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A way to send, ready to use. */
export interface Channel {
  readonly id: string;
  readonly kind: string;
  readonly audience: Audience;
  readonly source: 'config' | 'ui';
  /** Where it goes, in words, without secrets: `ops@example.com`, `hooks.example.com`. */
  readonly target: string;
  /** Lowest severity told; null: all. */
  readonly severity: Incident['severity'] | null;
  /** Told only for servers with one of these tags; empty: all. */
  readonly tags: readonly string[];
  /** Left out: it may be told at any time. */
  readonly quiet?: QuietHours;
  readonly notifier: Notifier;
}
