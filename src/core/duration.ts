const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What stands for a figure that is missing: never 0. */
export const MISSING = '–';

/** How long something took or lasts, rounded down: `840 ms`, `2.4 s`, `14 s`, `1 min 30 s`, `14 min`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return MISSING;
  const span = Math.max(0, ms);
  if (span < SECOND) return `${Math.floor(span)} ms`;
  if (span < 10 * SECOND) return `${trimZeros((Math.floor(span / 100) / 10).toFixed(1))} s`;
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s`;
  if (span < 10 * MINUTE) return twoUnits(span, [MINUTE, 'min'], [SECOND, 's']);
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min`;
  if (span < DAY) return twoUnits(span, [HOUR, 'h'], [MINUTE, 'min']);
  return twoUnits(span, [DAY, 'd'], [HOUR, 'h']);
}

type Unit = readonly [ms: number, name: string];

function twoUnits(span: number, [big, bigName]: Unit, [small, smallName]: Unit): string {
  const rest = Math.floor((span % big) / small);
  return `${Math.floor(span / big)} ${bigName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}

/** A latency with three significant digits: `0.84 ms`, `84.2 ms`, `640 ms`, `1.24 s`. */
export function formatLatency(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return MISSING;
  const rounded = Number(Math.max(0, ms).toPrecision(3));
  return rounded < SECOND ? `${plain(rounded)} ms` : `${plain(Number((rounded / SECOND).toPrecision(3)))} s`;
}

function plain(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(value);
}

/**
 * A share of 0..1 as a percentage with as many digits as can still be lost: `100 %`, `99.982 %`, `95.3 %`, `0 %`.
 * Never rounds up to 100.
 */
export function formatPercent(share: number | null): string {
  if (share === null || !Number.isFinite(share)) return MISSING;
  const percent = Math.min(100, Math.max(0, share * 100));
  const lost = 100 - percent;
  if (lost === 0) return '100 %';
  const digits = Math.min(5, Math.max(0, 1 - Math.floor(Math.log10(lost))));
  const rounded = percent.toFixed(digits);
  return `${trimZeros(Number(rounded) === 100 ? (100 - 10 ** -digits).toFixed(digits) : rounded)} %`;
}

function trimZeros(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}

/** `12:03`, UTC. */
function formatTime(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}

/** `2026-11-21 12:03:07 UTC`. */
export function formatInstant(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `12:01:05 UTC` */
export function formatClock(at: number): string {
  return formatInstant(at).slice(11);
}

/** `12:03–12:17 UTC` within a day, `2026-11-21 23:50 – 2026-11-22 00:10 UTC` across days. */
export function formatSpan(from: number, to: number): string {
  const [fromDay, toDay] = [formatDay(from), formatDay(to)];
  if (fromDay === toDay) return `${formatTime(from)}–${formatTime(to)} UTC`;
  return `${fromDay} ${formatTime(from)} – ${toDay} ${formatTime(to)} UTC`;
}

/** `since 12:03 UTC (14 min)`; the date is named when it began on another day than `now`. */
export function formatSince(from: number, now: number): string {
  const day = formatDay(from) === formatDay(now) ? '' : `${formatDay(from)} `;
  return `since ${day}${formatTime(from)} UTC (${formatDuration(now - from)})`;
}

function formatDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
