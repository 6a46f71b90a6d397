import { expect, test } from 'vitest';
import { checkWindowEntry } from '../../src/config/window.ts';
import type { Json } from '../../src/core/json.ts';
import { deps, load } from './support.ts';

const NIGHT = '{ servers: [orders], tags: [], cron: "0 3 * * SUN", duration: 1h, timezone: Europe/Berlin }';

async function windowsOf(...lines: readonly string[]) {
  const text = `maintenance:\n${lines.map((line) => `  - ${line}\n`).join('')}`;
  return (await load(text)).maintenance;
}

const check = (entry: Json) => checkWindowEntry(entry, { calendar: deps.calendar });

test('a window of the file is read, with where it stands', async () => {
  const [night, eve] = await windowsOf(NIGHT, '{ id: eve, starts_at: 2026-12-24T23:00+01:00, duration: 90m }');
  expect(night?.window).toMatchObject({
    source: { kind: 'config', file: '/etc/alivemcp/config.yaml', line: 2 },
    servers: ['orders'],
    tags: [],
    starts: { kind: 'cron', expression: '0 3 * * SUN', timezone: 'Europe/Berlin' },
    durationMs: 3_600_000,
  });
  expect(eve?.window).toMatchObject({
    id: 'eve',
    starts: { kind: 'once', at: Date.parse('2026-12-24T22:00Z') },
    durationMs: 5_400_000,
    servers: [],
  });
  expect(eve?.entry).toEqual({ id: 'eve', starts_at: '2026-12-24T23:00+01:00', duration: '90m' });
});

test('a window without an id gets one that hangs on what it says, not on where it stands', async () => {
  const [first] = await windowsOf(NIGHT);
  const [other, moved] = await windowsOf(
    '{ cron: "0 4 * * *", duration: 1h }',
    '{ duration: 60m, timezone: Europe/Berlin, servers: [orders, orders], cron: " 0 3 * * SUN" }',
  );
  expect(first?.window.id).toMatch(/^window-[0-9a-f]{8}$/);
  expect(moved?.window.id).toBe(first?.window.id);
  expect(other?.window.id).not.toBe(first?.window.id);
  expect(first?.entry['id']).toBe(first?.window.id);
});

test('an entry of the API is checked as one of the file', () => {
  expect(check({ id: 'night', cron: '0 3 * * *', duration: '1h' })).toMatchObject({
    ok: true,
    checked: {
      window: { id: 'night', source: { kind: 'ui' } },
      entry: { id: 'night', cron: '0 3 * * *', duration: '1h' },
    },
  });
  expect(check({ cron: '0 3 * *', duration: '0m', when: 'now' })).toEqual({
    ok: false,
    errors: [
      { path: 'duration', message: 'expected a duration from 1m to 7d, found "0m".' },
      expect.objectContaining({ path: 'when' }),
      expect.objectContaining({ path: 'cron', message: expect.stringContaining('found 4.') }),
    ],
  });
  expect(check('every night')).toMatchObject({ ok: false, errors: [{ path: '' }] });
});
