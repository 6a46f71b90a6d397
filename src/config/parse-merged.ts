import type { z } from 'zod';
import type { Entry } from './config.ts';
import { defaultsSchema, type ServerEntry } from './server-schema.ts';

type DefaultsEntry = z.output<typeof defaultsSchema>;

/** What the schemas made of an entry and of the defaults, each by itself. */
export interface ParsedParts {
  readonly entry: ServerEntry;
  readonly defaults: DefaultsEntry;
}

interface Merged {
  /** The entry over the defaults. */
  readonly merged: Entry;
  readonly resolved: Entry;
  readonly defaults: Entry;
}

/**
 * What serverSchema would make of an entry over the defaults: every key is read by itself, so only what both say
 * something of is read anew. With a thousand servers that differ in their address alone this is most of the work.
 */
export function parseMerged(
  { merged, resolved, defaults }: Merged,
  parts: ParsedParts,
): { readonly success: true; readonly data: ServerEntry } | { readonly success: false } {
  const ofBoth = Object.entries(merged).filter(([key, value]) => value !== resolved[key] && value !== defaults[key]);
  const anew = defaultsSchema.safeParse(Object.fromEntries(ofBoth));
  if (!anew.success) return { success: false };
  return { success: true, data: { ...within(parts.defaults, merged), ...parts.entry, ...anew.data } };
}

/** Of the defaults, what the entry did not put something else in the place of. */
function within(defaults: DefaultsEntry, merged: Entry): DefaultsEntry {
  const kept = Object.entries(defaults).filter(([key]) => Object.hasOwn(merged, key));
  return Object.fromEntries(kept);
}
