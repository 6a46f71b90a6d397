import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { startApart } from '../fixtures/targets/apart.ts';

const MANY_PROBES = fileURLToPath(new URL('../fixtures/many-probes.ts', import.meta.url));
const MEGABYTE = 1024 * 1024;

const Told = z.object({
  probes: z.int(),
  heapUsed: z.number(),
  external: z.number(),
  rss: z.number(),
  descriptors: z.int(),
  faults: z.array(z.string()),
});

test('20,000 probes leave nothing behind, here or at the target', { timeout: 300_000 }, async () => {
  const target = await startApart();
  onTestFinished(target.close);
  const before = await target.figures();
  const from = performance.now();
  const prober = fork(MANY_PROBES, [target.good()], { execArgv: ['--expose-gc', '--import', 'tsx'] });
  onTestFinished(() => void prober.kill('SIGKILL'));
  const told: z.output<typeof Told>[] = [];
  prober.on('message', (message) => void told.push(Told.parse(message)));
  expect(await once(prober, 'exit')).toEqual([0, null]);

  const [start, early, late] = told;
  if (start === undefined || early === undefined || late === undefined) throw new Error('it did not say what it holds');
  const seconds = (performance.now() - from) / 1000;
  const after = await target.figures();
  const grown = (late.heapUsed - early.heapUsed) / MEGABYTE;
  console.log(
    `20,000 probes in ${seconds.toFixed(0)} s; heap ${told.map(({ heapUsed }) => (heapUsed / MEGABYTE).toFixed(1)).join(', ')} MB; descriptors ${told.map(({ descriptors }) => descriptors).join(', ')}`,
  );
  expect(late.faults).toEqual([]);
  expect(grown, 'MB of heap').toBeLessThan(10);
  expect((late.external - early.external) / MEGABYTE, 'MB outside the heap').toBeLessThan(10);
  expect(late.descriptors).toBeLessThanOrEqual(start.descriptors);
  expect(after.opened - before.opened).toBe(20_050);
  expect(after).toMatchObject({ sessions: 0, connections: 0 });
});
