import type { Migration } from '../migrate.ts';

/**
 * Probes are not here: each UTC day has tables of its own (days.ts), made when its first probe is stored and dropped
 * whole. Times are epoch milliseconds. JSON is written by this room only.
 */
export const first: Migration = {
  schema: 1,
  sql: `
    -- The number of a server id, given once and kept even when the server is removed.
    CREATE TABLE server (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;

    -- Entries made in the browser. The leaves named in 'secrets' (JSON list of paths) hold sealed texts.
    CREATE TABLE server_entry (id TEXT PRIMARY KEY, entry TEXT NOT NULL, secrets TEXT NOT NULL) STRICT;
    CREATE TABLE channel_entry (id TEXT PRIMARY KEY, entry TEXT NOT NULL, secrets TEXT NOT NULL) STRICT;

    CREATE TABLE pause (server TEXT PRIMARY KEY, at INTEGER NOT NULL, until INTEGER) STRICT;

    -- 'version' lags behind while results change nothing else; it is caught up on close.
    CREATE TABLE status (
      server INTEGER PRIMARY KEY REFERENCES server (n),
      version INTEGER NOT NULL,
      body TEXT NOT NULL
    ) STRICT;

    -- A state holds from 'at' until the next row of the same server, so spans cannot overlap.
    CREATE TABLE state_change (
      server INTEGER NOT NULL REFERENCES server (n),
      at INTEGER NOT NULL,
      state TEXT NOT NULL,
      PRIMARY KEY (server, at)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE incident (
      n INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      server INTEGER NOT NULL REFERENCES server (n),
      signal TEXT NOT NULL,
      resolved_at INTEGER,
      acknowledged_at INTEGER,
      acknowledged_note TEXT,
      body TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX incident_open ON incident (server, signal) WHERE resolved_at IS NULL;
    CREATE INDEX incident_server ON incident (server);

    CREATE TABLE outbox (
      n INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      server INTEGER NOT NULL REFERENCES server (n),
      incident TEXT NOT NULL,
      channel TEXT,
      event TEXT NOT NULL,
      at INTEGER NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'failed', 'merged', 'nobody')),
      next_try_at INTEGER,
      lease_until INTEGER,
      tries INTEGER NOT NULL DEFAULT 0,
      first_tried_at INTEGER,
      notice TEXT NOT NULL,
      deliveries TEXT NOT NULL DEFAULT '[]'
    ) STRICT;
    CREATE INDEX outbox_status ON outbox (status);
    CREATE INDEX outbox_incident ON outbox (incident, channel);
    CREATE INDEX outbox_server ON outbox (server);
  `,
};
