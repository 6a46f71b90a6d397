import type { Database } from 'better-sqlite3';
import type { Clock, Log, Store } from '../core/ports.ts';
import { StoreError } from '../core/ports.ts';
import { createBackups } from './backups.ts';
import { createCommits } from './commits.ts';
import { faultOf } from './connection.ts';
import { createDays } from './days.ts';
import { createEntries } from './entries.ts';
import { createIncidents } from './incidents.ts';
import { createOutbox } from './outbox.ts';
import { createPauses } from './pauses.ts';
import { createProbes } from './probes.ts';
import { createRoster } from './roster.ts';
import type { Sealer } from './seal.ts';
import { createSpans } from './spans.ts';
import { asStoreError } from './sqlite-error.ts';
import { createStanding } from './standing.ts';

interface Parts {
  readonly db: Database;
  readonly path: string;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Log;
  /** Gives the lock back. */
  readonly release: () => void;
}

/** The `Store` port over an open SQLite database of the newest schema. It owns the database and the lock. */
export function createSqliteStore({ db, path, sealer, clock, log, release }: Parts): Store {
  const roster = createRoster(db);
  const days = createDays(db);
  const spans = createSpans(db, roster);
  const standing = createStanding(db);
  const incidents = createIncidents(db);
  const outbox = createOutbox(db);
  const pauses = createPauses(db);
  const probes = createProbes(days, roster);
  const serverEntries = createEntries(db, sealer, 'server_entry');
  const channelEntries = createEntries(db, sealer, 'channel_entry');
  const commits = createCommits({ db, clock, log, roster, days, spans, standing, incidents, outbox });
  const backups = createBackups(db, path);
  let closed: Promise<void> | null = null;

  /** Every method runs in here: not after the end, and what SQLite throws leaves as a StoreError. */
  const run = async <T>(work: () => T): Promise<T> => {
    if (!db.open) throw new StoreError('The store is closed.');
    try {
      return work();
    } catch (error) {
      throw asStoreError(error, path);
    }
  };
  const write = <T>(work: () => T) => run(() => db.transaction(work).immediate());
  /** For what must see results that are accepted and not written yet. Where they cannot be written, what is written must do. */
  const read = <T>(work: () => T) =>
    run(() => {
      commits.flushOrWait();
      return work();
    });

  const removeServer = (id: string) => {
    const server = roster.find(id);
    const histories = [standing, spans, outbox, incidents, ...days.within(0, Number.MAX_SAFE_INTEGER)];
    db.transaction(() => {
      serverEntries.remove(id);
      pauses.clear(id);
      if (server !== undefined) for (const history of histories) history.removeServer(server);
    }).immediate();
    standing.forget(id);
    if (server !== undefined) commits.forget(server);
  };

  const close = () => {
    commits.stop();
    try {
      commits.flush();
      standing.catchUp();
    } finally {
      db.close();
      release();
    }
  };

  return {
    servers: () => run(serverEntries.all),
    saveServer: (entry) => write(() => serverEntries.save(entry)),
    removeServer: (id) => read(() => removeServer(id)),
    channels: () => run(channelEntries.all),
    saveChannel: (entry) => write(() => channelEntries.save(entry)),
    removeChannel: (id) => write(() => channelEntries.remove(id)),
    numbers: (ids) => run(() => roster.numbersOf(ids)),
    pauses: () => run(pauses.all),
    setPause: (pause) => write(() => pauses.set(pause)),
    clearPause: (serverId) => write(() => pauses.clear(serverId)),

    statuses: () => run(standing.all),
    commit: (commit) => run(() => commits.commit(commit)),
    saveStatus: (status) => run(() => commits.saveStatus(status)),
    probes: (serverId, query) => read(() => probes.page(serverId, query)),
    probe: (serverId, id) => read(() => probes.find(serverId, id)),
    latestProbes: () => read(probes.latest),
    latency: (serverId, step, from, to) => read(() => probes.latency(serverId, step, from, to)),
    probeCount: (from) => read(() => probes.count(from)),
    spans: (serverIds, from, to) => run(() => spans.within(serverIds, from, to)),
    recordState: (serverId, state, at) =>
      run(() => {
        const server = roster.numberOf(serverId);
        if (spans.current(server) !== state) db.transaction(() => spans.turn(server, state, at)).immediate();
      }),

    openIncidents: () => run(incidents.open),
    incidents: ({ state, serverId }, query) =>
      run(() => incidents.page({ state, server: serverId === null ? null : (roster.find(serverId) ?? -1) }, query)),
    incident: (id) => run(() => incidents.find(id)),
    acknowledge: (id, at, note) => write(() => incidents.acknowledge(id, at, note)),
    notices: (incidentId) => run(() => outbox.ofIncident(incidentId)),
    deliveries: (status, query) => run(() => outbox.page(status, query)),
    notice: (id) => run(() => outbox.find(id)),

    claim: (request) => run(() => outbox.claim(request)),
    settle: (noticeId, settlement) => write(() => outbox.settle(noticeId, settlement)),
    resend: (noticeId, now) => write(() => outbox.resend(noticeId, now)),
    freeLeases: () => write(outbox.freeLeases),
    outbox: () => run(outbox.figures),
    nextDueAt: (busy = []) => run(() => outbox.nextDueAt(clock.now(), busy)),

    prune: (before) => read(() => days.drop(before)),
    quickCheck: () => read(() => faultOf(db)),
    backup: async (file) => {
      await run(commits.flush);
      await backups.start(file);
    },
    size: () => read(() => sizeOf(db)),
    flush: () => run(commits.flush),
    close: () => {
      closed ??= backups.end().then(() => run(close));
      return closed;
    },
  };
}

function sizeOf(db: Database): { bytes: number; schema: number } {
  const [pages, pageBytes, schema] = ['page_count', 'page_size', 'user_version'].map((name) =>
    Number(db.pragma(name, { simple: true })),
  );
  return { bytes: (pages ?? 0) * (pageBytes ?? 0), schema: schema ?? 0 };
}
