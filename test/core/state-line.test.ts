import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CountedSpan } from '../../src/core/apart.ts';
import { stateLine } from '../../src/core/state-line.ts';

const span = (state: CountedSpan['state'], from: number, to: number | null): CountedSpan => ({
  serverId: 'orders',
  state,
  from,
  to,
});

test('states are cut to what is asked for, and what no state covers is left out', () => {
  const spans = [span('up', 0, 40), span('not_monitored', 40, 50), span('up', 60, 70), span('maintenance', 70, null)];
  expect(stateLine(spans, { from: 20, to: 100 })).toEqual([
    { state: 'up', from: 20, to: 40 },
    { state: 'not_monitored', from: 40, to: 50 },
    { state: 'up', from: 60, to: 70 },
    { state: 'maintenance', from: 70, to: 100 },
  ]);
});

test('neighbours of one state are one', () => {
  const spans = [span('up', 0, 10), span('up', 10, 20), span('down', 20, null)];
  expect(stateLine(spans, { from: 0, to: 30 })).toEqual([
    { state: 'up', from: 0, to: 20 },
    { state: 'down', from: 20, to: 30 },
  ]);
});

test('of more than a screen can show each piece is the worst that it saw', () => {
  const flapping = Array.from({ length: 5000 }, (_, nth) =>
    span(nth % 500 === 250 ? 'down' : nth % 2 ? 'up' : 'unknown', nth, nth + 1),
  );
  const line = stateLine(flapping, { from: 0, to: 5000 });
  expect(line.filter(({ state }) => state === 'down')).toHaveLength(10);
  expect(line.map(({ state }) => state)).not.toContain('unknown');
  expect(line[0]).toMatchObject({ state: 'up', from: 0 });
  expect(line.at(-1)?.to).toBeCloseTo(5000);
});

test('the pieces are in order, lie within, never overlap, and hide nothing that was down', () => {
  const lengths = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.constantFrom('up', 'down', 'paused')), {
    minLength: 1,
    maxLength: 1500,
  });
  fc.assert(
    fc.property(lengths, (pieces) => {
      let at = 0;
      const spans = pieces.map(([length, state]) => {
        at += length;
        return span(state, at - length, at);
      });
      const line = stateLine(spans, { from: 0, to: at });
      expect(line.length).toBeLessThanOrEqual(480);
      for (const [nth, { from, to }] of line.entries()) {
        expect(from).toBeLessThan(to);
        expect(from).toBeGreaterThanOrEqual(line[nth - 1]?.to ?? 0);
      }
      for (const { from, to } of spans.filter(({ state }) => state === 'down'))
        expect(line.some((piece) => piece.state === 'down' && piece.from <= from && piece.to >= (to ?? 0) - 1e-6)).toBe(
          true,
        );
    }),
    { numRuns: 60 },
  );
});
