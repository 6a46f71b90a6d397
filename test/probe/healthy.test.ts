import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Healthy, startHealthy } from '../fixtures/targets/healthy.ts';
import { aResource, aTool, eventually, failure, faults, probe, stepOf } from './support.ts';

describe.each([
  ['JSON', true],
  ['event stream', false],
])('a server of the official SDK with %s answers', (_, jsonAnswers) => {
  let target: Healthy;
  beforeAll(async () => {
    target = await startHealthy({ jsonAnswers });
  });
  afterAll(() => target.close());

  test('is probed step by step, and every step is timed', async () => {
    const report = await probe({
      url: target.url,
      canaries: [aTool('echo', { arguments: { message: 'hi' } })],
      healthUrl: { ready: new URL('/health?key=hidden', target.url).href, live: null, headers: {}, expectStatus: null },
    });
    expect(report.steps.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'dns ok',
      'connect ok',
      'initialize ok',
      'initialized ok',
      'tools_list ok',
      'canary ok',
      'health_url ok',
      'close ok',
    ]);
    expect(report.steps.every(({ ms }) => ms !== null && ms >= 0)).toBe(true);
    expect(report).toMatchObject({
      location: 'here',
      serverInfo: { name: 'healthy', version: '1.2.3' },
      protocolVersion: '2025-11-25',
      hasTools: true,
      httpStatus: 200,
      credential: null,
      retryAfterMs: null,
    });
    expect(report.tools).toMatchObject({ count: 4, invalid: [], hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(report.canaries).toMatchObject([
      {
        canary: { kind: 'tool', tool: 'echo' },
        answer: { kind: 'result', isError: false, text: 'hi' },
        sessionSurvived: null,
      },
    ]);
    const ready = {
      kind: 'answer',
      url: new URL('/health?key=***', target.url).href,
      status: 200,
      json: { status: 'ok' },
    };
    expect(report.health).toMatchObject({ ready, live: null });
  });

  test('learns who probes it', async () => {
    await probe({ url: target.url, clientName: 'Watcher' });
    expect(target.lastClient()).toEqual({
      info: { name: 'Watcher', version: '0.0.1' },
      agent: 'AliveMCP/0.0.1 (+uptime monitor)',
    });
  });

  test('keeps no session and no connection of 200 probes', async () => {
    const before = target.opened();
    const many = Array.from({ length: 20 }, async () => {
      for (let at = 0; at < 10; at += 1)
        expect(failure(await probe({ url: target.url, canaries: [aTool('health_check')] }))).toBeNull();
    });
    await Promise.all(many);
    expect(target.opened() - before).toBe(200);
    await eventually(() => target.sessions() === 0, 'sessions left behind');
    await eventually(() => target.connections() === 0, 'connections left behind');
  });

  test('is asked several canaries in their order, and a red one does not end the session', async () => {
    const report = await probe({
      url: target.url,
      canaries: [aTool('fails'), aResource('db://health/pool'), aTool('health_check')],
    });
    expect(report.canaries).toMatchObject([
      { answer: { isError: true, text: 'connection pool exhausted' }, sessionSurvived: true },
      {
        canary: { kind: 'resource', resource: 'db://health/pool' },
        answer: { isError: false, json: { total: 2, idle: 1 } },
      },
      { answer: { json: { ok: true, pool: { total: 1, idle: 1, waiting: 0 } } } },
    ]);
    expect(report.steps.filter(({ name }) => name === 'canary').map(({ status }) => status)).toEqual([
      'failed',
      'ok',
      'ok',
    ]);
  });

  test('uses one connection for all its requests', async () => {
    const before = target.accepted();
    await probe({ url: target.url, canaries: [aTool('health_check')] });
    expect(target.accepted() - before).toBe(1);
  });
});

test('the hash of the tools is the same from probe to probe', async () => {
  const target = await startHealthy();
  const [first, second] = [await probe({ url: target.url }), await probe({ url: target.url })];
  expect(first.tools?.hash).toBe(second.tools?.hash);
  await target.close();
});

test('an address needs no lookup, so its probe has no dns step', async () => {
  const target = await startHealthy();
  const report = await probe({ url: `http://127.0.0.1:${target.port}/mcp` });
  expect(report.steps[0]).toMatchObject({ name: 'connect', status: 'ok' });
  expect(stepOf(report, 'initialize').status).toBe('ok');
  await target.close();
});

test('none of this was a fault of ours', () => {
  expect(faults).toEqual([]);
});
