import type { Migration } from '../migrate.ts';

/** Lists of tools, once per distinct value; how each server's list stands; and how it changed. */
export const tools: Migration = {
  schema: 2,
  sql: `
    CREATE TABLE tool_list (n INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, body TEXT NOT NULL) STRICT;

    CREATE TABLE tool_standing (
      server INTEGER PRIMARY KEY REFERENCES server (n),
      accepted INTEGER NOT NULL REFERENCES tool_list (n),
      current INTEGER NOT NULL REFERENCES tool_list (n),
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX tool_standing_accepted ON tool_standing (accepted);
    CREATE INDEX tool_standing_current ON tool_standing (current);

    CREATE TABLE tool_change (
      n INTEGER PRIMARY KEY,
      server INTEGER NOT NULL REFERENCES server (n),
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX tool_change_server ON tool_change (server, n);
  `,
};
