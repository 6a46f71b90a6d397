import { formatDuration } from './duration.ts';
import type { PoolSample } from './pool-memory.ts';

/** How many calls fail, as far as it can be told from the samples of one pool. */
export interface ErrorRate {
  /** 0..1. */
  readonly rate: number;
  /** Rates of the parts it rests on, oldest first, with when each began. */
  readonly parts: readonly { readonly from: number; readonly rate: number }[];
  /** `12 of 170 calls failed within 2 min`. */
  readonly figures: string;
}

/** Fewer calls than this say nothing: one that failed would be many percent. */
const MIN_CALLS = 20;

/**
 * The rate of the newest calls. Counters run since the server's process started, so rates are differences, and a counter
 * that fell was started anew: what was before does not count. null: there are no counters and no rate, or too few calls.
 */
export function errorRateOf(samples: readonly PoolSample[]): ErrorRate | null {
  const now = samples.at(-1);
  if (now === undefined) return null;
  return now.calls === null || now.errors === null ? published(samples) : counted(newestParts(samples));
}

/**
 * Does it exceed `limit`, and not only once? One part alone may be a jump between two instances behind one address, each
 * with counters of its own.
 */
export function exceeds({ rate, parts }: ErrorRate, limit: number): boolean {
  return rate > limit && parts.filter((part) => part.rate > limit).length >= 2;
}

/** `7 %`, `0.25 %`. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}

interface Part {
  readonly from: number;
  readonly to: number;
  readonly calls: number;
  readonly errors: number;
}

/** The newest stretches between two samples in which there were calls: two at least, and as many as it takes for enough calls. */
function newestParts(samples: readonly PoolSample[]): readonly Part[] {
  const parts: Part[] = [];
  let calls = 0;
  for (let at = samples.length - 1; at > 0 && (parts.length < 2 || calls < MIN_CALLS); at -= 1) {
    const part = partBetween(samples[at - 1], samples[at]);
    if (part === null) break;
    if (part.calls === 0) continue;
    parts.unshift(part);
    calls += part.calls;
  }
  return calls < MIN_CALLS ? [] : parts;
}

/** null where a counter is missing or fell. */
function partBetween(before: PoolSample | undefined, after: PoolSample | undefined): Part | null {
  if (before === undefined || after === undefined) return null;
  if (before.calls === null || before.errors === null || after.calls === null || after.errors === null) return null;
  const [calls, errors] = [after.calls - before.calls, after.errors - before.errors];
  return calls < 0 || errors < 0 ? null : { from: before.at, to: after.at, calls, errors };
}

function counted(parts: readonly Part[]): ErrorRate | null {
  const [first, last] = [parts[0], parts.at(-1)];
  if (first === undefined || last === undefined) return null;
  const calls = parts.reduce((sum, part) => sum + part.calls, 0);
  const errors = parts.reduce((sum, part) => sum + part.errors, 0);
  return {
    rate: share(errors, calls),
    parts: parts.map((part) => ({ from: part.from, rate: share(part.errors, part.calls) })),
    figures: `${errors} of ${calls} calls failed within ${formatDuration(last.to - first.from)}`,
  };
}

/** Some servers count an error more than once. */
function share(errors: number, calls: number): number {
  return Math.min(1, errors / calls);
}

/** A published rate may be that of the whole life of the process: one that falls is of errors long past. */
function published(samples: readonly PoolSample[]): ErrorRate | null {
  const [before, now] = [samples.at(-2), samples.at(-1)];
  if (now === undefined || now.errorRate === null) return null;
  const rate = now.errorRate;
  const isFalling = (before?.errorRate ?? 0) > rate;
  const parts = isFalling ? [now] : [before, now].flatMap((one) => one ?? []);
  return {
    rate,
    parts: parts.map((one) => ({ from: one.at, rate: one.errorRate ?? 0 })),
    figures: `${percent(rate)} of its calls failed, by its own account`,
  };
}
