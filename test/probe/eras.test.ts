import { afterEach, expect, test } from 'vitest';
import { startModern } from '../fixtures/targets/modern.ts';
import { aTool, failure, probe } from './support.ts';

const opened: { close(): Promise<void> }[] = [];
const open = async <T extends { close(): Promise<void> }>(target: Promise<T>): Promise<T> => {
  opened.push(await target);
  return target;
};
afterEach(async () => {
  for (const target of opened.splice(0)) await target.close();
});

test('a server that only speaks 2026-07-28 is up, and initialize is asked first', async () => {
  const target = await open(startModern());
  const report = await probe({ url: target.url, canaries: [aTool('echo', { arguments: { message: 'hi' } })] });
  expect(failure(report)).toBeNull();
  expect(report.steps.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'connect ok',
    'initialize ok',
    'tools_list ok',
    'canary ok',
  ]);
  expect(report).toMatchObject({
    protocolVersion: '2026-07-28',
    alsoSpeaks: [],
    serverInfo: { name: 'modern', version: '2.0.0' },
    hasTools: true,
    tools: { count: 1, invalid: [] },
    canaries: [{ answer: { kind: 'result', isError: false, text: 'hi' } }],
  });
  expect(target.asked.map(({ what, status }) => `${what} ${status}`)).toEqual([
    'POST initialize 400',
    'POST server/discover 200',
    'POST tools/list 200',
    'POST tools/call 200',
  ]);
});
