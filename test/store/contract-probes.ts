import { expect, test } from 'vitest';
import type { ProbeReport } from '../../src/core/probe.ts';
import { reason } from '../../src/core/reasons.ts';
import { CursorError, type Store } from '../../src/core/store.ts';
import type { StoreFactory } from './factory.ts';
import { commit, DAY_MS, incident, judgement, NOON, notice, report, status, steps } from './samples.ts';

const all = { limit: 1000, cursor: null };

/** Everything a report can hold, in the shapes that are easy to lose. */
const full: ProbeReport = report('orders', NOON, {
  scheduledAt: NOON + 4,
  steps: [
    { name: 'dns', status: 'ok', ms: 0.001, error: null },
    { name: 'connect', status: 'ok', ms: 0, error: null },
    { name: 'tls', status: 'ok', ms: 31.25, error: null },
    { name: 'initialize', status: 'failed', ms: 10_000.5, error: reason('timeout', 'initialize') },
    { name: 'tools_list', status: 'skipped', ms: null, error: null },
    { name: 'canary', status: 'failed', ms: null, error: reason('canary_timeout', 'canary') },
    { name: 'dns', status: 'ok', ms: 2.5, error: null },
    { name: 'health_url', status: 'ok', ms: 4, error: null },
    { name: 'health_url', status: 'failed', ms: 5, error: reason('health_status', 'health_url') },
    { name: 'close', status: 'ok', ms: 1.125, error: null },
  ],
  canaries: [
    {
      canary: { kind: 'tool', tool: 'health_check' },
      ms: 8.5,
      answer: {
        kind: 'result',
        isError: true,
        text: 'täxt “x”',
        json: { ok: false, pool: { waiting: 3, idle: null } },
      },
      sessionSurvived: true,
    },
    {
      canary: { kind: 'resource', resource: 'db://x' },
      ms: null,
      answer: { kind: 'failure', reason: reason('canary_timeout', 'canary') },
      sessionSurvived: null,
    },
    {
      canary: { kind: 'tool', tool: 'b' },
      ms: 0.5,
      answer: { kind: 'result', isError: false, text: null, json: undefined },
      sessionSurvived: null,
    },
  ],
  health: {
    ready: { kind: 'answer', url: 'http://127.0.0.1/ready', status: 503, ms: 3.25, text: 'no', json: undefined },
    live: { kind: 'failure', url: 'http://127.0.0.1/live', reason: reason('health_unreachable', 'health_url') },
  },
  tls: { expiresAt: NOON + 30 * DAY_MS },
  retryAfterMs: 30_000,
  marks: ['cold_start'],
});

const pool = {
  name: 'default',
  kind: 'postgres',
  source: 'canary',
  total: 5,
  idle: 0,
  used: 5,
  waiting: 3,
  max: 5,
  maxSource: 'seen',
  utilization: 1,
  errorRate: null,
  lagSeconds: null,
  counters: { calls: 12, errors: 1 },
  exhaustedInMs: null,
  reason: 'pool_exhausted',
} as const;

export function probeContract(create: StoreFactory): void {
  test('a probe comes back whole, by its id, in the list and as the latest', async () => {
    const { store } = await create();
    const judged = judgement({
      state: 'down',
      reason: reason('timeout', 'initialize'),
      pools: [pool],
      cause: { code: 'pool_exhausted', explanation: 'All are busy.', advice: ['Release in finally.'] },
    });
    const id = await store.commit(commit('orders', 1, NOON, { record: { report: full, judgement: judged } }));
    const record = { id, report: full, judgement: judged };
    expect(await store.probe('orders', id)).toEqual(record);
    expect(await store.probes('orders', all)).toEqual({ items: [record], next: null });
    expect(await store.latestProbes(['files', 'orders'])).toEqual(new Map([['orders', record]]));
    expect(await store.probe('files', id)).toBeNull();
    expect(await store.probe('orders', 'nonsense')).toBeNull();
  });

  test('an answer of more than 64 KiB of JSON is kept without it', async () => {
    const { store } = await create();
    const answer = { kind: 'result', isError: false, text: 'much', json: 'x'.repeat(70_000) } as const;
    const large = report('orders', NOON, {
      canaries: [{ canary: { kind: 'tool', tool: 'a' }, ms: 1, answer, sessionSurvived: null }],
    });
    const id = await store.commit(commit('orders', 1, NOON, { record: { report: large, judgement: judgement() } }));
    const kept = await store.probe('orders', id);
    expect(kept?.report.canaries[0]?.answer).toEqual({ ...answer, json: undefined });
  });

  test('durations are kept to the microsecond', async () => {
    const { store } = await create();
    const record = {
      report: report('orders', NOON, { durationMs: 1.23456789, steps: steps(2.0004999) }),
      judgement: judgement(),
    };
    const id = await store.commit(commit('orders', 1, NOON, { record }));
    const kept = await store.probe('orders', id);
    expect(kept?.report.durationMs).toBe(1.235);
    expect(kept?.report.steps.find(({ name }) => name === 'initialize')?.ms).toBe(2);
  });

  test('probes are listed newest first, page by page, across midnight', async () => {
    const { store } = await create();
    const starts = [-1.5, -0.6, -0.4, 0, 0.4, 0.6].map((days) => NOON + days * DAY_MS);
    for (const [at, start] of starts.entries()) await store.commit(commit('orders', at + 1, start));
    await store.commit(commit('files', 1, NOON + 1));
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const page = await store.probes('orders', { limit: 4, cursor });
      seen.push(...page.items.map((record) => record.report.startedAt));
      cursor = page.next;
    } while (cursor !== null);
    expect(seen).toEqual(starts.toReversed());
  });

  test('a cursor that no page gave out is refused: it would lead back to the top, and a script that pages would never end', async () => {
    const { store } = await create();
    await store.commit(commit('orders', 1, NOON));
    const query = { limit: 4, cursor: 'zzz' };
    await expect(store.probes('orders', query)).rejects.toThrow(CursorError);
    await expect(store.incidents({ state: null, serverId: null }, query)).rejects.toThrow(CursorError);
    await expect(store.deliveries(null, query)).rejects.toThrow(CursorError);
    await expect(store.toolChanges('orders', query)).rejects.toThrow(CursorError);
  });

  test('ids grow with time, also for probes of the same millisecond', async () => {
    const { store } = await create();
    const ids: string[] = [];
    for (const [at, start] of [NOON, NOON, NOON, NOON + 1].entries())
      ids.push(await store.commit(commit('orders', at + 1, start)));
    expect(new Set(ids).size).toBe(4);
    expect(ids.toSorted()).toEqual(ids);
    const starts = (await store.probes('orders', all)).items.map((record) => record.report.startedAt);
    expect(starts).toEqual([NOON + 1, NOON, NOON, NOON]);
  });

  test('a clock that was set back loses no probe', async () => {
    const { store } = await create();
    for (const [at, start] of [NOON, NOON + 60_000, NOON, NOON + 60_000].entries())
      await store.commit(commit('orders', at + 1, start));
    expect((await store.probes('orders', all)).items).toHaveLength(4);
  });

  test('latency gives the ok samples, null for a failed or skipped step, nothing for a missing one', async () => {
    const { store } = await create();
    const failing = report('orders', NOON + 2, { steps: full.steps });
    await store.commit(commit('orders', 1, NOON));
    await store.commit(commit('orders', 2, NOON + 2, { record: { report: failing, judgement: judgement() } }));
    await store.commit(commit('orders', 3, NOON + 9));
    const ask = (step: Parameters<Store['latency']>[1]) => store.latency('orders', step, NOON, NOON + 9);
    expect(await ask('initialize')).toEqual([
      { at: NOON, ms: 12.345 },
      { at: NOON + 2, ms: null },
    ]);
    expect(await ask('tools_list')).toEqual([
      { at: NOON, ms: 3.017 },
      { at: NOON + 2, ms: null },
    ]);
    expect(await ask('health_url')).toEqual([{ at: NOON + 2, ms: 4 }]);
    expect(await ask('tls')).toEqual([{ at: NOON + 2, ms: 31.25 }]);
    expect(await ask('auth')).toEqual([]);
    expect(await store.latency('nobody', 'initialize', 0, NOON * 2)).toEqual([]);
  });

  test('latency reads across midnight, oldest first', async () => {
    const { store } = await create();
    for (const [at, days] of [-1, 0, 1].entries()) await store.commit(commit('orders', at + 1, NOON + days * DAY_MS));
    const samples = await store.latency('orders', 'initialize', NOON - DAY_MS, NOON + DAY_MS);
    expect(samples.map(({ at }) => at)).toEqual([NOON - DAY_MS, NOON]);
  });

  test('versions are told where they change, across midnight and back again, past probes that met none', async () => {
    const { store } = await create();
    const named = [null, '1.0.0', '1.0.0', null, '2.0.0', '1.0.0', '1.0.0'];
    for (const [nth, version] of named.entries()) {
      const serverInfo = version === null ? null : { name: 'orders', version };
      const at = NOON + (nth - 3) * (DAY_MS / 4);
      const seen = report('orders', at, { serverInfo });
      await store.commit(commit('orders', nth + 1, at, { record: { report: seen, judgement: judgement() } }));
    }
    const told = async (from: number, to: number) =>
      (await store.versions('orders', from, to)).map(({ at, version }) => [(at - NOON) / (DAY_MS / 4), version]);
    expect(await told(NOON - DAY_MS, NOON + DAY_MS)).toEqual([
      [-2, '1.0.0'],
      [1, '2.0.0'],
      [2, '1.0.0'],
    ]);
    expect(await told(NOON, NOON + DAY_MS / 2)).toEqual([[1, '2.0.0']]);
    expect(await store.versions('nobody', 0, NOON * 2)).toEqual([]);
  });

  test('probes are counted over all servers', async () => {
    const { store } = await create();
    await store.commit(commit('orders', 1, NOON - DAY_MS));
    await store.commit(commit('orders', 2, NOON));
    await store.commit(commit('files', 1, NOON + 1));
    expect(await store.probeCount(NOON)).toBe(2);
    expect(await store.probeCount(0)).toBe(3);
    expect(await store.probeCount(NOON + 2)).toBe(0);
  });

  test('whole days are dropped once they are past, with nothing of the rest', async () => {
    const { store } = await create();
    for (const [at, days] of [-2, -1, 0].entries()) await store.commit(commit('orders', at + 1, NOON + days * DAY_MS));
    while (await store.rollUp(NOON, 0)) expect(await store.quickCheck()).toBeNull();
    expect(await store.prune(NOON - DAY_MS)).toBe(1);
    expect(await store.prune(NOON - DAY_MS)).toBe(0);
    expect((await store.probes('orders', all)).items.map((record) => record.report.startedAt)).toEqual([
      NOON,
      NOON - DAY_MS,
    ]);
    // It comes back while its rows are not cleared away yet, as a clock that was set back brings it.
    await store.commit(commit('orders', 4, NOON - 2 * DAY_MS));
    expect((await store.probes('orders', all)).items).toHaveLength(3);
    expect(await store.prune(NOON - DAY_MS)).toBe(1);
    while (await store.clear());
    expect((await store.probes('orders', all)).items).toHaveLength(2);
  });

  test('a status is stored with every probe, and one that was read before another probe is refused', async () => {
    const { store } = await create();
    const turned = status('orders', 3, { state: 'degraded', since: NOON + 2 });
    await store.commit(commit('orders', 1, NOON));
    await store.commit(commit('orders', 2, NOON + 1));
    expect((await store.statuses()).get('orders')).toEqual(status('orders', 2));
    await store.commit(commit('orders', 3, NOON + 2, { status: turned }));
    await expect(store.commit(commit('orders', 3, NOON + 3))).rejects.toMatchObject({ name: 'StaleStatusError' });
    await expect(store.commit(commit('orders', 5, NOON + 3))).rejects.toMatchObject({ name: 'StaleStatusError' });
    await expect(store.commit(commit('files', 2, NOON + 3))).rejects.toMatchObject({ name: 'StaleStatusError' });
    expect((await store.statuses()).get('orders')).toEqual(turned);
    expect((await store.probes('orders', all)).items).toHaveLength(3);
  });

  test('a counter, an incident or a notice that changes does not wait', async () => {
    const { store, clock } = await create();
    const about = incident('orders', 'i1');
    await store.commit(commit('orders', 1, NOON));
    const changes = [
      { status: status('orders', 2, { blind: 1 }) },
      { status: status('orders', 3, { blind: 1 }), incidents: [about] },
      { status: status('orders', 4, { blind: 1 }), notices: [{ notice: notice('n1', 'test', about), channel: 'ops' }] },
    ];
    for (const [at, change] of changes.entries()) {
      await store.commit(commit('orders', at + 2, NOON + at, change));
      expect(clock.untilNext()).toBeNull();
    }
    expect((await store.statuses()).get('orders')).toEqual(status('orders', 4, { blind: 1 }));
    expect(await store.notice('n1')).not.toBeNull();
  });

  test('plain results wait for company, but no longer than a second, and are seen at once', async () => {
    const { store, clock } = await create();
    await store.commit(commit('orders', 1, NOON));
    expect(clock.untilNext()).toBeNull();
    await store.commit(commit('orders', 2, NOON + 1));
    expect(clock.untilNext()).toBeLessThanOrEqual(1000);
    expect((await store.probes('orders', all)).items).toHaveLength(2);
    expect(clock.untilNext()).toBeNull();
    await store.commit(commit('orders', 3, NOON + 2));
    clock.advance(1000);
    expect(clock.untilNext()).toBeNull();
    await store.commit(commit('orders', 4, NOON + 3));
    await store.flush();
    expect(clock.untilNext()).toBeNull();
  });

  spanContract(create);
}

function spanContract(create: StoreFactory): void {
  const states = async (store: Store) =>
    (await store.spans(null, 0, NOON * 2)).map(({ state, from, to }) => [
      state,
      from - NOON,
      to === null ? null : to - NOON,
    ]);
  const step = (
    store: Store,
    version: number,
    at: number,
    state: 'up' | 'down' | 'degraded' | 'unknown',
    since: number,
  ) =>
    store.commit(
      commit('orders', version, NOON + at, { status: status('orders', version, { state, since: NOON + since }) }),
    );

  test('a turn is dated to the first probe that showed it', async () => {
    const { store } = await create();
    await step(store, 1, 0, 'up', 0);
    await step(store, 2, 60, 'up', 0);
    await step(store, 3, 80, 'down', 60);
    await step(store, 4, 100, 'down', 60);
    expect(await states(store)).toEqual([
      ['up', 0, 60],
      ['down', 60, null],
    ]);
  });

  test('spans never overlap, even when a turn reaches behind the one before', async () => {
    const { store } = await create();
    await step(store, 1, 0, 'up', 0);
    await step(store, 2, 70, 'degraded', 60);
    await step(store, 3, 80, 'down', 50);
    expect(await states(store)).toEqual([
      ['up', 0, 50],
      ['down', 50, null],
    ]);
  });

  test('going back to the state of before leaves one span', async () => {
    const { store } = await create();
    await step(store, 1, 0, 'up', 0);
    await step(store, 2, 70, 'down', 60);
    await step(store, 3, 80, 'up', 60);
    expect(await states(store)).toEqual([['up', 0, null]]);
  });

  test('a pause lasts until another state is recorded or the standing is forgotten', async () => {
    const { store } = await create();
    await step(store, 1, 0, 'up', 0);
    await store.recordState('orders', 'paused', NOON + 10);
    await store.recordState('orders', 'paused', NOON + 15);
    await step(store, 2, 20, 'down', 20);
    expect(await states(store)).toEqual([
      ['up', 0, 10],
      ['paused', 10, null],
    ]);
    await store.saveStatus(status('orders', 3, { state: 'unknown', since: NOON + 30 }));
    await step(store, 4, 40, 'up', 40);
    expect(await states(store)).toEqual([
      ['up', 0, 10],
      ['paused', 10, 30],
      ['unknown', 30, 40],
      ['up', 40, null],
    ]);
  });

  test('a recorded gap ends with the next probe, also when that finds what was before', async () => {
    const { store } = await create();
    await step(store, 1, 0, 'up', 0);
    await store.recordState('orders', 'unknown', NOON + 10);
    await step(store, 2, 50, 'up', 0);
    await step(store, 3, 60, 'up', 0);
    expect(await states(store)).toEqual([
      ['up', 0, 10],
      ['unknown', 10, 50],
      ['up', 50, null],
    ]);
  });

  const afterGap = (store: Store, version: number, state: 'up' | 'down', since: number, gap: [number, number]) =>
    store.commit(
      commit('orders', version, NOON + gap[1], {
        status: status('orders', version, { state, since: NOON + since }),
        gap: { from: NOON + gap[0], to: NOON + gap[1] },
      }),
    );

  test('time in which nobody watched is labelled, and the state of before goes on after it', async () => {
    const { store } = await create();
    await step(store, 1, 0, 'up', 0);
    await afterGap(store, 2, 'up', 0, [60, 500]);
    expect(await states(store)).toEqual([
      ['up', 0, 60],
      ['not_monitored', 60, 500],
      ['up', 500, null],
    ]);
  });

  test('what is recorded by hand after a gap that still waits for its turn on the disk stays', async () => {
    const { store } = await create();
    await step(store, 1, 0, 'up', 0);
    await afterGap(store, 2, 'up', 0, [60, 500]);
    await store.recordState('orders', 'unknown', NOON + 600);
    await step(store, 3, 700, 'up', 0);
    await store.flush();
    expect(await states(store)).toEqual([
      ['up', 0, 60],
      ['not_monitored', 60, 500],
      ['up', 500, 600],
      ['unknown', 600, 700],
      ['up', 700, null],
    ]);
  });

  test('a turn that reaches behind a gap leaves the gap one', async () => {
    const { store } = await create();
    await step(store, 1, 0, 'up', 0);
    await afterGap(store, 2, 'down', 30, [60, 500]);
    await step(store, 3, 560, 'down', 30);
    await step(store, 4, 620, 'degraded', 70);
    expect(await states(store)).toEqual([
      ['up', 0, 30],
      ['down', 30, 60],
      ['not_monitored', 60, 500],
      ['degraded', 500, null],
    ]);
  });

  test('a clock that was set back leaves nothing recorded in the future', async () => {
    const { store } = await create();
    await step(store, 1, 0, 'up', 0);
    await step(store, 2, 1000, 'down', 1000);
    await step(store, 3, 2000, 'up', 2000);
    await afterGap(store, 4, 'up', 2000, [2060, 500]);
    expect(await states(store)).toEqual([['up', 0, null]]);
    await step(store, 5, 600, 'down', 600);
    expect(await states(store)).toEqual([
      ['up', 0, 600],
      ['down', 600, null],
    ]);
  });

  test('a pause is no gap, and of a server nobody knows there is none', async () => {
    const { store } = await create();
    await afterGap(store, 1, 'up', 500, [60, 500]);
    await store.recordState('orders', 'paused', NOON + 510);
    await afterGap(store, 2, 'up', 500, [520, 900]);
    expect(await states(store)).toEqual([
      ['up', 500, 510],
      ['paused', 510, null],
    ]);
  });

  test('spans that touch the time asked for are given whole, of the servers asked for', async () => {
    const { store } = await create();
    await step(store, 1, 0, 'up', 0);
    await step(store, 2, 10, 'down', 10);
    await step(store, 3, 20, 'up', 20);
    await store.recordState('files', 'paused', NOON + 5);
    const asked = await store.spans(['orders', 'nobody'], NOON + 10, NOON + 20);
    expect(asked).toEqual([{ serverId: 'orders', state: 'down', from: NOON + 10, to: NOON + 20 }]);
    expect(
      (await store.spans(null, NOON + 19, NOON + 21)).map(({ serverId, state }) => `${serverId} ${state}`),
    ).toEqual(['files paused', 'orders down', 'orders up']);
  });
}
