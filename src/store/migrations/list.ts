import type { Migration } from '../migrate.ts';
import { first } from './001-first.ts';
import { tools } from './002-tools.ts';
import { delivery } from './003-delivery.ts';
import { maintenance } from './004-maintenance.ts';
import { rollups } from './005-rollups.ts';
import { statusPages } from './006-status-pages.ts';
import { retention } from './007-retention.ts';

/** All migrations, oldest first. Released ones are never changed: a new schema is a new file. */
export const migrations: readonly Migration[] = [first, tools, delivery, maintenance, rollups, statusPages, retention];
