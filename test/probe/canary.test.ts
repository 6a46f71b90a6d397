import { expect, onTestFinished, test } from 'vitest';
import { judge } from '../../src/core/judge.ts';
import type { Canary } from '../../src/core/server.ts';
import { aServer } from '../fixtures/facts.ts';
import { startChanging } from '../fixtures/targets/changing.ts';
import { aTool, failure, probe } from './support.ts';

const health = { name: 'health_check', inputSchema: { type: 'object' } };

async function asked(result: unknown, changes: Parameters<typeof aTool>[1] = {}, tools: readonly unknown[] = [health]) {
  const target = await startChanging(tools);
  onTestFinished(target.close);
  target.calls(result);
  const canaries: readonly Canary[] = [aTool('health_check', changes)];
  const report = await probe({ url: target.url, canaries });
  return { report, judged: judge(report, aServer({ canaries })), failed: failure(report)?.code ?? null };
}

const text = (value: unknown) => ({ content: [{ type: 'text', text: JSON.stringify(value) }] });
const isOk = { path: 'ok', kind: 'equals', value: true } as const;
const noneWait = { path: 'pool.waiting', kind: 'less', value: 5 } as const;

test.each<[string, unknown, string | null]>([
  ['the text', text({ ok: true, pool: { waiting: 0 } }), null],
  ['the structured content', { content: [], structuredContent: { ok: true, pool: { waiting: 0 } } }, null],
  [
    'the text beside structured content that wraps it',
    { ...text({ ok: true, pool: { waiting: 0 } }), structuredContent: { result: '{"ok":true}' } },
    null,
  ],
  [
    'both, where the structured content counts',
    { ...text({ ok: true, pool: { waiting: 0 } }), structuredContent: { pool: { waiting: 7 } } },
    'canary_expectation',
  ],
  ['neither', { content: [{ type: 'text', text: 'fine' }] }, 'canary_expectation'],
  ['a text that says ok: false', text({ ok: false, pool: { waiting: 0 } }), 'canary_not_ok'],
  [
    'ok: false behind structured content',
    { ...text({ ok: false }), structuredContent: { result: 'x' } },
    'canary_not_ok',
  ],
])('expectations hold of %s', async (_, result, code) => {
  expect((await asked(result, { expect: [isOk, noneWait] })).failed).toBe(code);
});

test('pool figures are read from the text, from structured content, and of a result that is an error', async () => {
  const pool = { pool: { totalCount: 10, idleCount: 0, waitingCount: 7 } };
  const figures = { name: 'default', total: 10, idle: 0, used: 10, waiting: 7, max: 10, utilization: 1 };
  for (const result of [
    text(pool),
    { content: [], structuredContent: pool },
    { ...text(pool), structuredContent: { result: '…' } },
    { ...text(pool), isError: true },
  ])
    expect((await asked(result)).judged.pools).toEqual([expect.objectContaining(figures)]);
});

test.each<[string, unknown, boolean, string | null]>([
  ['says it is destructive', { destructiveHint: true }, false, 'canary_unsafe'],
  ['says it is destructive, and that is allowed', { destructiveHint: true }, true, null],
  ['says it is not', { destructiveHint: false }, false, null],
  ['says nothing of it, although the protocol’s default is true', undefined, false, null],
  ['says so in a word', { destructiveHint: 'true' }, false, null],
])('a tool that %s', async (_, annotations, allowDestructive, code) => {
  const tools = [{ ...health, annotations }];
  expect((await asked(text({ ok: true }), { allowDestructive }, tools)).failed).toBe(code);
});

test('a canary tool that is listed without a schema is called all the same', async () => {
  const { failed, report } = await asked(text({ ok: true }), {}, [{ name: 'health_check' }]);
  expect(failed).toBeNull();
  expect(report.tools).toMatchObject({ count: 0, invalid: ['health_check'] });
});

test('one probe that keeps no lists is given none, and reads once', async () => {
  const target = await startChanging([health]);
  onTestFinished(target.close);
  const { tools } = await probe({ url: target.url });
  expect(tools).toMatchObject({ again: null, list: null, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(target.asked()).toBe(1);
});
