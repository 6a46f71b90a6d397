import { setTimeout as wait } from 'node:timers/promises';
import { bare } from './contenders.ts';

/*
 * Bare undici doing the requests of a probe, each probe on a connection of its own, until its input ends: at an even
 * pace, at that pace in ticks of so many milliseconds, or `flat` out with so many at once.
 * Usage: floor.ts URL PER_SECOND [TICK_MS] | floor.ts URL flat AT_ONCE. Says `ready` once it is warm.
 */
const [, , url = '', pace = '50', by = '1'] = process.argv;
process.stdin.on('end', () => process.exit()).resume();

for (let n = 0; n < 100; n += 1) await bare(url);
console.log('ready');
await (pace === 'flat' ? flatOut(Number(by)) : paced(Number(pace), Number(by)));

async function paced(perSecond: number, tickMs: number): Promise<void> {
  const startedAt = performance.now();
  for (let slot = 0; ; slot += 1) {
    const tick = Math.floor((slot * 1000) / perSecond / tickMs);
    const early = startedAt + tick * tickMs - performance.now();
    if (early > 0) await wait(early);
    void bare(url);
  }
}

async function flatOut(many: number): Promise<void> {
  const work = async (): Promise<void> => {
    for (;;) await bare(url);
  };
  await Promise.all(Array.from({ length: many }, work));
}
