import type { LoadDeps } from '../config/load.ts';
import { readTextFile } from '../config/read-file.ts';
import { calendar } from '../engine/cron.ts';
import { notifierKinds } from '../notify/registry.ts';

/** What reading a configuration needs from this machine. */
export function loadDeps(): LoadDeps {
  return { env: process.env, readFile: readTextFile, calendar, channelKinds: notifierKinds };
}
