import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lastPool, standing, standings, watchPool } from '../fixtures/pools.ts';

const repeat = <T>(times: number, value: T): readonly T[] => Array.from({ length: times }, () => value);
/** `used` connections of `max`, nobody waiting. */
const inUse = (used: number, max = 10, idle = 0) => ({ total: used + idle, idle, waiting: 0, max });
const waiting = (callers: number) => ({ total: 4, idle: 1, waiting: callers, max: 10 });

describe('callers who wait', () => {
  test.each([
    ['in one sample are not told', [waiting(1)], 'ok'],
    ['in two samples running are', [waiting(1), waiting(2)], 'warn pool_waiting'],
    ['now and then are not', [waiting(1), waiting(0), waiting(1)], 'ok'],
    ['five at once in one sample are not told', [waiting(5)], 'ok'],
    ['six at once are too many', [waiting(6)], 'fail pool_backlog'],
    ['while nothing is idle have exhausted it', [{ total: 4, idle: 0, waiting: 1 }], 'fail pool_exhausted'],
  ])('%s', (_, figures, expected) => expect(standing(figures)).toBe(expected));

  test('one that waits while none is in use is our own call, for which a connection is being opened', () => {
    expect(standings(repeat(5, { total: 1, idle: 1, waiting: 1, max: 10 }))).toEqual(repeat(5, 'ok'));
  });
});

describe('how full it is', () => {
  test.each([
    ['80 % for ever is full use, not too full', repeat(5, inUse(8, 10, 2)), 'ok'],
    ['above 80 % in two samples is not told', repeat(2, inUse(17, 20, 1)), 'ok'],
    ['above 80 % in three samples is', repeat(3, inUse(17, 20, 1)), 'warn pool_utilization'],
    ['above 85 % in three samples fails', repeat(3, inUse(18, 20, 1)), 'fail pool_utilization'],
    ['above 85 % in the last alone warns', [inUse(17, 20), inUse(17, 20), inUse(18, 20)], 'warn pool_utilization'],
    ['every connection in use is exhausted', [inUse(10)], 'fail pool_exhausted'],
    ['one of one in use is its own check', repeat(5, inUse(1, 1)), 'ok'],
    ['one of one open is its own check', repeat(5, { total: 1, idle: 0, waiting: 0, utilization: 1 }), 'ok'],
    ['90 % by its own word, of a maximum', repeat(3, { waiting: 0, utilizationPct: 90 }), 'fail pool_utilization'],
    ['90 % of what is open, without a maximum', repeat(5, { total: 10, idle: 1, waiting: 0, utilization: 0.9 }), 'ok'],
  ])('%s', (_, figures, expected) => expect(standing(figures)).toBe(expected));

  test('what held is over below 75 %, so that a figure that wavers around 80 % is told once', () => {
    const wavering = [...repeat(3, inUse(17, 20, 3)), inUse(16, 20, 4), inUse(17, 20, 3), inUse(16, 20, 4)];
    expect(new Set(standings(wavering).slice(2))).toEqual(new Set(['warn pool_utilization']));
    expect(standing([...wavering, inUse(14, 20, 6)])).toBe('ok');
  });
});

describe('a maximum that nobody publishes', () => {
  const open = (total: number, used: number, callers: number) => ({ total, idle: total - used, waiting: callers });

  test('is learnt from callers that waited while there were no more connections, seen twice', () => {
    const seen = [open(10, 10, 3), open(10, 10, 2)];
    expect(standing([...seen, open(10, 9, 0), open(10, 9, 0), open(10, 9, 0)])).toBe('fail pool_utilization');
    expect(standing([...repeat(3, open(10, 9, 0))])).toBe('ok');
    expect(lastPool([...seen, open(4, 1, 0)])).toMatchObject({ max: 10, maxSource: 'seen', utilization: 0.1 });
  });

  test('is forgotten when more were open at once', () => {
    expect(lastPool([open(10, 10, 3), open(10, 10, 3), open(12, 1, 0)])).toMatchObject({
      max: null,
      utilization: null,
    });
  });
});

describe('connections that do not come back', () => {
  const others = (used: number) => inUse(used, 10, 2);

  test.each([
    ['nothing idle, none given back for more than a minute', [inUse(1), ...repeat(14, inUse(6))], 5_000],
    ['so it is at the slowest of the usual intervals', [inUse(1), ...repeat(12, inUse(6))], 60_000],
    ['and at the fastest', [inUse(1), ...repeat(90, inUse(6))], 1_000],
    [
      'more open and fewer idle, three times',
      [
        [2, 5],
        [4, 4],
        [6, 3],
        [8, 2],
      ].map(([total = 0, idle = 0]) => ({ total, idle, waiting: 0, max: 20 })),
      60_000,
    ],
    [
      'others give back theirs, but those in use only ever rise',
      [1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 5, 5].map(others),
      60_000,
    ],
    ['they rose one by one to the last', [2, 3, 5, 7, 8, 9].map(others), 60_000],
  ])('%s', (_, figures, everyMs) => expect(standing(figures, everyMs)).toBe('fail pool_leak'));

  test.each([
    ['a pool that fills at once with traffic', [...repeat(10, others(2)), others(7), others(7), others(7)], 60_000],
    ['traffic that gives back', [2, 3, 4, 5, 6, 4, 5, 6, 7, 5].map(others), 60_000],
    ['a listener that keeps one for good', [...repeat(5, inUse(1)), ...repeat(16, inUse(2))], 60_000],
    ['a minute of jobs with nothing idle', [inUse(1), ...repeat(6, inUse(4))], 60_000],
    ['some use that began before it was watched', repeat(40, inUse(6)), 60_000],
    [
      'a maximum that is not known',
      [1, 2, 3, 4, 5, 6, 7, 8, 9].map((used) => ({ total: used, idle: 0, waiting: 0 })),
      60_000,
    ],
  ])('not so: %s', (_, figures, everyMs) => expect(standings(figures, everyMs)).toEqual(repeat(figures.length, 'ok')));

  test('are told as that, too, when the last is gone and callers queue', () => {
    const filling = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((used) => inUse(used));
    const full = repeat(3, { total: 10, idle: 0, waiting: 4, max: 10 });
    expect(standing([...filling, ...full])).toBe('fail pool_leak');
    const atOnce = [...repeat(9, inUse(2)), ...full];
    expect(standing(atOnce)).toBe('fail pool_exhausted');
  });

  test('are over when they come back', () => {
    const leaking = [1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6].map(others);
    expect(standing([...leaking, others(6), others(5)])).toBe('fail pool_leak');
    expect(standing([...leaking, others(6), others(2)])).toBe('ok');
  });

  test('a leak says from where to where and for how long', () => {
    const { worst, verdict } = watchPool([1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 5, 5].map(others)).insights.at(-1) ?? {};
    expect(worst?.finding.figures).toBe('5 of 10 connections in use, up from 1 without a fall for 11 min');
    expect(verdict?.reason?.message).toMatch(/^The connection pool loses connections: 5 of 10 connections in use/);
  });
});

describe('a replica', () => {
  const lag = (seconds: number | null) => ({ total: 2, idle: 2, waiting: 0, max: 10, lag_seconds: seconds });
  test.each([
    [[10], 'ok'],
    [[11], 'warn replica_lag'],
    [[31], 'fail replica_lag'],
    [[null], 'fail replica_lag'],
    [[11, 9], 'warn replica_lag'],
    [[11, 8], 'ok'],
  ])('that is %j s behind is %s', (seconds, expected) => expect(standing(seconds.map(lag))).toBe(expected));
});

describe('errors, from counters that run since the process started', () => {
  const counted = (calls: number, errors: number) => ({ queryCount: calls, errorCount: errors });
  /** `errors` more of every 100 more calls. */
  const failing = (times: number, errors: number, from = 0) =>
    Array.from({ length: times }, (_, nth) => counted(from + nth * 100, nth * errors));

  test.each([
    ['the first sample says nothing: its errors may be old', [counted(1000, 900)], 'ok'],
    ['one of 100 is not more than 1 %', failing(5, 1), 'ok'],
    ['two of 100 are', failing(5, 2), 'warn error_rate'],
    ['six of 100 fail', failing(5, 6), 'fail error_rate'],
    ['one bad minute alone is not told', [counted(0, 0), counted(100, 50)], 'ok'],
    ['one call that failed of ten says nothing', [counted(0, 0), counted(5, 1), counted(10, 1)], 'ok'],
    ['a counter that fell was started anew', [counted(9000, 90), counted(50, 0), counted(150, 0)], 'ok'],
    ['a restart in the middle of errors', [...failing(4, 10), ...failing(4, 10)], 'fail error_rate'],
    ['errors before a restart do not count after it', [...failing(4, 10), ...failing(4, 0)], 'ok'],
  ])('%s', (_, figures, expected) => expect(standing(figures)).toBe(expected));

  test('give the rate of the newest calls, whatever was before', () => {
    expect(lastPool([counted(0, 0), counted(1000, 900), counted(1100, 902), counted(1200, 902)])?.errorRate).toBe(0.01);
  });

  test('two instances behind one address, each with counters of its own, are no errors', () => {
    const one = (nth: number) => counted(10_000 + nth * 50, 100);
    const other = (nth: number) => counted(90_000 + nth * 50, 4_000);
    const mixed = Array.from({ length: 16 }, (_, nth) => (nth % 3 === 0 ? other(nth) : one(nth)));
    expect(new Set(standings(mixed))).toEqual(new Set(['ok']));
  });

  test('whatever the counters do, the rate is a share', () => {
    const figure = fc.nat({ max: 1e9 });
    fc.assert(
      fc.property(fc.array(fc.tuple(figure, figure), { minLength: 1, maxLength: 20 }), (pairs) => {
        const rate = lastPool(pairs.map(([calls, errors]) => counted(calls, errors)))?.errorRate ?? 0;
        return rate >= 0 && rate <= 1;
      }),
    );
  });
});

describe('several pools', () => {
  const both = (primary: object, replica: object) => ({
    primary: { ...inUse(1, 10, 3), ...primary },
    replica: { ...inUse(1, 10, 3), ...replica },
  });
  const of = (...each: ReturnType<typeof both>[]) => watchPool(each).insights.at(-1);

  test('are judged one by one, and the worst speaks by its name', () => {
    const insight = of(both({}, { lag_seconds: 42 }));
    expect(insight?.verdict.reason).toMatchObject({
      code: 'replica_lag',
      message: 'The replica behind the pool replica lags: 42 s behind.',
    });
    expect(insight?.pools.map(({ name, reason }) => [name, reason])).toEqual([
      ['primary', null],
      ['replica', 'replica_lag'],
    ]);
    expect(of(both({ waiting: 9 }, { lag_seconds: 42 }))?.worst?.pool.name).toBe('primary');
  });
});

describe('when it will be exhausted', () => {
  const forecast = (used: readonly number[]) => lastPool(used.map((one) => inUse(one, 20, 2)))?.exhaustedInMs;

  test('is told where it fills steadily: two more each minute, eight left', () => {
    expect(forecast([4, 6, 8, 10, 12])).toBe(4 * 60_000);
  });

  test.each([
    ['after fewer than five samples', [4, 6, 8, 10]],
    ['of a pool that does not fill', [4, 4, 4, 4, 4, 4]],
    ['of one that empties', [12, 10, 8, 6, 4]],
    ['of one that goes up and down', [4, 12, 5, 11, 6, 12]],
    ['further ahead than three times what was seen', [1, 1, 2, 2, 3]],
    ['of one that is full', [4, 8, 12, 16, 20]],
  ])('is not told %s', (_, used) => expect(forecast(used)).toBeNull());

  test('is in the sentence of what is wrong already', () => {
    const filling = [10, 11, 13, 14, 15, 17, 18, 19].map((used) => inUse(used, 20, 1));
    const { verdict } = watchPool(filling).insights.at(-1) ?? {};
    expect(verdict?.reason?.message).toMatch(/At this pace it is exhausted in about \d+ (s|min)( \d+ s)?\.$/);
  });
});

test('what is remembered of a pool is bounded, and reaches back over a minute even at one probe a second', () => {
  const { memory } = watchPool(
    Array.from({ length: 5_000 }, () => inUse(3)),
    1_000,
  );
  const [series] = memory.series;
  expect(series?.samples.length).toBeLessThanOrEqual(20);
  expect((series?.samples.at(-1)?.at ?? 0) - (series?.samples[0]?.at ?? 0)).toBeGreaterThan(60_000);
});

test('whatever a server publishes, judging it never throws and every bad verdict has its reason', () => {
  const figure = fc.oneof(fc.nat({ max: 40 }), fc.constant(null), fc.double(), fc.string({ maxLength: 3 }));
  const pool = fc.record(
    {
      total: figure,
      idle: figure,
      used: figure,
      waiting: figure,
      max: figure,
      lag_seconds: figure,
      errorRate: figure,
      queryCount: figure,
      errorCount: figure,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(pool, { maxLength: 12 }), fc.constantFrom(1_000, 10_000, 60_000), (bodies, everyMs) =>
      watchPool(bodies, everyMs).insights.every(
        ({ verdict: { level, reason } }) => (level === 'warn' || level === 'fail') === (reason !== null),
      ),
    ),
  );
});
