import type { StateSpan } from '../core/store.ts';

const DAY_MS = 24 * 3_600_000;

/** Ends the last span where the new state began, whatever was recorded from there on, and forgets what is older than a day. */
export function extend(
  spans: readonly StateSpan[],
  serverId: string,
  state: StateSpan['state'],
  since: number,
): readonly StateSpan[] {
  const last = spans.at(-1);
  if (last?.state === state && last.to === null) return spans;
  const ended = spans.flatMap((span) => {
    const to = Math.min(span.to ?? since, since);
    return to <= span.from || to < since - DAY_MS ? [] : [{ ...span, to }];
  });
  return [...ended, { serverId, state, from: since, to: null }];
}

/** Does it end in a pause that nothing ended? */
export function isInPause(spans: readonly StateSpan[]): boolean {
  const last = spans.at(-1);
  return last?.state === 'paused' && last.to === null;
}
