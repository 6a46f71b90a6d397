import type { ProbeReport } from '../core/probe.ts';
import type { Store } from '../core/store.ts';
import type { ToolStanding, ToolsUpdate } from '../core/tool-standing.ts';
import type { ToolMemory } from '../core/tools.ts';

/** How each server's list of tools stands, in memory: a probe that finds what is known reads no store. */
export interface ToolWatch {
  /** Of the lists that need not be sent again. */
  knownHashes(serverId: string): readonly string[];
  standing(serverId: string): ToolStanding | null;
  /** What judging this report needs: the lists themselves only where it has another one. */
  memoryFor(report: ProbeReport): Promise<ToolMemory>;
  /** Takes over what was committed. */
  take(update: ToolsUpdate | undefined): void;
  /** Takes the current list as the accepted one; null: none was ever seen. */
  accept(serverId: string, at: number): Promise<ToolStanding | null>;
  forget(serverId: string): void;
}

export async function createToolWatch(store: Store): Promise<ToolWatch> {
  const standings = new Map(await store.toolStandings());
  const standing = (serverId: string): ToolStanding | null => standings.get(serverId) ?? null;
  return {
    knownHashes: (serverId) => {
      const known = standing(serverId);
      return known === null ? [] : [...new Set([known.current.hash, known.accepted.hash])];
    },
    standing,
    memoryFor: async ({ serverId, tools }) => {
      const known = standing(serverId);
      const isOther = known !== null && tools !== null && tools.hash !== known.current.hash;
      return { standing: known, lists: isOther ? await store.toolLists(serverId) : null };
    },
    take: (update) => {
      if (update !== undefined) standings.set(update.standing.serverId, update.standing);
    },
    accept: async (serverId, at) => {
      const accepted = await store.acceptTools(serverId, at);
      if (accepted !== null) standings.set(serverId, accepted);
      return accepted;
    },
    forget: (serverId) => standings.delete(serverId),
  };
}
