import { type ReadonlySignal, signal } from '@preact/signals';
import type { Live } from './live.ts';

const EVERY_MS = 1_000;
/** With events about every second, the times wait for the next one: what changes together is laid out and drawn once. */
const AFTER_EVENT_MS = 1_400;

/** The current time in epoch milliseconds, renewed every second while the page is looked at. */
export function createClock(live: Live): ReadonlySignal<number> {
  const now = signal(Date.now());
  let timer: ReturnType<typeof setTimeout>;
  const tick = (nextMs: number) => {
    clearTimeout(timer);
    timer = setTimeout(tick, nextMs, EVERY_MS);
    if (document.visibilityState === 'visible') now.value = Date.now();
  };
  tick(EVERY_MS);
  live.listen(() => tick(AFTER_EVENT_MS));
  document.addEventListener('visibilitychange', () => tick(EVERY_MS));
  return now;
}
