import { NO_POOLS, type PoolMemory, REMEMBERED_PROBES, recallPools, rememberPools } from '../core/pool-memory.ts';
import type { Clock } from '../core/ports.ts';
import type { ProbeCommit, Store } from '../core/store.ts';
import type { Member } from './roster.ts';

/** What is remembered of each server's pools, in memory. After a start it is read anew from the newest probes, once and when it is needed. */
export interface PoolWatch {
  memoryOf(member: Member): Promise<PoolMemory>;
  /** Takes over what was committed. */
  take(member: Member, commit: ProbeCommit): void;
  forget(serverId: string): void;
}

export interface PoolWatchOptions {
  readonly store: Pick<Store, 'poolRecords'>;
  readonly clock: Clock;
}

interface Held {
  /** After an edit or a pause the figures are those of something else, or of another time. */
  readonly epoch: number;
  readonly memory: PoolMemory;
}

/** What is older says nothing of what its pools do now, and a server that never spoke of any need not be asked for longer. */
const REMEMBERED_MS = 24 * 3_600_000;

export function createPoolWatch({ store, clock }: PoolWatchOptions): PoolWatch {
  const held = new Map<string, Held>();

  const recall = async (serverId: string): Promise<PoolMemory> => {
    const from = clock.now() - REMEMBERED_MS;
    const records = await store.poolRecords(serverId, { from, limit: REMEMBERED_PROBES });
    return recallPools(records.toReversed());
  };

  return {
    memoryOf: async ({ server, epoch }) => {
      const known = held.get(server.id);
      if (known?.epoch === epoch) return known.memory;
      const isSilent = server.canaries.length === 0 && server.healthUrl === null;
      const memory = known === undefined && !isSilent ? await recall(server.id) : NO_POOLS;
      held.set(server.id, { epoch, memory });
      return memory;
    },
    take: ({ server, epoch }, { record: { report, judgement } }) => {
      const known = held.get(server.id);
      if (known?.epoch !== epoch) return;
      const seen = { at: report.startedAt, said: report, pools: judgement.pools };
      held.set(server.id, { epoch, memory: rememberPools(known.memory, seen) });
    },
    forget: (serverId) => held.delete(serverId),
  };
}
