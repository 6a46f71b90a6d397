import type { MaintenanceWindow } from '../../src/http/wire.ts';
import { iso } from './fixtures.ts';

const HOUR = 3_600_000;

function windowOf(id: string, changes: Partial<MaintenanceWindow>): MaintenanceWindow {
  const opens = (weeks: number) => Date.UTC(2030, 0, 6 + weeks * 7, 2);
  return {
    id,
    source: 'config',
    servers: [],
    tags: [],
    cron: null,
    timezone: null,
    starts_at: null,
    duration_ms: HOUR,
    active: false,
    until: null,
    next: [0, 1, 2].map((weeks) => ({ from: iso(opens(weeks)), to: iso(opens(weeks) + HOUR) })),
    defined_at: null,
    config: { id, duration: '1h' },
    ...changes,
  };
}

/** One of the file that comes again and again, and one made in the browser that is open. */
export const PLANNED: readonly MaintenanceWindow[] = [
  windowOf('deploy', {
    source: 'ui',
    servers: ['weather', 'files'],
    config: {
      id: 'deploy',
      servers: ['weather', 'files'],
      tags: [],
      starts_at: '2029-12-31T22:00:00.000Z',
      duration: '1h',
    },
    active: true,
    until: '2029-12-31T23:00:00.000Z',
    next: [],
  }),
  windowOf('sunday', { cron: '0 3 * * SUN', timezone: 'Europe/Berlin', tags: ['postgres'] }),
];
