import type { Database } from 'better-sqlite3';
import type { Clock, Log } from '../core/ports.ts';
import { createBackups } from './backups.ts';
import { createCheckpoints } from './checkpoints.ts';
import { createCommits } from './commits.ts';
import { createDays } from './days.ts';
import { createDetails } from './details.ts';
import { createEntries } from './entries.ts';
import { createGroup } from './group.ts';
import { createHeldNotices } from './held-notices.ts';
import { createIncidents } from './incidents.ts';
import { createMaintenanceSpans } from './maintenance.ts';
import { createOutbox } from './outbox.ts';
import { createPauses } from './pauses.ts';
import { createProbes } from './probes.ts';
import { createRollups } from './rollups.ts';
import { createRoster } from './roster.ts';
import type { Sealer } from './seal.ts';
import { createSending } from './sending.ts';
import { createSpans } from './spans.ts';
import { createStanding } from './standing.ts';
import { createTexts } from './texts.ts';
import { createTools } from './tools.ts';

/** What a store stands on. */
export interface Ground {
  readonly db: Database;
  /** For messages. */
  readonly path: string;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Log;
  /** Gives the lock back. */
  readonly release: () => void;
}

/** The tables and what is asked of them; each knows its own and nothing of ports, promises or errors. */
export type Parts = ReturnType<typeof createParts>;

export function createParts({ db, path, sealer, clock, log }: Ground) {
  const roster = createRoster(db);
  const days = createDays(db);
  const texts = createTexts();
  const backups = createBackups(db, path);
  const checkpoints = createCheckpoints({ db, backups, log });
  const spans = createSpans(db, roster);
  const forget = () => {
    texts.forget();
    spans.forget();
  };
  const group = createGroup({ db, path, clock, log, days, texts, onUndone: forget, onWritten: checkpoints.look });
  const details = createDetails(db, days, texts);
  const standing = createStanding(db);
  const incidents = createIncidents(db);
  const outbox = createOutbox(db);
  const tools = createTools(db);
  const heldNotices = createHeldNotices(db);
  return {
    /** Follows the removal of rows. */
    forget,
    roster,
    days,
    group,
    spans,
    standing,
    incidents,
    outbox,
    sending: createSending(db),
    tools,
    heldNotices,
    pauses: createPauses(db),
    probes: createProbes(days, roster),
    details,
    rollups: createRollups({ db, days, roster, details }),
    serverEntries: createEntries(db, sealer, 'server_entry'),
    channelEntries: createEntries(db, sealer, 'channel_entry'),
    maintenanceEntries: createEntries(db, sealer, 'maintenance_entry'),
    pageEntries: createEntries(db, sealer, 'status_page_entry'),
    maintenance: createMaintenanceSpans(db, roster),
    commits: createCommits({ roster, days, group, spans, standing, incidents, outbox, heldNotices, tools }),
    backups,
  };
}
