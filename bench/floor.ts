import { setTimeout as wait } from 'node:timers/promises';
import { bare } from './contenders.ts';

/*
 * Bare undici doing the requests of a probe, each probe on a connection of its own, at an even pace until its input ends.
 * Usage: floor.ts URL PER_SECOND. Says `ready` once it is warm.
 */
const [, , url = '', perSecond = '50'] = process.argv;
let isOver = false;
process.stdin
  .on('end', () => {
    isOver = true;
  })
  .resume();

for (let n = 0; n < 100; n += 1) await bare(url);
console.log('ready');
const startedAt = performance.now();
for (let slot = 0; !isOver; slot += 1) {
  await wait(Math.max(0, startedAt + (slot * 1000) / Number(perSecond) - performance.now()));
  void bare(url);
}
process.exit();
