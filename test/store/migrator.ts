import Database from 'better-sqlite3';
import { migrate, schemaOf } from '../../src/store/migrate.ts';
import { migrations } from '../../src/store/migrations/list.ts';
import { statementsOf } from './statements.ts';

/**
 * A process that brings a store up to date and dies within the migration to a schema, after so many of its statements.
 * Usage: migrator.ts FILE SCHEMA STATEMENTS
 */
const [, , file = '', schema = '0', statements = '0'] = process.argv;
const db = new Database(file);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.function('die', () => process.kill(process.pid, 'SIGKILL'));
const deadly = migrations.map((migration) => {
  if (migration.schema !== Number(schema)) return migration;
  const all = statementsOf(migration.sql);
  const sql = [...all.slice(0, Number(statements)), 'SELECT die();', ...all.slice(Number(statements))].join('\n');
  return { ...migration, sql };
});
migrate(db, schemaOf(db, file, migrations.length), deadly);
