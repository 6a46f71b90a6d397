import type { Migration } from '../migrate.ts';

/** What is kept of probes that are over, and incidents found by their end. */
export const retention: Migration = {
  schema: 7,
  sql: `
    -- 'kept': which of the probes that were looked at still have their detail (details.ts).
    CREATE TABLE detail (server INTEGER PRIMARY KEY REFERENCES server (n), kept BLOB NOT NULL) STRICT;

    CREATE INDEX incident_resolved ON incident (resolved_at) WHERE resolved_at IS NOT NULL;
  `,
};
