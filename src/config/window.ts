import { hash } from 'node:crypto';
import type { CheckedWindow } from '../core/entries.ts';
import { isJsonObject, type Json } from '../core/json.ts';
import type { MaintenanceWindow } from '../core/maintenance.ts';
import type { EntryError } from '../core/monitor.ts';
import type { Calendar } from '../core/ports.ts';
import type { ServerSource } from '../core/server.ts';
import { explain, issueWords } from './explain.ts';
import { checkWindowKeys } from './window-checks.ts';
import { type WindowEntry, windowSchema } from './window-schema.ts';

/** The window that an entry without a mistake describes. */
export function windowOf(entry: WindowEntry, source: ServerSource): MaintenanceWindow {
  const { servers, tags, cron, timezone = null, starts_at: startsAt } = entry;
  const content = {
    servers: [...new Set(servers)],
    tags: [...new Set(tags)],
    starts:
      cron === undefined
        ? ({ kind: 'once', at: Date.parse(startsAt ?? '') } as const)
        : ({ kind: 'cron', expression: cron.trim(), timezone } as const),
    durationMs: entry.duration,
  };
  return { id: entry.id ?? derivedId(content), source, ...content };
}

/** The same for the same window, wherever it stands in the file. */
function derivedId({ servers, tags, ...rest }: Omit<MaintenanceWindow, 'id' | 'source'>): string {
  const text = JSON.stringify({ servers: [...servers].sort(), tags: [...tags].sort(), ...rest });
  return `window-${hash('sha256', text).slice(0, 8)}`;
}

/** Checks a window's entry that came through the API. */
export function checkWindowEntry(
  entry: Json,
  { calendar }: { readonly calendar: Calendar },
):
  | { readonly ok: true; readonly checked: CheckedWindow }
  | { readonly ok: false; readonly errors: readonly EntryError[] } {
  const parsed = windowSchema.safeParse(entry, { error: issueWords });
  const issues = parsed.success ? [] : explain(parsed.error.issues, { root: entry, hides: () => false });
  const errors = [...issues, ...checkWindowKeys(entry, [], { calendar })];
  if (!parsed.success || errors.length > 0)
    return { ok: false, errors: errors.map(({ path, message }) => ({ path: path.join('.'), message })) };
  const window = windowOf(parsed.data, { kind: 'ui' });
  return { ok: true, checked: { window, entry: { ...(isJsonObject(entry) ? entry : {}), id: window.id } } };
}
