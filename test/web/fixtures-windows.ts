import type { MaintenanceWindow, StatusPage } from '../../src/http/wire.ts';
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

/** One of the file that shows all it names, and one made in the browser that names a server which is not public. */
export const PAGES: readonly StatusPage[] = [
  {
    id: 'main',
    source: 'config',
    title: 'Status',
    servers: [],
    tags: ['prod'],
    notes: '',
    url: 'https://alive.example.com/status/main',
    shown: ['orders', 'files'],
    hidden: [],
    defined_at: { file: 'config.yaml', line: 42 },
    config: { id: 'main', title: 'Status', tags: ['prod'] },
  },
  {
    id: 'team',
    source: 'ui',
    title: 'For the team',
    servers: ['weather', 'billing'],
    tags: [],
    notes: 'Planned work is announced here.',
    url: 'https://alive.example.com/status/team',
    shown: ['weather'],
    hidden: ['billing'],
    defined_at: null,
    config: {
      id: 'team',
      title: 'For the team',
      servers: ['weather', 'billing'],
      notes: 'Planned work is announced here.',
    },
  },
];
