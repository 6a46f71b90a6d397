import { describe } from 'vitest';
import { detailContract } from './contract-details.ts';
import { entryContract } from './contract-entries.ts';
import { incidentContract } from './contract-incidents.ts';
import { maintenanceContract } from './contract-maintenance.ts';
import { outboxContract } from './contract-outbox.ts';
import { poolContract } from './contract-pools.ts';
import { probeContract } from './contract-probes.ts';
import { rollContract } from './contract-rolls.ts';
import { togetherContract } from './contract-together.ts';
import { toolContract } from './contract-tools.ts';
import type { StoreFactory } from './factory.ts';

/** Every promise of the `Store` port that holds for any store, wherever it keeps things. */
export function storeContract(name: string, create: StoreFactory): void {
  describe(`${name}: entries`, () => entryContract(create));
  describe(`${name}: probes and states`, () => probeContract(create));
  describe(`${name}: changes at once`, () => togetherContract(create));
  describe(`${name}: step detail`, () => detailContract(create));
  describe(`${name}: pools`, () => poolContract(create));
  describe(`${name}: latency rolled up`, () => rollContract(create));
  describe(`${name}: tools`, () => toolContract(create));
  describe(`${name}: incidents`, () => incidentContract(create));
  describe(`${name}: maintenance`, () => maintenanceContract(create));
  describe(`${name}: outbox`, () => outboxContract(create));
}
