import { setTimeout as wait } from 'node:timers/promises';
import { bare } from './contenders.ts';

/*
 * Bare undici doing the requests of a probe, each probe on a connection of its own, until its input ends: at an even
 * pace, or `flat` out with so many at once.
 * Usage: floor.ts URL PER_SECOND | floor.ts URL flat AT_ONCE. Says `ready` once it is warm.
 */
const [, , url = '', pace = '50', atOnce = '1'] = process.argv;
process.stdin.on('end', () => process.exit()).resume();

for (let n = 0; n < 100; n += 1) await bare(url);
console.log('ready');
await (pace === 'flat' ? flatOut(Number(atOnce)) : paced(Number(pace)));

async function paced(perSecond: number): Promise<void> {
  const startedAt = performance.now();
  for (let slot = 0; ; slot += 1) {
    await wait(Math.max(0, startedAt + (slot * 1000) / perSecond - performance.now()));
    void bare(url);
  }
}

async function flatOut(many: number): Promise<void> {
  const work = async (): Promise<void> => {
    for (;;) await bare(url);
  };
  await Promise.all(Array.from({ length: many }, work));
}
