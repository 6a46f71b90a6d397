import type { Notice } from '../../src/core/notice.ts';
import type { Settlement, Store } from '../../src/core/store.ts';

export interface Taken {
  readonly notice: Notice;
  readonly channel: string;
  readonly tries: number;
  readonly firstTriedAt: number | null;
}

/** Takes all that is due, one notice at a time, as a courier would who sends nothing. */
export async function takeAll(store: Store, now: number, busy: readonly string[] = []): Promise<readonly Taken[]> {
  const taken: Taken[] = [];
  for (const channel of (await store.due({ now, busy })).keys())
    for (const kind of ['repeat', 'fresh'] as const)
      for (;;) {
        const claimed = await store.claim({ now, leaseMs: 1000, channel, kind, isGrouped: false });
        if (claimed === null) break;
        const { notices, ...rest } = claimed;
        for (const notice of notices)
          taken.push({ notice, channel: rest.channel, tries: rest.tries, firstTriedAt: rest.firstTriedAt });
      }
  return taken;
}

/** Settles one notice by its id; nothing where there is none. */
export async function settle(store: Store, id: string, settlement: Settlement): Promise<void> {
  const queued = await store.notice(id);
  if (queued !== null) await store.settle({ channel: queued.channel ?? '', notices: [queued.notice] }, settlement);
}

/** When the next notice could be taken; null: none waits. */
export async function nextDueAt(store: Store, now: number, busy: readonly string[] = []): Promise<number | null> {
  const times = [...(await store.due({ now, busy })).values()].flatMap(({ repeatAt, freshAt }) =>
    [repeatAt, freshAt].filter((at) => at !== null),
  );
  return times.length === 0 ? null : Math.min(...times);
}
