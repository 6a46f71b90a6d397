import { z } from 'zod';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const PATTERN = /^(\d{1,9})(ms|s|m|h|d)$/;

export const DURATION_EXPECTED = 'expected a duration such as `500ms`, `30s`, `5m`, `12h` or `14d`';

/** Milliseconds of `500ms`, `30s`, `5m`, `12h`, `14d`; null for anything else. */
export function parseDuration(text: string): number | null {
  const [, amount, unit] = PATTERN.exec(text) ?? [];
  return amount !== undefined && isUnit(unit) ? Number(amount) * UNITS[unit] : null;
}

function isUnit(unit: string | undefined): unit is keyof typeof UNITS {
  return unit !== undefined && unit in UNITS;
}

/** A duration between two others, as milliseconds. */
export function duration(shortest: string, longest: string) {
  const min = parseDuration(shortest) ?? 0;
  const max = parseDuration(longest) ?? Number.POSITIVE_INFINITY;
  return z
    .string({ error: DURATION_EXPECTED })
    .regex(PATTERN, { error: DURATION_EXPECTED, abort: true })
    .refine((text) => between(parseDuration(text), min, max), {
      error: `expected a duration from ${shortest} to ${longest}`,
    })
    .transform((text) => parseDuration(text) ?? 0);
}

function between(ms: number | null, min: number, max: number): boolean {
  return ms !== null && ms >= min && ms <= max;
}
