import type { CountedSpan } from './apart.ts';

/** A piece of a line of states, as it is drawn along a time axis. */
export interface Stretch {
  readonly state: CountedSpan['state'];
  readonly from: number;
  readonly to: number;
}

/** More pieces than this no screen can show apart. */
const MAX_STRETCHES = 480;

/** Of several states that share one piece the one that matters most is shown, as in a beat (beats.ts). */
const WORST_FIRST: readonly CountedSpan['state'][] = [
  'down',
  'auth_required',
  'rate_limited',
  'degraded',
  'up',
  'maintenance',
  'paused',
  'not_monitored',
  'unknown',
];

/**
 * The states of one server in [from, to), oldest first, as they were; where that would be too many pieces, equal slots of
 * which each shows the worst it saw. Time that no state covers is in none.
 */
export function stateLine(
  spans: readonly CountedSpan[],
  { from, to }: { readonly from: number; readonly to: number },
): readonly Stretch[] {
  const within = spans
    .map(({ state, ...span }) => ({ state, from: Math.max(span.from, from), to: Math.min(span.to ?? to, to) }))
    .filter((span) => span.from < span.to);
  const exact = joined(within);
  return exact.length <= MAX_STRETCHES ? exact : joined(slots(exact, from, (to - from) / MAX_STRETCHES));
}

function slots(stretches: readonly Stretch[], begin: number, size: number): Stretch[] {
  const worst = new Map<number, Stretch['state']>();
  for (const { state, from, to } of stretches)
    for (let slot = Math.floor((from - begin) / size); begin + slot * size < to; slot += 1) {
      const known = worst.get(slot);
      if (known === undefined || WORST_FIRST.indexOf(state) < WORST_FIRST.indexOf(known)) worst.set(slot, state);
    }
  return [...worst]
    .sort(([a], [b]) => a - b)
    .map(([slot, state]) => ({ state, from: begin + slot * size, to: begin + (slot + 1) * size }));
}

/** Neighbours of the same state as one. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const line: Stretch[] = [];
  for (const next of stretches) {
    const last = line.at(-1);
    if (last?.state === next.state && last.to === next.from) line.splice(-1, 1, { ...last, to: next.to });
    else line.push(next);
  }
  return line;
}
