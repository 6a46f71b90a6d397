import type { Clock } from '../core/ports.ts';
import type { Store } from '../core/store.ts';
import type { Cron } from './cron.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface JanitorOptions {
  readonly store: Store;
  readonly cron: Cron;
  readonly clock: Clock;
  /** As it is configured at that moment. */
  readonly retentionMs: () => number;
  /** How long rolled-up latency and resolved incidents are kept, likewise. */
  readonly rollupsMs: () => number;
  /** Where nightly backups go; null: the store is in memory and none are made. */
  readonly backups: { readonly folder: string; keep(folder: string): Promise<void> } | null;
}

/** A probe ends within this after its start and is on disk soon after. */
const SETTLED_MS = 3 * 60_000;
/** Between two pieces of work, so that it never takes more than part of the time. */
const REST_MS = 10;

/** Does what is left to do piece by piece. Resolves with the number of pieces. */
async function bitByBit(piece: () => Promise<boolean>, clock: Clock, signal: AbortSignal): Promise<number> {
  let pieces = 0;
  while (!signal.aborted && (await piece())) {
    pieces += 1;
    await new Promise<void>((resume) => clock.after(REST_MS, resume));
  }
  return pieces;
}

/** House-keeping by the wall clock: latency rolled up by the hour, what is old dropped each hour, the store checked and copied each night. */
export function startJanitor({ store, cron, clock, retentionMs, rollupsMs, backups }: JanitorOptions): void {
  const timezone = null;
  cron.add({
    name: 'rollup',
    expression: '*/5 * * * *',
    timezone,
    run: async (_, signal) => {
      const keepFrom = clock.now() - rollupsMs();
      const pieces = await bitByBit(() => store.rollUp(clock.now() - SETTLED_MS, keepFrom), clock, signal);
      return pieces === 0 ? 'nothing to roll up' : `rolled up latency in ${pieces} pieces`;
    },
  });
  cron.add({
    name: 'retention',
    expression: '7 * * * *',
    timezone,
    run: async (_, signal) => {
      const days = await store.prune(clock.now() - Math.max(retentionMs(), DAY_MS));
      const before = clock.now() - rollupsMs();
      const pieces = await bitByBit(() => store.pruneIncidents(before), clock, signal);
      await bitByBit(store.clear, clock, signal);
      if (days + pieces === 0) return 'nothing to drop';
      return `dropped ${days} ${days === 1 ? 'day' : 'days'} of probes${pieces === 0 ? '' : ' and incidents that were long resolved'}`;
    },
  });
  cron.add({
    name: 'quick_check',
    expression: '23 3 * * *',
    timezone,
    run: async () => {
      const wrong = await store.quickCheck();
      if (wrong !== null) throw new Error(`${wrong} Stop the monitor and restore the newest backup.`);
      return 'the store is sound';
    },
  });
  if (backups === null) return;
  cron.add({
    name: 'backup',
    expression: '41 3 * * *',
    timezone,
    run: async () => {
      const day = new Date(clock.now()).toISOString().slice(0, 10);
      const file = `${backups.folder}/alivemcp-${day}.db`;
      await store.backup(file);
      await backups.keep(backups.folder);
      return `wrote ${file}`;
    },
  });
}
