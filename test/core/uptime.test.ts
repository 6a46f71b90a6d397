import { expect, test } from 'vitest';
import type { StateSpan } from '../../src/core/store.ts';
import { uptimeDays, uptimeOf, uptimeShare, uptimeShares } from '../../src/core/uptime.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function span(state: StateSpan['state'], from: number, to: number | null, serverId = 'orders'): StateSpan {
  return { serverId, state, from, to };
}

test('up and degraded count as up, down as down', () => {
  const spans = [span('up', 0, 6 * HOUR), span('degraded', 6 * HOUR, 9 * HOUR), span('down', 9 * HOUR, 10 * HOUR)];
  const uptime = uptimeOf(spans, 0, 10 * HOUR);
  expect(uptime).toMatchObject({ upSeconds: 21_600, degradedSeconds: 10_800, downSeconds: 3_600, unknownSeconds: 0 });
  expect(uptimeShare(uptime)).toBe(0.9);
});

test.each(['auth_required', 'rate_limited', 'unknown', 'paused'] as const)('%s is neither up nor down', (state) => {
  const uptime = uptimeOf([span('up', 0, HOUR), span(state, HOUR, 4 * HOUR)], 0, 4 * HOUR);
  expect(uptime.unknownSeconds).toBe(3 * 3600);
  expect(uptimeShare(uptime)).toBe(1);
});

test('time in which nobody watched is neither up nor down, and told apart from what could not be known', () => {
  const spans = [span('up', 0, HOUR), span('not_monitored', HOUR, 3 * HOUR), span('unknown', 3 * HOUR, 4 * HOUR)];
  const uptime = uptimeOf(spans, 0, 4 * HOUR);
  expect(uptime).toMatchObject({ unknownSeconds: 3 * 3600, notMonitoredSeconds: 2 * 3600, downSeconds: 0 });
  expect(uptimeShare(uptime)).toBe(1);
});

test('a server of which nothing is known has no uptime, rather than none', () => {
  expect(uptimeShare(uptimeOf([], 0, DAY))).toBeNull();
  expect(uptimeShare(uptimeOf([span('unknown', 0, null)], 0, DAY))).toBeNull();
});

test('a span that reaches out of the window counts only within it, and an open one up to its end', () => {
  expect(uptimeOf([span('down', -HOUR, null)], 0, 2 * HOUR).downSeconds).toBe(2 * 3600);
  expect(uptimeOf([span('down', -2 * HOUR, -HOUR), span('up', 3 * HOUR, null)], 0, 2 * HOUR)).toEqual({
    upSeconds: 0,
    degradedSeconds: 0,
    downSeconds: 0,
    unknownSeconds: 0,
    maintenanceSeconds: 0,
    notMonitoredSeconds: 0,
  });
});

test('shares of several servers are kept apart', () => {
  const spans = [
    span('up', 0, null, 'a'),
    span('down', 0, HOUR, 'b'),
    span('up', HOUR, null, 'b'),
    span('paused', 0, null, 'c'),
  ];
  expect([...uptimeShares(spans, 0, 4 * HOUR)]).toEqual([
    ['a', 1],
    ['b', 0.75],
    ['c', null],
  ]);
});

test('an outage over midnight is split between its days, and today ends now', () => {
  const now = 2 * DAY + 6 * HOUR;
  const spans = [
    span('up', 12 * HOUR, 2 * DAY - HOUR),
    span('down', 2 * DAY - HOUR, 2 * DAY + HOUR),
    span('up', 2 * DAY + HOUR, null),
  ];
  const days = uptimeDays(spans, 3, now);
  expect(days.map((day) => day.at)).toEqual([0, DAY, 2 * DAY]);
  expect(days.map((day) => day.uptime.downSeconds)).toEqual([0, 3600, 3600]);
  expect(days.map((day) => day.uptime.upSeconds)).toEqual([12 * 3600, 23 * 3600, 5 * 3600]);
});
