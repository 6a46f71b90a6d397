/**
 * Figures as people read them. Missing is "–", never 0. A no-break space stands between number and unit.
 */
export const MISSING = '–';

const SPACE = '\u00a0';
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A latency with three significant digits: `8.42 ms`, `84 ms`, `840 ms`, `1.24 s`; minutes and more as a duration. */
export function latency(ms: number | null): string {
  if (ms === null) return MISSING;
  if (ms >= MINUTE) return duration(ms);
  if (ms >= 999.5) return unit((ms / SECOND).toFixed(ms >= 99_950 ? 0 : ms >= 9_995 ? 1 : 2), 's');
  if (Number.isInteger(ms)) return unit(String(ms), 'ms');
  return unit(ms.toFixed(ms >= 99.95 ? 0 : ms >= 9.995 ? 1 : 2), 'ms');
}

/** How long something takes or lasted: `840 ms`, `2.4 s`, `14 min`, `3 h 20 min`, `3 d 4 h`. */
export function duration(ms: number | null): string {
  if (ms === null) return MISSING;
  if (ms < SECOND) return unit(String(Math.round(ms)), 'ms');
  if (ms < 10 * SECOND) return unit(trimZero((Math.floor(ms / 100) / 10).toFixed(1)), 's');
  if (ms < MINUTE) return unit(String(Math.floor(ms / SECOND)), 's');
  if (ms < HOUR) return unit(String(Math.floor(ms / MINUTE)), 'min');
  if (ms < DAY) return pair(ms, HOUR, 'h', MINUTE, 'min');
  return pair(ms, DAY, 'd', HOUR, 'h');
}

function pair(ms: number, big: number, bigUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((ms % big) / small);
  const head = unit(String(Math.floor(ms / big)), bigUnit);
  return rest === 0 ? head : `${head}${SPACE}${unit(String(rest), smallUnit)}`;
}

/** `3 min ago`, `in 8 s`; from a day on the date and time themselves. */
export function relative(at: number | null, now: number): string {
  if (at === null) return MISSING;
  const distance = now - at;
  if (Math.abs(distance) >= DAY) return moment(at, now);
  if (Math.abs(distance) < SECOND) return 'now';
  const steps = duration(Math.floor(Math.abs(distance) / SECOND) * SECOND);
  return distance > 0 ? `${steps} ago` : `in ${steps}`;
}

/** The time of day if it is today, else with its date, and its year if it is another: `12:03`, `14 Nov 12:03`. */
export function moment(at: number | null, now: number, withSeconds = false): string {
  if (at === null) return MISSING;
  const time = clock(at, withSeconds);
  const day = new Date(at);
  const today = new Date(now);
  if (day.toDateString() === today.toDateString()) return time;
  const year = day.getFullYear() === today.getFullYear() ? '' : `${SPACE}${day.getFullYear()}`;
  return `${date(at)}${year}${SPACE}${time}`;
}

/** `14 Nov` */
export function date(at: number): string {
  const day = new Date(at);
  return `${day.getDate()}${SPACE}${MONTHS[day.getMonth()] ?? ''}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** The viewer's time of day: `12:03`, or `12:03:07`. */
export function clock(at: number, withSeconds = false): string {
  const day = new Date(at);
  const parts = [day.getHours(), day.getMinutes(), ...(withSeconds ? [day.getSeconds()] : [])];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** For hovering: `2026-11-14 12:03:07 Europe/Berlin`. */
export function exact(at: number): string {
  const day = new Date(at);
  const digits = [day.getFullYear(), day.getMonth() + 1, day.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
  return `${digits} ${clock(at, true)} ${ZONE}`;
}

/** The viewer's time zone, as `Europe/Berlin`. Asked for once: the question is dear, and a list asks per row. */
export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/**
 * A share with as many digits as can still be lost: the missing part keeps two significant digits, so 0.99982 is
 * `99.982 %`. Never rounded up to 100 %.
 */
export function percent(share: number | null): string {
  if (share === null) return MISSING;
  if (share >= 1) return unit('100', '%');
  if (share <= 0) return unit('0', '%');
  const lost = (1 - share) * 100;
  const digits = Math.min(4, Math.max(0, 1 - Math.floor(Math.log10(lost) + 1e-9)));
  const scale = 10 ** digits;
  return unit(trimZero((Math.floor(share * 100 * scale + 1e-6) / scale).toFixed(digits)), '%');
}

/** Binary multiples under their common names: `12.4 MB`. */
export function bytes(size: number | null): string {
  if (size === null) return MISSING;
  const names = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = size < 1 ? 0 : Math.min(names.length - 1, Math.floor(Math.log(size) / Math.log(1024)));
  const value = size / 1024 ** power;
  return unit(value >= 100 || power === 0 ? value.toFixed(0) : value.toFixed(1), names[power] ?? 'B');
}

/** A count with its thousands set apart: `1,004`. */
export function figure(value: number | null): string {
  return value === null ? MISSING : value.toLocaleString('en-US');
}

/** `1 probe`, `3 probes`, `1,004 probes`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return unit(figure(value), value === 1 ? one : many);
}

/** Milliseconds of an ISO time; null stays null. */
export function epoch(time: string | null): number | null {
  return time === null ? null : Date.parse(time);
}

function unit(value: string, name: string): string {
  return `${value}${SPACE}${name}`;
}

function trimZero(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}
