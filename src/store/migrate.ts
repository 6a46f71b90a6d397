import type { Database } from 'better-sqlite3';
import { StoreError } from '../core/store.ts';

/** One step of the schema, forward only. After it the store's `user_version` is `schema`. */
export interface Migration {
  readonly schema: number;
  readonly sql: string;
}

/** Marks the file as ours ("AMCP"), so that another program's database is never taken for an empty store. */
export const APPLICATION_ID = 0x41_4d_43_50;

/** The schema of an opened file: 0 when it is new. Throws a StoreError for a file that is not ours or that is newer than `known`. */
export function schemaOf(db: Database, path: string, known: number): number {
  const schema = Number(db.pragma('user_version', { simple: true }));
  const owner = Number(db.pragma('application_id', { simple: true }));
  const tables = Number(db.prepare('SELECT count(*) FROM sqlite_master').pluck().get());
  if (owner === APPLICATION_ID ? schema < 1 : owner !== 0 || schema !== 0 || tables > 0) {
    throw new StoreError(`The store ${path} is a database of another program. Choose another path with --store.`);
  }
  if (schema > known) {
    throw new StoreError(
      `This store was written by a newer AliveMCP (schema ${schema}; this version knows ${known}). Start that version, or restore a backup.`,
    );
  }
  return schema;
}

/** Brings the schema up to the last of `migrations`, each in one transaction: after a crash it is the old or the new one. */
export function migrate(db: Database, from: number, migrations: readonly Migration[]): void {
  for (const { schema, sql } of migrations.filter((migration) => migration.schema > from)) {
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`application_id = ${APPLICATION_ID}`);
      db.pragma(`user_version = ${schema}`);
    }).immediate();
  }
}
