/** The golden ratio's fraction: multiples of it are spread evenly over 0..1, however many are taken. */
const GOLDEN = 0.6180339887;

/** How many servers of one batch are probed at once; the others wait for their own slot, spread over one interval. */
const AT_ONCE = 20;
const STAGGER_MS = 50;

/**
 * Slots lie on ticks. The few servers that a large fleet has on each share what waking up costs, which is a third of a
 * probe at 167 a second.
 */
export const TICK_MS = 50;

/** Where in its interval a server's slots lie, a whole number of ticks: `n` is the number the store gave it once. */
export function phaseOf(n: number, everyMs: number): number {
  return Math.floor((((n * GOLDEN) % 1) * everyMs) / TICK_MS) * TICK_MS;
}

/** The first slot after `now`. All on the monotonic clock; slots lie at phase + k × everyMs. */
export function nextSlot(phaseMs: number, everyMs: number, now: number): number {
  const passed = Math.floor((now - phaseMs) / everyMs) + 1;
  const slot = phaseMs + passed * everyMs;
  // Where `now` is a slot, rounding may say that it has not passed yet.
  return slot > now ? slot : slot + everyMs;
}

/**
 * A slot reached `lateMs` after its time: is it still worth a probe, and how many slots were not? More than half an
 * interval late is not monitored, so that nothing is caught up in a burst after a suspend.
 */
export function planSlot(lateMs: number, everyMs: number): { readonly runs: boolean; readonly missed: number } {
  const runs = lateMs <= everyMs / 2;
  return { runs, missed: runs ? 0 : Math.floor(lateMs / everyMs) + 1 };
}

/** When the `index`th server of a batch of new ones is first probed: soon for the first few, null (its own slot) for the rest. */
export function firstProbeAfter(index: number): number | null {
  return index < AT_ONCE ? index * STAGGER_MS : null;
}
