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

/** A duration between two others, as milliseconds. `expected` says what else may stand there. */
export function duration(shortest: string, longest: string, expected?: string) {
  const min = parseDuration(shortest) ?? 0;
  const max = parseDuration(longest) ?? Number.POSITIVE_INFINITY;
  return z
    .string({ error: expected ?? DURATION_EXPECTED })
    .regex(PATTERN, { error: expected ?? DURATION_EXPECTED, abort: true })
    .refine((text) => between(parseDuration(text), min, max), {
      error: expected ?? `expected a duration from ${shortest} to ${longest}`,
    })
    .transform((text) => parseDuration(text) ?? 0);
}

const FACTOR = /^(\d{1,3}(?:\.\d{1,2})?)x$/;

const [LEAST, MOST] = [1.5, 100];
export const FACTOR_EXPECTED = `expected a factor such as \`3x\`, from ${LEAST}x to ${MOST}x, or \`off\``;

/** How many times something is something else: 3 of `3x`. */
export const factor = z
  .string({ error: FACTOR_EXPECTED })
  .regex(FACTOR, { error: FACTOR_EXPECTED, abort: true })
  .refine((text) => timesOf(text) >= LEAST && timesOf(text) <= MOST, { error: FACTOR_EXPECTED })
  .transform(timesOf);

function timesOf(text: string): number {
  return Number(FACTOR.exec(text)?.[1] ?? Number.NaN);
}

function between(ms: number | null, min: number, max: number): boolean {
  return ms !== null && ms >= min && ms <= max;
}
