import type { Migration } from '../migrate.ts';

/** Status pages made in the browser. */
export const statusPages: Migration = {
  schema: 6,
  sql: `
    -- 'secrets' is always empty: the table has the shape of the other entries.
    CREATE TABLE status_page_entry (id TEXT PRIMARY KEY, entry TEXT NOT NULL, secrets TEXT NOT NULL) STRICT;
  `,
};
