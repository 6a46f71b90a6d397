import { expect, test } from 'vitest';
import { reason } from '../../src/core/reasons.ts';
import type { ProbeRecord, Store } from '../../src/core/store.ts';
import type { StoreFactory } from './factory.ts';
import { commit, judgement, NOON, report, steps } from './samples.ts';

const MINUTE_MS = 60_000;
const HOURS = 4;

/** A probe a minute for hours, each of which says something else; those of the first 25 minutes, and every 90th, failed. */
async function fill(store: Store, serverId: string): Promise<void> {
  for (let minute = 0; minute < HOURS * 60; minute += 1) {
    const at = NOON + minute * MINUTE_MS;
    const why = reason('canary_is_error', 'canary', `connection ${minute} refused`);
    const failed = minute < 25 || minute % 90 === 0;
    const verdicts = { ...judgement().verdicts, canary: { level: 'fail', reason: why } } as const;
    const red = { state: 'down', reason: why, verdicts } as const;
    const answer = { kind: 'result', isError: failed, text: `answer ${minute}`, json: undefined } as const;
    const seen = report(serverId, at, {
      steps: steps(minute + 0.5).map((step) =>
        step.name === 'canary' && failed ? { ...step, status: 'failed', error: why } : step,
      ),
      canaries: [{ canary: { kind: 'tool', tool: 'check' }, ms: 8.5, answer, sessionSurvived: null }],
    });
    await store.commit(
      commit(serverId, minute + 1, at, { record: { report: seen, judgement: judgement(failed ? red : {}) } }),
    );
  }
}

const probesOf = async (store: Store, serverId: string): Promise<readonly ProbeRecord[]> =>
  (await store.probes(serverId, { limit: 1000, cursor: null })).items.toReversed();

export function detailContract(create: StoreFactory): void {
  test('the last 20 probes and the last 20 failures of each server keep their detail, the others all their figures', async () => {
    const { store } = await create();
    for (const id of ['orders', 'files']) await fill(store, id);
    const before = await probesOf(store, 'orders');
    for (let hour = 1; hour <= HOURS; hour += 1) while (await store.rollUp(NOON + hour * 60 * MINUTE_MS, 0));
    const after = await probesOf(store, 'orders');
    const whole = after.flatMap(({ isBrief }, minute) => (isBrief ? [] : [minute]));
    const failures = [...Array.from({ length: 25 }, (_, minute) => minute), 90, 180];
    expect(whole).toEqual([...failures.slice(-20), ...Array.from({ length: 20 }, (_, at) => HOURS * 60 - 20 + at)]);
    for (const minute of whole) expect(after[minute]).toEqual(before[minute]);
    expect(await probesOf(store, 'files')).toEqual(
      after.map(({ report: seen, ...rest }) => ({ ...rest, report: { ...seen, serverId: 'files' } })),
    );
    const figures = ({ id, report: seen, judgement: { state, reason: why, pools } }: ProbeRecord) => {
      const timed = seen.steps.map(({ name, status, ms, error }) => [name, status, ms, error?.code]);
      return [id, seen.scheduledAt, seen.durationMs, seen.protocolVersion, timed, state, why?.code, pools];
    };
    expect(after.map(figures)).toEqual(before.map(figures));
    expect(JSON.stringify(after[0])).not.toMatch(/refused|answer 0/);
    // What comes next may say the same again.
    await fill(store, 'late');
    await store.commit(commit('orders', 241, NOON + 240 * MINUTE_MS));
    expect((await probesOf(store, 'orders')).at(-1)?.report.canaries).toEqual([]);
    await store.removeServer('orders');
    expect(await probesOf(store, 'orders')).toEqual([]);
  });

  test('a probe that said nothing beyond its figures loses nothing', async () => {
    const { store } = await create();
    for (let minute = 0; minute < 60; minute += 1)
      await store.commit(commit('orders', minute + 1, NOON + minute * MINUTE_MS));
    const before = await probesOf(store, 'orders');
    while (await store.rollUp(NOON + 60 * MINUTE_MS, 0));
    expect(await probesOf(store, 'orders')).toEqual(before);
  });
}
