import { join } from 'node:path';
import { createFakeClock } from '../fixtures/clock.ts';
import { storeContract } from './contract.ts';
import { open, temporaryFolder } from './folder.ts';
import { NOON } from './samples.ts';

storeContract('SQLite in a file', async () => {
  const clock = createFakeClock(NOON);
  return { clock, store: await open(`sqlite:${join(temporaryFolder(), 'alivemcp.db')}`, { clock }) };
});

storeContract('SQLite in memory', async () => {
  const clock = createFakeClock(NOON);
  return { clock, store: await open('sqlite::memory:', { clock }) };
});
