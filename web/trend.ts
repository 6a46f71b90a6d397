import type { Latency } from '../src/http/wire.ts';

type Point = Latency['points'][number];

/** How `initialize` went over the last day: its P95 in even slots (null: no samples), and where the last hour points. */
export interface Trend {
  readonly slots: readonly (number | null)[];
  readonly direction: 'up' | 'down' | 'level';
}

const SLOTS = 48;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export function trendOf(points: readonly Point[], now: number): Trend {
  const slots = Array.from({ length: SLOTS }, () => 0);
  const counts = slots.slice();
  for (const point of points) {
    const slot = SLOTS - 1 - Math.floor(((now - Date.parse(point.at)) / DAY_MS) * SLOTS);
    if (point.p95_ms === null || slot < 0) continue;
    const at = Math.min(slot, SLOTS - 1);
    slots[at] = Math.max(slots[at] ?? 0, point.p95_ms);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return {
    slots: slots.map((value, index) => (counts[index] === 0 ? null : value)),
    direction: directionOf(points, now),
  };
}

/** The last hour against the day before it; a quarter more is up, a fifth less is down. */
function directionOf(points: readonly Point[], now: number): Trend['direction'] {
  const isRecent = (point: Point) => now - Date.parse(point.at) < HOUR_MS;
  const recent = mean(points.filter(isRecent));
  const before = mean(points.filter((point) => !isRecent(point)));
  if (recent === null || before === null || before === 0) return 'level';
  if (recent > before * 1.25) return 'up';
  return recent < before * 0.8 ? 'down' : 'level';
}

function mean(points: readonly Point[]): number | null {
  const timed = points.flatMap(({ p95_ms: p95, count }) => (p95 === null ? [] : [{ p95, count }]));
  const count = timed.reduce((sum, point) => sum + point.count, 0);
  return count === 0 ? null : timed.reduce((sum, point) => sum + point.p95 * point.count, 0) / count;
}
