import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { Calendar } from '../core/ports.ts';
import type { Mistake, Path } from './config.ts';
import { isTimezone } from './fields.ts';

const NO_START = 'is missing; expected times such as `"0 3 * * SUN"`, or `starts_at` for a window that comes once.';

/** What is wrong between the keys of one maintenance window. Takes anything. */
export function checkWindowKeys(
  entry: Json,
  base: Path,
  { calendar }: { readonly calendar: Calendar },
): readonly Mistake[] {
  if (!isJsonObject(entry)) return [];
  const found = [...checkStart(entry), ...checkCron(entry, calendar)];
  return found.map((mistake) => ({ ...mistake, path: [...base, ...mistake.path] }));
}

function checkStart({ cron, starts_at: startsAt, timezone }: JsonObject): readonly Mistake[] {
  if (cron === undefined && startsAt === undefined) return [{ path: ['cron'], at: 'value', message: NO_START }];
  if (cron !== undefined && startsAt !== undefined)
    return [keyMistake('starts_at', 'expected either `cron` or `starts_at`, found both; remove one of them.')];
  return timezone !== undefined && cron === undefined
    ? [keyMistake('timezone', '`timezone` belongs to `cron`; `starts_at` says its own offset. Remove it.')]
    : [];
}

function checkCron({ cron, timezone }: JsonObject, calendar: Calendar): readonly Mistake[] {
  if (typeof cron !== 'string') return [];
  const fields = cron.trim().split(/\s+/).length;
  if (fields !== 5) {
    const message = `expected five fields (minute, hour, day, month, day of the week) such as \`0 3 * * SUN\`, found ${fields}.`;
    return [{ path: ['cron'], at: 'value', message }];
  }
  const problem = calendar.validate(cron, typeof timezone === 'string' && isTimezone(timezone) ? timezone : null);
  if (problem === null) return [];
  const message = `expected a cron expression such as \`0 3 * * SUN\`: ${problem}`;
  return [{ path: ['cron'], at: 'value', message: message.endsWith('.') ? message : `${message}.` }];
}

function keyMistake(key: string, message: string): Mistake {
  return { path: [key], at: 'key', message };
}
