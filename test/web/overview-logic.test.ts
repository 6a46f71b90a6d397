import { expect, test } from 'vitest';
import { keepOrder, readFilter, select, tagsOf } from '../../web/overview/filters.ts';
import { trendOf } from '../../web/trend.ts';
import { plainSentence, standingSentence } from '../../web/words.ts';
import { INCIDENT, ORDERS, ROWS, row, SLOW_INCIDENT } from './fixtures.ts';

const filter = (query: string) => readFilter(new URLSearchParams(query));
const ids = (query: string) => select(ROWS, filter(query)).map(({ id }) => id);

test('without a wish the worst come first, by name within a state', () => {
  expect(ids('').slice(0, 4)).toEqual(['orders', 'search', 'billing', 'fresh']);
});

test('filters of the address add up', () => {
  expect(ids('state=broken')).toEqual(['orders', 'search', 'billing']);
  expect(ids('tag=postgres')).toEqual(['orders', 'crm']);
  expect(ids('tag=postgres&state=up')).toEqual(['crm']);
  expect(ids('q=pool exhausted')).toEqual(['orders']);
  expect(ids('q=nothing like it')).toEqual([]);
});

test('nonsense in the address is no filter', () => {
  expect(filter('state=purple&sort=loud')).toEqual({ state: null, tag: null, text: '', sort: 'state' });
});

test('missing figures come last, whichever way the figures run', () => {
  expect(ids('sort=p95').at(0)).toBe('orders');
  expect(ids('sort=p95').slice(-2).sort()).toEqual(['billing', 'fresh']);
  expect(ids('sort=uptime').at(0)).toBe('github');
  expect(ids('sort=uptime').slice(-2).sort()).toEqual(['billing', 'fresh']);
});

test('rows that are on screen keep their places, new ones come after them', () => {
  const shown = keepOrder([row('new', 'New'), row('b', 'B'), row('a', 'A')], ['a', 'gone', 'b']);
  expect(shown.map(({ id }) => id)).toEqual(['a', 'b', 'new']);
});

test('tags are counted, most used first', () => {
  expect(tagsOf(ROWS).slice(0, 2)).toEqual([
    { tag: 'prod', count: 5 },
    { tag: 'postgres', count: 2 },
  ]);
});

test('a trend points up when the last hour is a quarter slower than the day before it', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  const point = (minutesAgo: number, p95: number) => ({
    at: new Date(now - minutesAgo * 60_000).toISOString(),
    p50_ms: p95,
    p95_ms: p95,
    max_ms: p95,
    count: 10,
    failed: 0,
  });
  expect(trendOf([point(300, 100), point(30, 130)], now).direction).toBe('up');
  expect(trendOf([point(300, 100), point(30, 110)], now).direction).toBe('level');
  expect(trendOf([point(300, 100), point(30, 70)], now).direction).toBe('down');
  const { slots } = trendOf([point(1439, 100), point(1, 130), point(5000, 9)], now);
  expect([slots.length, slots[0], slots[1], slots[47]]).toEqual([48, 100, null, 130]);
});

test("a server's sentence is that of its worst open incident, without the times that stand beside it", () => {
  const told = { ...INCIDENT, sentence: `${ORDERS.sentence} Since 12:03 UTC (14 min).` };
  const slow = { ...SLOW_INCIDENT, server: INCIDENT.server };
  expect(standingSentence({ ...ORDERS, sentence: 'raw' }, [slow, told])).toBe(ORDERS.sentence);
  expect(standingSentence({ ...ORDERS, sentence: 'raw' }, [])).toBe('raw');
});

test('a resolved incident keeps how long it lasted, not when in UTC', () => {
  const sentence = 'Orders MCP works again. Down 14 min (12:03–12:17 UTC). 23 probes failed.';
  expect(plainSentence({ ...INCIDENT, sentence })).toBe('Orders MCP works again. Down 14 min. 23 probes failed.');
});
