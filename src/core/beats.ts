import type { StateSpan } from './store.ts';

const CELLS = 48;
const CELL_MS = 30 * 60_000;

type State = StateSpan['state'];

/** In a half hour that saw several states the one that matters most is shown. */
const WORST_FIRST: readonly State[] = [
  'down',
  'auth_required',
  'rate_limited',
  'degraded',
  'up',
  'paused',
  'not_monitored',
  'unknown',
];
const LETTERS = 'daagupn-';

/** The one of two states that a half hour shows. */
export function worse(a: State, b: State): State {
  return WORST_FIRST.indexOf(a) < WORST_FIRST.indexOf(b) ? a : b;
}

/** The 24 h before `now` as 48 half hours, oldest first, one letter each (see WatchedServer.beats). */
export function beats(spans: readonly StateSpan[], now: number): string {
  const start = now - CELLS * CELL_MS;
  return Array.from({ length: CELLS }, (_, cell) => cellLetter(spans, start + cell * CELL_MS, now)).join('');
}

function cellLetter(spans: readonly StateSpan[], from: number, now: number): string {
  let worst = WORST_FIRST.length - 1;
  for (const { state, from: begun, to } of spans)
    if (begun < from + CELL_MS && (to ?? now) > from) worst = Math.min(worst, WORST_FIRST.indexOf(state));
  return LETTERS.charAt(worst);
}
