import { GIVE_UP_AFTER_MS } from './backoff.ts';

const MINUTE = 60_000;

/** Tries in a row that failed, of whatever notices, after which a channel rests (contract, Notices). */
export const REST_AFTER = 5;

/**
 * How long a channel rests after the fifth failed try, the sixth and so on. Each is shorter than what a notice waits by
 * itself after so many tries (core/backoff.ts), so that a channel with one notice keeps the contract's times.
 */
const RESTS_MS = [MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE] as const;
export const LONGEST_REST_MS = 30 * MINUTE;

/** A message that was sent for the first time, and how many notices it told. */
export interface Sending {
  readonly at: number;
  readonly notices: number;
}

/** How a channel fares. Times are epoch milliseconds; answers are the receiver's words, cleaned and cut. */
export interface ChannelHealth {
  readonly lastOk: { readonly at: number; readonly answer: string } | null;
  readonly lastFailure: { readonly at: number; readonly answer: string } | null;
  /** Tries that failed since the last one that went well. */
  readonly failures: number;
  /** When the first of them failed. */
  readonly failingSince: number | null;
  /** It rests until then; the next try decides whether it goes on. null: it is not resting. */
  readonly restsUntil: number | null;
  /** Messages of the last minute, repeats left out, oldest first. */
  readonly recent: readonly Sending[];
}

export const FRESH: ChannelHealth = {
  lastOk: null,
  lastFailure: null,
  failures: 0,
  failingSince: null,
  restsUntil: null,
  recent: [],
};

/** `open`: it rests; `trial`: the rest is over and one notice tries whether it works again. */
export const CIRCUITS = ['closed', 'open', 'trial'] as const;
export type Circuit = (typeof CIRCUITS)[number];

export function circuitOf({ restsUntil }: ChannelHealth, now: number): Circuit {
  if (restsUntil === null) return 'closed';
  return now < restsUntil ? 'open' : 'trial';
}

export interface Tried {
  /** When it began, and when its answer came. */
  readonly at: number;
  readonly now: number;
  readonly ok: boolean;
  readonly answer: string;
  /** What was told for the first time; null: a repeat. */
  readonly fresh: Sending | null;
}

/** How a channel fares after one more try. */
export function afterTry(health: ChannelHealth, { at, now, ok, answer, fresh }: Tried): ChannelHealth {
  const last = { at, answer };
  const recent = [...health.recent, ...(fresh === null ? [] : [fresh])].filter((one) => one.at > at - MINUTE);
  if (ok) return { ...health, lastOk: last, failures: 0, failingSince: null, restsUntil: null, recent };
  const failures = health.failures + 1;
  const rest = failures < REST_AFTER ? null : (RESTS_MS[failures - REST_AFTER] ?? LONGEST_REST_MS);
  const failingSince = health.failingSince ?? at;
  // The first notice has its last try when its day is over, not later.
  const lastTryAt = failingSince + GIVE_UP_AFTER_MS;
  const restsUntil = rest === null ? null : now < lastTryAt ? Math.min(now + rest, lastTryAt) : now + rest;
  return { ...health, lastFailure: last, failures, failingSince, restsUntil, recent };
}

/** A person changed the channel or asks for a try: it need not rest any longer. */
export function rested(health: ChannelHealth, now: number): ChannelHealth {
  return health.restsUntil === null ? health : { ...health, restsUntil: Math.min(health.restsUntil, now) };
}
