import type { Incident } from '../../src/core/incident.ts';
import { rollUp } from '../../src/core/latency-rolls.ts';
import type { QueuedNotice } from '../../src/core/notice.ts';
import type { LatencySample, MaintenanceSpan, ProbeRecord, StateSpan } from '../../src/core/store.ts';
import type { ToolChange, ToolLists, ToolStanding } from '../../src/core/tool-standing.ts';
import type { HttpStore } from '../../src/http/room.ts';

/** What the store remembers, as lists a test fills. Newest first, as the store answers. */
export interface Memory {
  probes: ProbeRecord[];
  samples: LatencySample[];
  spans: StateSpan[];
  maintenance: MaintenanceSpan[];
  incidents: Incident[];
  notices: QueuedNotice[];
  tools: Map<string, { standing: ToolStanding; lists: ToolLists; changes: readonly ToolChange[] }>;
  isBroken: boolean;
}

export function emptyMemory(): Memory {
  return {
    probes: [],
    samples: [],
    spans: [],
    maintenance: [],
    incidents: [],
    notices: [],
    tools: new Map(),
    isBroken: false,
  };
}

function paged<T>(items: readonly T[], { limit, cursor }: { limit: number; cursor: string | null }) {
  const from = cursor === null ? 0 : Number(cursor);
  return { items: items.slice(from, from + limit), next: from + limit < items.length ? String(from + limit) : null };
}

/** The store as far as the HTTP interface uses it, over plain lists. */
export function createFakeStore(memory: Memory): HttpStore {
  return {
    probes: async (serverId, query) =>
      paged(
        memory.probes.filter(({ report }) => report.serverId === serverId),
        query,
      ),
    probe: async (_serverId, id) => memory.probes.find((probe) => probe.id === id) ?? null,
    latency: async (_serverId, _step, from, to) => memory.samples.filter(({ at }) => at >= from && at < to),
    latencyRolls: async (_serverId, _step, { from, to, byDay }) =>
      rollUp(
        memory.samples.filter(({ at }) => at >= from && at < to),
        byDay ? 86_400_000 : 3_600_000,
      ),
    poolFigures: async (serverId, { from, to, limit }) =>
      memory.probes
        .filter(({ report }) => report.serverId === serverId && report.startedAt >= from && report.startedAt < to)
        .toReversed()
        .map(({ report, judgement }) => ({ at: report.startedAt, pools: judgement.pools }))
        .filter(({ pools }) => pools.length > 0)
        .slice(0, limit),
    versions: async (serverId, from, to) =>
      memory.probes
        .toReversed()
        .flatMap(({ report: { startedAt: at, serverInfo, ...report } }) =>
          serverInfo === null || report.serverId !== serverId || at < from || at >= to
            ? []
            : [{ at, version: serverInfo.version }],
        ),
    spans: async (ids) => memory.spans.filter(({ serverId }) => ids === null || ids.includes(serverId)),
    maintenance: async (ids) => memory.maintenance.filter(({ serverId }) => ids === null || ids.includes(serverId)),
    toolLists: async (serverId) => memory.tools.get(serverId)?.lists ?? null,
    toolChanges: async (serverId, query) => paged(memory.tools.get(serverId)?.changes ?? [], query),
    openIncidents: async () => memory.incidents.filter(({ resolvedAt }) => resolvedAt === null),
    incidents: async ({ state, serverId }, query) =>
      paged(
        memory.incidents.filter(
          (incident) =>
            (state === null || (state === 'open') === (incident.resolvedAt === null)) &&
            (serverId === null || incident.serverId === serverId),
        ),
        query,
      ),
    incident: async (id) => memory.incidents.find((incident) => incident.id === id) ?? null,
    notices: async (incidentId) => memory.notices.filter(({ notice }) => notice.incident.id === incidentId),
    notice: async (id) => memory.notices.find(({ notice }) => notice.id === id) ?? null,
    deliveries: async (status, query) =>
      paged(
        memory.notices.filter((queued) => status === null || queued.status === status),
        query,
      ),
    async size() {
      if (memory.isBroken) throw new Error('SQLITE_IOERR: secret path /var/lib/alivemcp');
      return { bytes: 4096, schema: 1, waiting: 0, fault: null };
    },
  };
}
