import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type QuietHours, quietUntil } from '../../src/core/quiet.ts';
import { calendar } from '../../src/engine/cron.ts';

const MINUTE = 60_000;
const night: QuietHours = { from: 22 * 60, to: 7 * 60, offsetAt: calendar.offsets('Europe/Berlin'), except: null };
const utc = (text: string): number => Date.parse(`${text}:00Z`);

test('what comes in the night waits until the morning, by the clocks of the zone', () => {
  expect(quietUntil(night, 'major', utc('2026-11-21T20:59'))).toBeNull();
  expect(quietUntil(night, 'major', utc('2026-11-21T21:00'))).toBe(utc('2026-11-22T06:00'));
  expect(quietUntil(night, 'major', utc('2026-11-22T05:59'))).toBe(utc('2026-11-22T06:00'));
  expect(quietUntil(night, 'major', utc('2026-11-22T06:00'))).toBeNull();
  const noon = { ...night, from: 12 * 60, to: 13 * 60 };
  expect(quietUntil(noon, 'info', utc('2026-11-22T11:30'))).toBe(utc('2026-11-22T12:00'));
  expect(quietUntil(null, 'info', utc('2026-11-22T00:00'))).toBeNull();
});

test('a severity that is excepted, or a higher one, is told all the same', () => {
  const at = utc('2026-11-22T00:00');
  const told = (except: QuietHours['except'], severity: Parameters<typeof quietUntil>[1]) =>
    quietUntil({ ...night, except }, severity, at) === null;
  expect(told('critical', 'critical')).toBe(true);
  expect(told('critical', 'major')).toBe(false);
  expect(told('major', 'critical')).toBe(true);
  expect(told('info', 'info')).toBe(true);
});

test('a night in which clocks are set ends at its time by the clocks', () => {
  expect(quietUntil(night, 'info', utc('2026-10-25T01:30'))).toBe(utc('2026-10-25T06:00'));
  expect(quietUntil(night, 'info', utc('2026-03-29T00:30'))).toBe(utc('2026-03-29T05:00'));
});

test('whatever the zone and the hours: it ends within a day, later than now, at the hour that was said', () => {
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia');
  const minutes = fc.integer({ min: 0, max: 1439 });
  const instant = fc.integer({ min: utc('2026-01-01T00:00'), max: utc('2027-01-01T00:00') });
  fc.assert(
    fc.property(zones, minutes, minutes, instant, (zone, from, to, at) => {
      fc.pre(from !== to);
      const offsetAt = calendar.offsets(zone);
      const until = quietUntil({ from, to, offsetAt, except: null }, 'critical', at);
      if (until === null) return;
      expect(until).toBeGreaterThan(at);
      // 24 h, and one more where clocks are set back.
      expect(until - at).toBeLessThanOrEqual(25 * 60 * MINUTE);
      expect(quietUntil({ from, to, offsetAt, except: null }, 'critical', until)).toBeNull();
    }),
  );
});
