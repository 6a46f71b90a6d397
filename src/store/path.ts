import { StoreError } from '../core/store.ts';

/** The file of a store's URL: `sqlite:PATH`, relative to the working directory, or `sqlite::memory:`. Throws a StoreError for another. */
export function pathOf(url: string): string {
  if (/^postgres(ql)?:/.test(url)) throw new StoreError('PostgreSQL is not in this version; use sqlite:PATH.');
  const path = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(url)?.[1];
  if (path === undefined)
    throw new StoreError(`"${url}" is not a store; use sqlite:PATH, such as sqlite:data/alivemcp.db.`);
  return path;
}
