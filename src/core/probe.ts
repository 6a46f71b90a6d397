import type { Json } from './json.ts';
import type { Reason } from './reasons.ts';
import type { StepName } from './step.ts';
import type { ToolList } from './tool-list.ts';

/** One step as it went. A step after a failed one is `skipped`; the health URL is always asked. */
export interface Step {
  readonly name: StepName;
  readonly status: 'ok' | 'failed' | 'skipped';
  /** Milliseconds with fractions; null when the step did not run. */
  readonly ms: number | null;
  readonly error: Reason | null;
}

/** A tool as far as judging needs it. Text from the target is already cleaned and cut. */
export interface ToolFact {
  readonly name: string;
  readonly destructive: boolean;
}

/** What `tools/list` answered. Hashes are SHA-256 over the canonical list, whatever the order of tools and keys. */
export interface ToolsFact {
  readonly count: number;
  /** Over both of the following. */
  readonly hash: string;
  /** Over what a call depends on: names, input and output schemas. */
  readonly contractHash: string;
  /** Over what is read: titles, descriptions, annotations. */
  readonly surfaceHash: string;
  /** Tools that could not be read, by name or position. */
  readonly invalid: readonly string[];
  /** What a second reading in the same session gave; null: there was none, because the list is known or is the first. */
  readonly again: 'same' | 'other' | null;
  /** The list itself where whoever asked keeps lists and does not know this one; else null. Not part of a stored report. */
  readonly list: ToolList | null;
}

/** What a canary call brought back. Facts only: whether it is good is for the judge. */
export interface CanaryOutcome {
  readonly canary:
    | { readonly kind: 'tool'; readonly tool: string }
    | { readonly kind: 'resource'; readonly resource: string };
  readonly ms: number | null;
  readonly answer: CanaryAnswer;
  /** After a red canary: did a ping still get an answer? null when not asked. */
  readonly sessionSurvived: boolean | null;
}

export type CanaryAnswer =
  /** The call returned a result. `text` is the first text block, cleaned and cut; `json` is it (or `structuredContent`) parsed. */
  | {
      readonly kind: 'result';
      readonly isError: boolean;
      readonly text: string | null;
      readonly json: Json | undefined;
    }
  /** No result: the reason says why (timeout, RPC error, lost connection, a call we refused to make). */
  | { readonly kind: 'failure'; readonly reason: Reason };

/** What the health URL answered; `url` is as it may be shown. `json` is the parsed body, `text` its cleaned beginning. */
export type HealthOutcome =
  | {
      readonly kind: 'answer';
      readonly url: string;
      readonly status: number;
      readonly ms: number;
      readonly text: string | null;
      readonly json: Json | undefined;
    }
  | { readonly kind: 'failure'; readonly url: string; readonly reason: Reason };

/**
 * Why the times of a probe say little about the server: `cold_start`: it, or we, had been idle or just started;
 * `monitor_lag`: our own process kept things waiting meanwhile.
 */
export const PROBE_MARKS = ['cold_start', 'monitor_lag'] as const;
export type ProbeMark = (typeof PROBE_MARKS)[number];

/** Everything one probe saw. Times are epoch milliseconds, durations milliseconds. */
export interface ProbeReport {
  readonly serverId: string;
  readonly location: string;
  readonly scheduledAt: number;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly steps: readonly Step[];
  readonly protocolVersion: string | null;
  /** Revisions the server says it speaks besides, found out once a day. */
  readonly alsoSpeaks: readonly string[];
  readonly serverInfo: { readonly name: string; readonly version: string } | null;
  /** Whether the server advertised the `tools` capability; null when initialize failed. */
  readonly hasTools: boolean | null;
  readonly tools: ToolsFact | null;
  readonly canaries: readonly CanaryOutcome[];
  /** Its canary tools were not called, because callers wait for its pool: of `canaries` only the resources are there. */
  readonly leftOut?: true;
  readonly health: { readonly ready: HealthOutcome; readonly live: HealthOutcome | null } | null;
  /** Of the first good answer of the server's own URL, else of the first; null: none came, or it is a process. */
  readonly httpStatus: number | null;
  readonly tls: { readonly expiresAt: number } | null;
  /** When the configured credentials end by their own word; null: they do not say, or are renewed by themselves. */
  readonly credential: { readonly expiresAt: number } | null;
  /** Seconds a 429 or 503 asked us to wait, capped at ten minutes; null when it did not say. */
  readonly retryAfterMs: number | null;
  /** Set by whoever watches over many probes. One with marks is left out of latency judging and of what is usual. */
  readonly marks: readonly ProbeMark[];
}
