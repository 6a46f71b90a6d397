import fc from 'fast-check';
import { expect, test } from 'vitest';
import { setApart } from '../../src/core/apart.ts';
import type { MaintenanceSpan, StateSpan } from '../../src/core/store.ts';
import { uptimeDays, uptimeOf, uptimeShare, uptimeShares } from '../../src/core/uptime.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const span = (state: StateSpan['state'], from: number, to: number | null, serverId = 'orders'): StateSpan => ({
  serverId,
  state,
  from,
  to,
});
const maintenance = (from: number, to: number, serverId = 'orders'): MaintenanceSpan => ({ serverId, from, to });

test('being down in maintenance is no downtime, and being up in it no uptime', () => {
  const spans = [span('up', 0, 2 * HOUR), span('down', 2 * HOUR, 4 * HOUR), span('up', 4 * HOUR, null)];
  const uptime = uptimeOf(setApart(spans, [maintenance(HOUR, 3 * HOUR)]), 0, 5 * HOUR);
  expect(uptime).toMatchObject({ upSeconds: 2 * 3600, downSeconds: 3600, maintenanceSeconds: 2 * 3600 });
  expect(uptimeShare(uptime)).toBe(2 / 3);
});

test('a server that was in maintenance all the time has no uptime, rather than none', () => {
  expect(uptimeShare(uptimeOf(setApart([span('down', 0, null)], [maintenance(0, DAY)]), 0, DAY))).toBeNull();
});

test('maintenance of one server is none of another', () => {
  const spans = [span('down', 0, null, 'a'), span('up', 0, null, 'b'), span('down', 0, null, 'c')];
  const shares = uptimeShares(setApart(spans, [maintenance(0, DAY, 'a'), maintenance(HOUR, DAY, 'b')]), 0, DAY);
  expect([...shares]).toEqual([
    ['a', null],
    ['b', 1],
    ['c', 0],
  ]);
});

test('maintenance over midnight is split between its days, and what is planned beyond now does not count', () => {
  const now = 2 * DAY + 6 * HOUR;
  const planned = [maintenance(DAY - HOUR, DAY + 2 * HOUR), maintenance(now - HOUR, now + HOUR)];
  const days = uptimeDays(setApart([span('up', 0, null)], planned), 3, now);
  expect(days.map(({ uptime }) => uptime.maintenanceSeconds)).toEqual([3600, 2 * 3600, 3600]);
  expect(days.map(({ uptime }) => uptime.upSeconds)).toEqual([23 * 3600, 22 * 3600, 5 * 3600]);
});

test('the seconds of a day add up, and those of each standing are what a look at every minute says', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 12 });
  const states = ['up', 'down', 'degraded', 'unknown'] as const;
  fc.assert(
    fc.property(lengths, lengths, fc.nat({ max: 30 }), fc.boolean(), (turns, windows, first, isOpen) => {
      let at = first;
      const spans = turns.map((length, index): StateSpan => {
        const from = at;
        at += length;
        return span(states[index % states.length] ?? 'up', from, isOpen && index === turns.length - 1 ? null : at);
      });
      let begin = 0;
      const planned = windows.flatMap((length, index) => {
        const from = begin;
        begin += length;
        return index % 2 === 0 ? [] : [maintenance(from, begin)];
      });
      const end = at + 50;
      const expected = { up: 0, down: 0, degraded: 0, unknown: 0, maintenance: 0 };
      for (let minute = 0; minute < end; minute += 1) {
        const state = spans.find(({ from, to }) => from <= minute && minute < (to ?? end))?.state;
        if (state === undefined || state === 'paused' || !(state in expected)) continue;
        const isApart = planned.some(({ from, to }) => from <= minute && minute < to);
        const counted = isApart ? 'maintenance' : states.find((each) => each === state);
        if (counted !== undefined) expected[counted] += 1;
      }
      const uptime = uptimeOf(setApart(spans, planned), 0, end);
      const { up, down, degraded, unknown } = expected;
      expect(uptime).toMatchObject({
        upSeconds: up / 1000,
        downSeconds: down / 1000,
        degradedSeconds: degraded / 1000,
        unknownSeconds: unknown / 1000,
        maintenanceSeconds: expected.maintenance / 1000,
      });
    }),
  );
});
