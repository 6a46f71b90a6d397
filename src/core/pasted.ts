import type { Entry } from './entries.ts';
import type { EntryError } from './monitor.ts';

/** A server found in a text that a person pasted. */
export interface PastedServer {
  /** What to call it where several were found. */
  readonly title: string;
  /** As the configuration file would hold it, with a `url` or a `command`. Nothing in it was checked. */
  readonly entry: Entry;
  /** Under which keys something stands that only the file can follow (`${NAME}`), and what to do about it. */
  readonly unresolved: readonly EntryError[];
}

/** `message`: what is wrong, where, and what to do; of the text it quotes names at most. */
export type Pasted =
  | { readonly ok: true; readonly servers: readonly PastedServer[] }
  | { readonly ok: false; readonly message: string };

/** Reads what a person pasted instead of a URL. Never throws. */
export type ReadPasted = (text: string) => Pasted;
