import type { StateSpan } from './store.ts';

const CELLS = 48;
const CELL_MS = 30 * 60_000;

type State = StateSpan['state'];

const LETTERS: Readonly<Record<State, string>> = {
  down: 'd',
  auth_required: 'a',
  rate_limited: 'a',
  degraded: 'g',
  up: 'u',
  paused: 'p',
  not_monitored: 'n',
  unknown: '-',
};

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

/** The 24 h before `now` as 48 half hours, oldest first, one letter each (see WatchedServer.beats). */
export function beats(spans: readonly StateSpan[], now: number): string {
  const start = now - CELLS * CELL_MS;
  return Array.from({ length: CELLS }, (_, cell) => cellLetter(spans, start + cell * CELL_MS, now)).join('');
}

function cellLetter(spans: readonly StateSpan[], from: number, now: number): string {
  const seen = new Set(
    spans.filter((span) => span.from < from + CELL_MS && (span.to ?? now) > from).map(({ state }) => state),
  );
  const worst = WORST_FIRST.find((state) => seen.has(state));
  return LETTERS[worst ?? 'unknown'];
}
