import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { startDemo } from '../../src/demo/demo.ts';
import { healthCheck, poolOf, quiet, stateOf, toolNames, urlOf, withDemo } from './support.ts';

test('a process whose demo was closed in the middle of every fault ends by itself and leaves no file', async () => {
  const script = fileURLToPath(new URL('start-and-close.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  const [code] = await once(child, 'close', { signal: AbortSignal.timeout(20_000) });
  expect(Buffer.concat(output).toString()).toBe('closed, 0 files left\n');
  expect(code).toBe(0);
});

test('100 rounds of exhausting and resetting leave nothing behind', () =>
  withDemo(async (demo) => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const idle = { total: 10, idle: 10, used: 0, waiting: 0, max: 10, utilization: 0 };
    await demo.faults.set('pooled', 'exhaust_pool', true);
    await vi.waitFor(() => expect(poolOf(demo).waiting).toBe(7), { interval: 1 });
    await demo.faults.reset();
    const before = timers();
    for (let round = 0; round < 100; round += 1) {
      await demo.faults.set('pooled', 'exhaust_pool', true);
      await vi.waitFor(() => expect(poolOf(demo)).toMatchObject({ used: 10, waiting: 7 }), { interval: 1 });
      await demo.faults.reset();
      expect(poolOf(demo)).toEqual(idle);
    }
    expect(timers()).toBeLessThanOrEqual(before);
    expect((await healthCheck(demo)).ok).toBe(true);
  }));

test('200 sessions one after the other leave none', () =>
  withDemo(async (demo) => {
    for (let n = 0; n < 200; n += 1) await toolNames(urlOf(demo, 'steady'));
    expect(stateOf(demo, 'steady').sessions).toBe(0);
  }));

test('chosen ports are used, and a taken one is an error that leaves nothing listening', async () => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  const address = blocker.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const free = await startDemo({ host: '127.0.0.1', log: quiet });
  const port = Number(new URL(urlOf(free, 'steady')).port);
  await free.close();

  const ports = { steady: port, pooled: address.port };
  await expect(startDemo({ host: '127.0.0.1', ports, log: quiet })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  blocker.close();
  await once(blocker, 'close');

  const demo = await startDemo({ host: '127.0.0.1', ports, log: quiet });
  expect(urlOf(demo, 'steady')).toBe(`http://127.0.0.1:${port}/mcp`);
  expect(urlOf(demo, 'pooled')).toBe(`http://127.0.0.1:${address.port}/mcp`);
  await demo.close();
});
