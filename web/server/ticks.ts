import { clock, date } from '../format.ts';

/** What an axis of time shows, in epoch milliseconds. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Pixels below which there is room for fewer words. */
const NARROW = 520;
const MINUTE = 60;
const DAY = 86_400;
const STEPS = [1, 2, 5, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 43_200, 129_600, 525_600].map(
  (minutes) => minutes * MINUTE,
);

/** What lies between two lines of an axis: 1, 2, 5, 10 … */
export const WHOLE = Array.from({ length: 24 }, (_, nth) => ([1, 2, 5][nth % 3] ?? 1) * 10 ** Math.floor(nth / 3));

/** Round times of the viewer's clock, first days of months if they are far apart, in seconds. */
export function ticksOf({ from, to }: Span, width: number): number[] {
  const begin = from / 1_000;
  const pixel = (to - from) / 1_000 / width;
  // The last one's words must have room, too.
  const end = to / 1_000 - 18 * pixel;
  const step = STEPS.find((seconds) => seconds / pixel >= (width < NARROW ? 56 : 90)) ?? 365 * DAY;
  const day = new Date(from);
  const ahead = day.getTimezoneOffset() * MINUTE;
  const ticks = [];
  for (let month = 1; step > 7 * DAY; month += Math.round(step / (30 * DAY))) {
    const at = new Date(day.getFullYear(), day.getMonth() + month).getTime() / 1_000;
    if (at > end) return ticks;
    ticks.push(at);
  }
  for (let at = Math.ceil((begin - ahead) / step) * step + ahead; at <= end; at += step) ticks.push(at);
  return ticks;
}

/** The time of day, and the date where the day begins; only dates over long windows. */
export function tickWords(at: number, { from, to }: Span): string {
  const day = new Date(at);
  const atMidnight = day.getHours() === 0 && day.getMinutes() === 0;
  return atMidnight || to - from > 1_500 * DAY ? date(at) : clock(at);
}
