import type { Incident } from '../core/incident.ts';
import type { ProbeCommit, Store } from '../core/store.ts';
import { createParts, type Ground, type Parts } from './parts.ts';
import { createRunner, type Runner } from './runner.ts';
import { upkeepMethods } from './upkeep.ts';

/** The `Store` port over an open SQLite database of the newest schema. It owns the database and the lock. */
export function createSqliteStore(ground: Ground): Store {
  const parts = createParts(ground);
  const runner = createRunner(ground, parts);
  return {
    ...entryMethods(ground, parts, runner),
    ...probeMethods(parts, runner),
    ...toolMethods(parts, runner),
    ...maintenanceMethods(parts, runner),
    ...pageMethods(parts, runner),
    ...incidentMethods(ground, parts, runner),
    ...upkeepMethods(ground, parts, runner),
  };
}

type EntryMethods =
  | 'servers'
  | 'saveServer'
  | 'removeServer'
  | 'channels'
  | 'saveChannel'
  | 'removeChannel'
  | 'numbers'
  | 'pauses'
  | 'setPause'
  | 'clearPause';

function entryMethods({ db }: Ground, parts: Parts, { run, read, write }: Runner): Pick<Store, EntryMethods> {
  const { serverEntries, channelEntries, roster, pauses } = parts;
  const removeServer = (id: string) => {
    const server = roster.find(id);
    const days = parts.days.within(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    db.transaction(() => {
      serverEntries.remove(id);
      pauses.clear(id);
      if (server === undefined) return;
      const { standing, spans, outbox, incidents, tools, maintenance, rollups, details } = parts;
      const kept = [standing, spans, outbox, incidents, tools, maintenance, rollups, details, ...days];
      for (const part of kept) part.removeServer(server);
    }).immediate();
    parts.standing.forget(id);
    parts.forget();
    parts.details.forget();
  };
  return {
    servers: () => run(serverEntries.all),
    saveServer: (entry) => write(() => serverEntries.save(entry)),
    removeServer: (id) => read(() => removeServer(id)),
    channels: () => run(channelEntries.all),
    saveChannel: (entry) => write(() => channelEntries.save(entry)),
    removeChannel: (id) =>
      write(() => {
        channelEntries.remove(id);
        parts.sending.forgetChannel(id);
      }),
    numbers: (ids) => run(() => roster.numbersOf(ids)),
    pauses: () => run(pauses.all),
    setPause: (pause) => write(() => pauses.set(pause)),
    clearPause: (serverId) => write(() => pauses.clear(serverId)),
  };
}

type ProbeMethods =
  | 'statuses'
  | 'commit'
  | 'saveStatus'
  | 'probes'
  | 'probe'
  | 'latestProbes'
  | 'latency'
  | 'latencyRolls'
  | 'poolRecords'
  | 'poolFigures'
  | 'versions'
  | 'probeCount'
  | 'spans'
  | 'recordState';

function probeMethods(parts: Parts, { run, read }: Runner): Pick<Store, ProbeMethods> {
  const { standing, commits, probes, rollups, spans } = parts;
  return {
    statuses: (isWanted = () => true) => run(() => standing.all(isWanted)),
    commit: (commit) => run(() => commits.commit(commit)),
    saveStatus: (status) => run(() => commits.saveStatus(status)),
    probes: (serverId, query) => read(() => probes.page(serverId, query), serverId),
    probe: (serverId, id) => read(() => probes.find(serverId, id), serverId),
    latestProbes: (serverIds) => read(() => probes.latest(serverIds)),
    latency: (serverId, step, from, to) => read(() => probes.latency(serverId, step, from, to), serverId),
    latencyRolls: (serverId, step, span) => read(() => rollups.read(serverId, step, span), serverId),
    poolRecords: (serverId, query) => run(() => probes.poolRecords(serverId, query)),
    poolFigures: (serverId, span) => read(() => probes.poolFigures(serverId, span), serverId),
    versions: (serverId, from, to) => read(() => probes.versions(serverId, from, to), serverId),
    probeCount: (from) => read(() => probes.count(from)),
    spans: (serverIds, from, to) => read(() => spans.within(serverIds, from, to)),
    recordState: (...turn) => run(() => commits.recordState(...turn)),
  };
}

type ToolMethods = 'toolStandings' | 'toolLists' | 'toolChanges' | 'acceptTools';

function toolMethods({ tools, roster }: Parts, { run, write }: Runner): Pick<Store, ToolMethods> {
  const of = <T>(serverId: string, nothing: T, read: (server: number) => T): T => {
    const server = roster.find(serverId);
    return server === undefined ? nothing : read(server);
  };
  return {
    toolStandings: () => run(tools.standings),
    toolLists: (serverId) => run(() => of(serverId, null, tools.lists)),
    toolChanges: (serverId, query) =>
      run(() => of(serverId, { items: [], next: null }, (server) => tools.changes(server, query))),
    acceptTools: (serverId, at) => write(() => of(serverId, null, (server) => tools.accept(server, at))),
  };
}

type MaintenanceMethods =
  | 'maintenanceWindows'
  | 'saveMaintenanceWindow'
  | 'removeMaintenanceWindow'
  | 'maintenance'
  | 'planMaintenance'
  | 'holdNotices';

function maintenanceMethods(
  { maintenanceEntries, maintenance, heldNotices, roster }: Parts,
  { run, write }: Runner,
): Pick<Store, MaintenanceMethods> {
  return {
    maintenanceWindows: () => run(maintenanceEntries.all),
    saveMaintenanceWindow: (entry) => write(() => maintenanceEntries.save(entry)),
    removeMaintenanceWindow: (id) => write(() => maintenanceEntries.remove(id)),
    maintenance: (serverIds, from, to) => run(() => maintenance.within(serverIds, from, to)),
    planMaintenance: (until, at) => write(() => maintenance.plan(until, at)),
    holdNotices: (until, now) => write(() => heldNotices.move((server) => until.get(roster.idOf(server)) ?? null, now)),
  };
}

type PageMethods = 'statusPages' | 'saveStatusPage' | 'removeStatusPage';

function pageMethods({ pageEntries }: Parts, { run, write }: Runner): Pick<Store, PageMethods> {
  return {
    statusPages: () => run(pageEntries.all),
    saveStatusPage: (entry) => write(() => pageEntries.save(entry)),
    removeStatusPage: (id) => write(() => pageEntries.remove(id)),
  };
}

type IncidentMethods =
  | 'openIncidents'
  | 'incidents'
  | 'incident'
  | 'acknowledge'
  | 'saveIncident'
  | 'endIncidents'
  | 'notices'
  | 'deliveries'
  | 'notice'
  | 'claim'
  | 'settle'
  | 'resend'
  | 'freeLeases'
  | 'outbox'
  | 'due'
  | 'channelHealth'
  | 'backlog';

function incidentMethods({ clock }: Ground, parts: Parts, { run, write }: Runner): Pick<Store, IncidentMethods> {
  const { incidents, outbox, sending, heldNotices, roster } = parts;
  const endIncidents = (ids: readonly string[], at: number) => {
    const ended = incidents.end(ids, at);
    for (const { id } of ended) heldNotices.mute(id, at);
    return ended;
  };
  // No server has the number -1, so an id never seen finds nothing.
  const numberOf = (serverId: string | null) => (serverId === null ? null : (roster.find(serverId) ?? -1));
  return {
    openIncidents: () => run(incidents.open),
    incidents: ({ state, serverId }, query) => run(() => incidents.page({ state, server: numberOf(serverId) }, query)),
    incident: (id) => run(() => incidents.find(id)),
    acknowledge: (id, at, note) => write(() => incidents.acknowledge(id, at, note)),
    saveIncident: (incident, notices) => write(() => saveIncident(parts, incident, notices)),
    endIncidents: (ids, at) => write(() => endIncidents(ids, at)),
    notices: (incidentId) => run(() => outbox.ofIncident(incidentId)),
    deliveries: (status, query) => run(() => outbox.page(status, query)),
    notice: (id) => run(() => outbox.find(id)),
    due: (request) => run(() => sending.due(request)),
    claim: (request) => write(() => sending.claim(request)),
    settle: (...settled) => write(() => sending.settle(...settled)),
    channelHealth: () => run(sending.health),
    backlog: () => run(outbox.backlog),
    resend: (noticeId, now) => write(() => outbox.resend(noticeId, now)),
    freeLeases: () => write(() => sending.freeLeases(clock.now())),
    outbox: () => run(() => outbox.figures(clock.now())),
  };
}

function saveIncident({ roster, incidents, outbox }: Parts, incident: Incident, notices: ProbeCommit['notices']): void {
  const server = roster.numberOf(incident.serverId);
  incidents.put(server, [incident]);
  outbox.put(server, notices);
}
