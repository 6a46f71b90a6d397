import type { Migration } from '../migrate.ts';

/**
 * How long each step took, by hour and by UTC day, made from the day tables once the hour is over (rollups.ts). 'at' is
 * the first millisecond, 'max' microseconds (null: never timed), 'histogram' pairs of bucket and count.
 */
export const rollups: Migration = {
  schema: 5,
  sql: `
    CREATE TABLE roll_hour (
      server INTEGER NOT NULL REFERENCES server (n),
      step INTEGER NOT NULL,
      at INTEGER NOT NULL,
      count INTEGER NOT NULL,
      failed INTEGER NOT NULL,
      max INTEGER,
      histogram BLOB NOT NULL,
      PRIMARY KEY (server, step, at)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE roll_day (
      server INTEGER NOT NULL REFERENCES server (n),
      step INTEGER NOT NULL,
      at INTEGER NOT NULL,
      count INTEGER NOT NULL,
      failed INTEGER NOT NULL,
      max INTEGER,
      histogram BLOB NOT NULL,
      PRIMARY KEY (server, step, at)
    ) STRICT, WITHOUT ROWID;

    -- One row: every hour that ended up to then is in roll_hour.
    CREATE TABLE rolled (until INTEGER NOT NULL) STRICT;
  `,
};
