import type { Json } from '../core/json.ts';
import type { Path } from './config.ts';

/** A key of the contract whose feature is not built in this version. `*` stands for any one step of the path. */
export interface Later {
  readonly path: readonly string[];
  /** What can be written instead. */
  readonly instead: string;
}

/** In the whole file. */
export const LATER_IN_FILE: readonly Later[] = [];

/** The unbuilt feature that a refused value at `path` asks for; null when it is simply wrong. */
export function findLater(all: readonly Later[], path: Path): Later | null {
  return all.find((later) => leads(later.path, path)) ?? null;
}

function leads(pattern: readonly string[], path: Path): boolean {
  return pattern.length <= path.length && pattern.every((step, index) => step === '*' || step === String(path[index]));
}

/** `status_pages`, and what to do instead. */
export function laterMessage({ path, instead }: Later, value: Json | undefined): string {
  const key = path.at(-1) ?? '';
  const written = typeof value === 'string' && value !== '' && !key.includes('url') ? `${key}: ${value}` : key;
  return `\`${written}\` is not in this version; ${instead}.`;
}
