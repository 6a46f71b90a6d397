import type { CheckedWindow } from '../core/entries.ts';
import { isJsonObject, type Json } from '../core/json.ts';
import type { ServerSource } from '../core/server.ts';
import type { Mistake } from './config.ts';
import { windowOf } from './window.ts';
import type { WindowEntry } from './window-schema.ts';

interface WrittenWindow {
  /** References resolved. */
  readonly entry: WindowEntry;
  /** The same as a person wrote it: what may be shown. */
  readonly written: Json;
  readonly source: ServerSource;
}

/** The file's windows. Two that are the same in all would have one id, too. */
export function windowsOf(entries: readonly WrittenWindow[]): {
  readonly checked: readonly CheckedWindow[];
  readonly mistakes: readonly Mistake[];
} {
  const checked = entries.map(({ entry, written, source }) => {
    const window = windowOf(entry, source);
    return { window, entry: { ...(isJsonObject(written) ? written : {}), id: window.id } };
  });
  const ids = checked.map(({ window }) => window.id);
  const mistakes = ids.flatMap((id, index): readonly Mistake[] => {
    const before = ids.indexOf(id);
    if (before === index) return [];
    const message = `is the same window as maintenance[${before}]; remove one of them.`;
    return [{ path: ['maintenance', index], at: 'value', message }];
  });
  return { checked, mistakes };
}
