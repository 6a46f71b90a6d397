import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Store } from '../../src/core/store.ts';
import { openStore, type StoreOptions } from '../../src/store/open.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { keepingLog } from './quiet.ts';
import { NOON } from './samples.ts';

/** A new folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'alivemcp-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens a store that is closed with the test. */
export async function open(url: string, options: Partial<StoreOptions> = {}): Promise<Store> {
  const store = await openStore({ url, clock: createFakeClock(NOON), log: keepingLog(), ...options });
  onTestFinished(() => store.close());
  return store;
}
