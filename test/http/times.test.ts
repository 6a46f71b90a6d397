import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isoTime, isoTimes } from '../../src/http/probe-answer.ts';

test('instants that follow each other are written as each of them would be', () => {
  const instant = fc.oneof(
    fc.integer({ min: -4e12, max: 4e12 }),
    fc.integer({ min: -4e9, max: 4e9 }).map((seconds) => seconds * 1000),
    fc.nat(600).map((minutes) => Date.UTC(2026, 1, 28, 20) + minutes * 60_000),
  );
  fc.assert(
    fc.property(fc.array(instant), (instants) => {
      expect(instants.map(isoTimes())).toEqual(instants.map(isoTime));
    }),
  );
});
