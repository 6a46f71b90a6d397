import { worse } from '../core/beats.ts';
import type { Gap } from '../core/gaps.ts';
import type { SpanState, StateSpan } from '../core/store.ts';

const DAY_MS = 24 * 3_600_000;
/** More than this are told together where they are short: a monitor that is overloaded has a gap before each probe, all day long. */
const MANY = 100;
/** A sixth of what is shown as one (core/beats.ts). */
const SHORT_MS = 5 * 60_000;

type Known = Exclude<SpanState, 'not_monitored'>;

/**
 * From `since` on the state is this one, whatever was recorded from there on; but a gap stays one. Forgets what is older
 * than a day.
 */
export function extend(
  spans: readonly StateSpan[],
  serverId: string,
  state: Known,
  since: number,
): readonly StateSpan[] {
  const last = spans.at(-1);
  if (last?.state === state && last.to === null) return spans;
  const from = (at: number): StateSpan => ({ serverId, state, from: at, to: null });
  const gaps = spans.filter((span) => span.state === 'not_monitored' && (span.to ?? since) > since);
  let turned = [...before(spans, since), from(since)];
  for (const gap of gaps) turned = [...before(turned, gap.from), gap, from(gap.to ?? since)];
  return recent(joined(turned), since);
}

/**
 * Labels time in which nobody watched; after it the state of before goes on. A pause is labelled already. Forgets what is
 * older than a day.
 */
export function withGap(
  spans: readonly StateSpan[],
  serverId: string,
  { from, to }: Gap,
  state: Known,
): readonly StateSpan[] {
  if (isInPause(spans)) return spans;
  const gap: readonly StateSpan[] = from < to ? [{ serverId, state: 'not_monitored', from, to }] : [];
  return recent(joined([...before(spans, Math.min(from, to)), ...gap, { serverId, state, from: to, to: null }]), to);
}

/** Does it end in a pause that nothing ended? */
export function isInPause(spans: readonly StateSpan[]): boolean {
  const last = spans.at(-1);
  return last?.state === 'paused' && last.to === null;
}

function recent(spans: readonly StateSpan[], at: number): readonly StateSpan[] {
  const kept = spans.filter(({ to }) => to === null || to >= at - DAY_MS);
  return kept.length > MANY ? shortened(kept) : kept;
}

/** Neighbours that are over and short together are one, of the state that matters more. */
function shortened(spans: readonly StateSpan[]): readonly StateSpan[] {
  const all: StateSpan[] = [];
  for (const span of spans) {
    const last = all.at(-1);
    const isShort = last !== undefined && last.to === span.from && span.to !== null && span.to - last.from < SHORT_MS;
    if (isShort) all[all.length - 1] = { ...last, state: worse(last.state, span.state), to: span.to };
    else all.push(span);
  }
  return joined(all);
}

/** What lies before `at`. */
function before(spans: readonly StateSpan[], at: number): readonly StateSpan[] {
  // Those that ended stay what they are: where the monitor is overloaded there are many, and each probe brings a gap.
  const isOver = ({ to }: StateSpan): boolean => to !== null && to <= at;
  return spans.filter(({ from }) => from < at).map((span) => (isOver(span) ? span : { ...span, to: at }));
}

/** Neighbours of one state are one span. */
export function joined(spans: readonly StateSpan[]): readonly StateSpan[] {
  const all: StateSpan[] = [];
  for (const span of spans) {
    const last = all.at(-1);
    if (last === undefined || last.state !== span.state || last.to !== span.from) all.push(span);
    else all[all.length - 1] = { ...last, to: span.to };
  }
  return all;
}
