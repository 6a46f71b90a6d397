import type { Migration } from '../migrate.ts';

/** Notices may be muted, and several may be told in one message, by which a repeat is known; how each channel fares. */
export const delivery: Migration = {
  schema: 3,
  sql: `
    CREATE TABLE outbox_next (
      n INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      server INTEGER NOT NULL REFERENCES server (n),
      incident TEXT NOT NULL,
      channel TEXT,
      event TEXT NOT NULL,
      at INTEGER NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'failed', 'merged', 'muted', 'nobody')),
      next_try_at INTEGER,
      lease_until INTEGER,
      tries INTEGER NOT NULL DEFAULT 0,
      first_tried_at INTEGER,
      -- The message it is told in, from its first try on: the same for all notices that share one.
      message TEXT,
      notice TEXT NOT NULL,
      deliveries TEXT NOT NULL DEFAULT '[]'
    ) STRICT;
    INSERT INTO outbox_next
      SELECT n, id, server, incident, channel, event, at, status, next_try_at, lease_until, tries, first_tried_at,
        iif(tries > 0, id, NULL), notice, deliveries
      FROM outbox;
    DROP TABLE outbox;
    ALTER TABLE outbox_next RENAME TO outbox;
    CREATE INDEX outbox_status ON outbox (status, channel);
    CREATE INDEX outbox_incident ON outbox (incident, channel);
    CREATE INDEX outbox_server ON outbox (server);
    CREATE INDEX outbox_message ON outbox (message);
    CREATE INDEX outbox_due ON outbox (channel, next_try_at) WHERE status = 'pending';

    CREATE TABLE channel_health (channel TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
  `,
};
