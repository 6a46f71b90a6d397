import { expect, test } from 'vitest';
import { HEALTHY, healthyTimes, type Played, playLatency } from '../fixtures/latency-play.ts';

/** The fault begins after a day and lasts an hour; then it is as before for three. */
const DAY = 24 * 60;
const PROBES = DAY + 8 * 60;
const LASTS = 60;

interface Fault {
  readonly usual: number;
  readonly slow: (minute: number) => number;
  /** Minutes until the incident opens, and from the repair to its end. */
  readonly opensWithin: number;
  readonly endsWithin: number;
}

const CASES: readonly (readonly [name: string, Fault])[] = [
  ['nine times as slow, above the limit', { usual: 80, slow: () => 720, opensWithin: 1, endsWithin: 10 }],
  ['four times as slow, below the limit', { usual: 80, slow: () => 320, opensWithin: 1, endsWithin: 1 }],
  ['half as slow again, above the limit', { usual: 350, slow: () => 560, opensWithin: 4, endsWithin: 10 }],
  [
    'slow at every other probe',
    { usual: 80, slow: (minute) => (Math.round(minute) % 2 === 0 ? 900 : 80), opensWithin: 3, endsWithin: 10 },
  ],
  ['slower by 20 ms each minute', { usual: 80, slow: (minute) => 80 + 20 * minute, opensWithin: 10, endsWithin: 10 }],
];

function play({ usual, slow }: Fault): Played {
  return playLatency(PROBES, (minute) => {
    const since = minute - DAY;
    return since >= 0 && since < LASTS ? slow(since) : usual;
  });
}

test.each(CASES)('%s: one incident that opens in time, and ends when it is over', (_, fault) => {
  const { incidents, notices } = play(fault);
  expect(incidents).toHaveLength(1);
  expect(notices).toBe(2);
  const [{ from, to } = { from: 0, to: null }] = incidents;
  expect(from - DAY).toBeGreaterThan(0);
  expect(from - DAY).toBeLessThanOrEqual(fault.opensWithin);
  expect((to ?? Number.POSITIVE_INFINITY) - DAY - LASTS).toBeLessThanOrEqual(fault.endsWithin);
});

test('two slow probes, and a slow quarter of a minute again and again, are nobody’s business', () => {
  const twice = playLatency(PROBES, (minute) => (minute >= DAY && minute < DAY + 0.6 ? 900 : 80));
  expect(twice).toEqual({ incidents: [], notices: 0 });
  const hourly = playLatency(PROBES, (minute) => (minute % 60 < 0.3 ? 900 : 80));
  expect(hourly).toEqual({ incidents: [], notices: 0 });
});

test.each(HEALTHY)(
  'a healthy server whose times are %s, single probes lost: no incident in 3,000 probes',
  (_, draw) => {
    expect(playLatency(3_000, healthyTimes(draw, 1))).toEqual({ incidents: [], notices: 0 });
  },
);
