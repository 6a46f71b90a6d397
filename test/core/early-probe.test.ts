import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import type { ProbeReport } from '../../src/core/probe.ts';
import { aCanary, anAnswer, aReport, aServer, callTool, NOON } from '../fixtures/facts.ts';
import { watching } from '../fixtures/watching.ts';

const SECOND = 1_000;
const QUEUE = { total: 10, idle: 0, waiting: 7, max: 10 };
const SPARE = { total: 2, idle: 1, waiting: 0, max: 10 };
const server = aServer({
  canaries: [callTool],
  healthUrl: { ready: 'http://x/ready', live: null, headers: {}, expectStatus: null },
  channels: ['ops'],
});

const ready = (pool: Json) => ({ ready: anAnswer(200, { status: 'ok', pool }), live: null });
const good = (pool: Json): ProbeReport => {
  const json = { ok: true, pool };
  return aCanary({ kind: 'result', isError: false, text: JSON.stringify(json), json }, { health: ready(pool) });
};
const failing = (pool: Json): ProbeReport => {
  const json = { ok: false, error: 'timeout exceeded when trying to connect', pool };
  return aCanary({ kind: 'result', isError: true, text: JSON.stringify(json), json }, { health: ready(pool) });
};
/** A probe that left the tool alone. */
const partial = (pool: Json): ProbeReport => aReport({ leftOut: true, health: ready(pool) });

test('a pool rule that fires is looked at again after 10 s, other signals after `recheck`', () => {
  const watch = watching(server);
  watch.take(good(SPARE), NOON);
  expect(watch.earlyMs()).toBeNull();
  watch.take(good(QUEUE), NOON + 60 * SECOND);
  expect(watch.earlyMs()).toBe(10 * SECOND);
  const other = watching(server);
  other.take(good(SPARE), NOON);
  other.take(aCanary({ kind: 'result', isError: true, text: 'it broke', json: undefined }), NOON + 60 * SECOND);
  expect(other.earlyMs()).toBe(20 * SECOND);
});

describe('an early probe', () => {
  const begun = (report: ProbeReport) => {
    const watch = watching(server);
    watch.take(good(SPARE), NOON);
    watch.take(report, NOON + 60 * SECOND);
    return watch;
  };

  test('leaves the tool alone while callers wait, where the health URL tells how many', () => {
    expect(begun(failing(QUEUE)).leavesOut(NOON + 70 * SECOND)).toBe(true);
    expect(begun(good(QUEUE)).leavesOut(NOON + 70 * SECOND)).toBe(true);
  });

  test('calls the tool where nobody waits, and where what was seen is old', () => {
    expect(begun(failing(SPARE)).leavesOut(NOON + 70 * SECOND)).toBe(false);
    expect(begun(failing(QUEUE)).leavesOut(NOON + 600 * SECOND)).toBe(false);
  });

  test('calls the tool where only the tool could tell', () => {
    const blind = watching(aServer({ canaries: [callTool] }));
    const only = (report: ProbeReport): ProbeReport => ({ ...report, health: null });
    blind.take(only(good(SPARE)), NOON);
    blind.take(only(failing(QUEUE)), NOON + 60 * SECOND);
    expect(blind.leavesOut(NOON + 70 * SECOND)).toBe(false);
  });
});

describe('a tool that failed and is left alone', () => {
  const through = (...reports: readonly ProbeReport[]) => {
    const watch = watching(server);
    watch.take(good(SPARE), NOON);
    const commits = reports.map((report, nth) => watch.take(report, NOON + (nth + 1) * 10 * SECOND));
    return { watch, commits };
  };

  test('counts as failing for as long as callers wait', () => {
    const { watch, commits } = through(failing(QUEUE), partial(QUEUE), partial(QUEUE));
    expect(watch.told()).toEqual(['opened canary']);
    expect(commits.at(-1)?.record.judgement).toMatchObject({
      state: 'down',
      cause: { code: 'pool_exhausted' },
    });
    expect(watch.incidents()[0]?.cause?.evidence).toContainEqual({
      source: 'canary',
      text: 'Not called again while callers wait.',
    });
  });

  test('says nothing any more once nobody waits: the next full probe calls it', () => {
    const { commits } = through(failing(QUEUE), partial(SPARE));
    expect(commits.at(-1)?.record.judgement.verdicts.canary.level).toBe('unknown');
    expect(commits.at(-1)?.record.judgement.verdicts.pool.level).toBe('unknown');
  });

  test('that was well before is not called failing because others wait', () => {
    const { watch } = through(good(QUEUE), partial(QUEUE), partial(QUEUE));
    expect(watch.told()).toEqual(['opened pool']);
  });
});
