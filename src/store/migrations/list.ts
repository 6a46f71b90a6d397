import type { Migration } from '../migrate.ts';
import { first } from './001-first.ts';

/** All migrations, oldest first. Released ones are never changed: a new schema is a new file. */
export const migrations: readonly Migration[] = [first];
