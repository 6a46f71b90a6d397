import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Nightly copies kept beside the store. */
const KEPT = 7;

/** Removes all but the newest nightly copies. */
export async function keepNewest(folder: string): Promise<void> {
  const copies = (await readdir(folder)).filter((name) => /^alivemcp-\d{4}-\d\d-\d\d\.db$/.test(name)).sort();
  await Promise.all(copies.slice(0, -KEPT).map((name) => rm(join(folder, name))));
}
