import type { Migration } from '../migrate.ts';

/** Windows made in the browser, the maintenance that servers were in, and notices that wait until it ends. */
export const maintenance: Migration = {
  schema: 4,
  sql: `
    -- 'secrets' is always empty: the table has the shape of the other entries.
    CREATE TABLE maintenance_entry (id TEXT PRIMARY KEY, entry TEXT NOT NULL, secrets TEXT NOT NULL) STRICT;

    -- Written when it begins, to its planned end, so that an end during a standstill is right all the same.
    CREATE TABLE maintenance_span (
      server INTEGER NOT NULL REFERENCES server (n),
      at INTEGER NOT NULL,
      until INTEGER NOT NULL,
      PRIMARY KEY (server, at)
    ) STRICT, WITHOUT ROWID;

    -- 'maintenance_until': told only if the incident is still open then; null once it was tried.
    ALTER TABLE outbox ADD COLUMN not_before INTEGER;
    ALTER TABLE outbox ADD COLUMN maintenance_until INTEGER;
  `,
};
