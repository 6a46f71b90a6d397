import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry } from '../../src/config/config.ts';
import { withDefaults } from '../../src/config/merge.ts';
import { parseMerged } from '../../src/config/parse-merged.ts';
import { defaultsSchema, serverSchema } from '../../src/config/server-schema.ts';

const shared = {
  interval: fc.constantFrom('60s', '5m'),
  cron: fc.constantFrom('*/5 * * * *'),
  timezone: fc.constantFrom('Europe/Berlin'),
  timeout: fc.constantFrom('3s', '10s'),
  headers: fc.constantFrom({ 'X-One': 'a' }, { 'X-Two': 'b' }),
  auth: fc.constantFrom<Entry>(
    { type: 'bearer', token: 'one' },
    { type: 'basic', username: 'u', password: 'p' },
    { type: 'client_credentials', issuer: 'https://issuer.example/', client_id: 'c', client_secret: 's' },
  ),
  canary: fc.constantFrom<Entry>({ tool: 'a', timeout: '2s' }, { tool: 'b' }, { resource: 'r' }, { timeout: '1s' }),
  health_url: fc.constantFrom('https://one.example/', { ready: 'https://two.example/', expect_status: [200] }),
  confirm: fc.constantFrom<Entry>({ down: 5 }, { up: 1, recheck: '5s' }),
  alerts: fc.constantFrom<Entry>({ pool: false }, { latency: [{ p95: '1s' }], tls: ['7d'] }, { reminder: '1h' }),
  tags: fc.constantFrom(['a'], ['b', 'c']),
  paused: fc.boolean(),
};
const defaults = fc.record(shared, { requiredKeys: [] });
const entry = fc.record(
  { id: fc.constant('orders'), url: fc.constant('https://orders.example/mcp'), name: fc.constant('Orders'), ...shared },
  { requiredKeys: ['id', 'url'] },
);

test('an entry over the defaults, put together from what was read before, is what the schema makes of both', () => {
  fc.assert(
    fc.property(defaults, entry, (below, own) => {
      const merged = withDefaults(below, own);
      const whole = serverSchema.safeParse(merged);
      const parts = { entry: serverSchema.parse(own), defaults: defaultsSchema.parse(below) };
      const found = parseMerged({ merged, resolved: own, defaults: below }, parts);
      expect(found).toEqual(whole.success ? { success: true, data: whole.data } : { success: false });
    }),
    { numRuns: 200 },
  );
});
