import { type ReadonlySignal, signal } from '@preact/signals';

/** The current time in epoch milliseconds, renewed every second while the page is looked at. */
export function createClock(): ReadonlySignal<number> {
  const now = signal(Date.now());
  const tick = () => {
    if (document.visibilityState === 'visible') now.value = Date.now();
  };
  setInterval(tick, 1_000);
  document.addEventListener('visibilitychange', tick);
  return now;
}
