import { z } from 'zod';
import type { CheckedPage } from '../core/entries.ts';
import { isJsonObject, type Json } from '../core/json.ts';
import type { EntryError } from '../core/monitor.ts';
import type { ServerSource } from '../core/server.ts';
import { explain, issueWords } from './explain.ts';
import { idField, line, tagList } from './fields.ts';
import { strictOr } from './server-schema.ts';

const MAX_NOTES = 4000;
const NOTES_EXPECTED = `expected text of at most ${MAX_NOTES} characters`;

/** One status page as written. */
export const pageSchema = z.strictObject(
  {
    id: idField,
    title: line(128).optional(),
    servers: z
      .array(idField, { error: 'expected a list of server ids, such as `[orders]`' })
      .max(1000, { error: 'expected at most 1000 servers' })
      .optional(),
    tags: tagList.optional(),
    notes: z.string({ error: NOTES_EXPECTED }).max(MAX_NOTES, { error: NOTES_EXPECTED }).optional(),
  },
  { error: strictOr('expected a status page, such as `{ id: main, title: Status, servers: [orders] }`') },
);

interface WrittenPage {
  /** References resolved. */
  readonly entry: z.output<typeof pageSchema>;
  /** The same as a person wrote it: what may be shown. */
  readonly written: Json;
  readonly source: ServerSource;
}

/** The page that an entry without a mistake describes. */
export function pageOf({ entry, written, source }: WrittenPage): CheckedPage {
  const { id, title = 'Status', servers, tags, notes = '' } = entry;
  const page = { id, source, title, servers: [...new Set(servers)], tags: [...new Set(tags)], notes: notes.trim() };
  return { page, entry: isJsonObject(written) ? written : {} };
}

/** Checks a page's entry that came through the API. */
export function checkPageEntry(
  entry: Json,
):
  | { readonly ok: true; readonly checked: CheckedPage }
  | { readonly ok: false; readonly errors: readonly EntryError[] } {
  const parsed = pageSchema.safeParse(entry, { error: issueWords });
  if (parsed.success)
    return { ok: true, checked: pageOf({ entry: parsed.data, written: entry, source: { kind: 'ui' } }) };
  const mistakes = explain(parsed.error.issues, { root: entry, hides: () => false });
  return { ok: false, errors: mistakes.map(({ path, message }) => ({ path: path.join('.'), message })) };
}
