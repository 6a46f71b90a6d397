import { expect, onTestFinished, test } from 'vitest';
import type { Prober } from '../../src/core/ports.ts';
import { isTurning } from '../../src/core/state.ts';
import type { ServerStatus } from '../../src/core/status.ts';
import { createProber } from '../../src/probe/prober.ts';
import { settled, startEngine } from '../engine/support.ts';
import { APP_PASSWORD, APP_ROLE, startCluster, startPair } from '../reference/cluster.ts';
import type { FaultOrder } from '../reference/faults.ts';
import { type ReferenceProcess, startReferences } from '../reference/reference.ts';
import { createSkippingClock } from '../reference/skipping-clock.ts';
import { keepingLog } from '../store/quiet.ts';

const DAY_MS = 24 * 3_600_000;
/** Between two probes of a server. The program’s default takes half an hour by hand: `EVERY_MS=60000`. */
const EVERY_MS = Number(process.env['EVERY_MS'] ?? 1_200_000);
/** What goes by really while something is not well: else a moment of theirs lasts for as many minutes as are skipped. */
const MOMENT_MS = 500;

/** As their authors write them; between two probes of a skipped minute a pool closes its idle clients, or keeps them. */
const STYLES = [
  { figures: 'with-max', counts: 'holding', idleTimeoutMs: 1 },
  { figures: 'plain', counts: 'holding', idleTimeoutMs: 1 },
  { figures: 'camel', counts: 'holding', idleTimeoutMs: 30_000 },
  { figures: 'counted', counts: 'after', idleTimeoutMs: 30_000 },
  { figures: 'with-max', counts: 'after', idleTimeoutMs: 1, max: 2 },
] as const;
/** Callers that come and go. */
const BUSY: FaultOrder = { name: 'traffic', on: true, callers: 2, everyMs: 200 };

/** Each style twice: nobody calls the first half, the others have callers. The last of each half has a standby. */
async function startServers(): Promise<ReferenceProcess> {
  const cluster = await startCluster({ maxConnections: 200 });
  onTestFinished(cluster.close);
  const [primary, standby] = await startPair();
  onTestFinished(primary.close);
  onTestFinished(standby.close);
  const login = { user: APP_ROLE, password: APP_PASSWORD };
  const half = [
    ...STYLES.map((style) => ({ ...style, database: { port: cluster.port, ...login } })),
    { database: { port: primary.port, ...login }, replicaPort: standby.port },
  ];
  const references = await startReferences([...half, ...half.map((options) => ({ ...options, max: 10 }))]);
  onTestFinished(references.close);
  for (const server of references.servers.slice(half.length)) await server.fault(BUSY);
  return references;
}

async function passing(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

function isUneasy(status: ServerStatus | undefined): boolean {
  return status === undefined || status.state !== 'up' || isTurning(status);
}

/** A day of probes of real servers by the real prober; the minutes between them are skipped. */
async function watchForADay({ servers }: ReferenceProcess): Promise<void> {
  const clock = createSkippingClock();
  const network = { mode: 'private', allow: [], deny: [] } as const;
  const real = createProber({ network, clock, location: 'local', log: keepingLog(), version: '0.0.0', env: {} });
  const running = { now: 0, ended: 0 };
  const prober: Prober = {
    async probe(request) {
      running.now += 1;
      return real.probe(request).finally(() => {
        running.now -= 1;
        running.ended += 1;
      });
    },
  };
  const defaults = {
    interval: `${EVERY_MS}ms`,
    canary: { tool: 'health_check', expect: [{ path: 'ok', equals: true }] },
    // How fast they answer is the machine's own affair.
    alerts: { latency: [] },
  };
  const entries = servers.map(({ entry }, at) => ({ id: `server-${at}`, ...entry }));
  const { monitor, store } = await startEngine(JSON.stringify({ defaults, servers: entries }), { clock, prober });
  const end = clock.monotonic() + DAY_MS;
  while (clock.monotonic() < end) {
    clock.advance(clock.untilNext() ?? EVERY_MS);
    await settled();
    if (running.now === 0) continue;
    while (running.now > 0) await passing(1);
    if (entries.some(({ id }) => isUneasy(monitor.server(id)?.status))) await passing(MOMENT_MS);
  }
  const { items } = await store.incidents({ state: null, serverId: null }, { limit: 100, cursor: null });
  expect(items.map(({ serverId, reason }) => `${serverId}: ${reason.message}`)).toEqual([]);
  expect(running.ended).toBeGreaterThanOrEqual((servers.length * DAY_MS) / EVERY_MS - servers.length);
  for (const { id } of entries) expect(monitor.server(id)?.beats()).toBe('u'.repeat(48));
}

test('servers on a real database, idle ones and busy ones, watched for a day: not one warning', {
  timeout: 1_800_000,
}, async () => {
  await watchForADay(await startServers());
});
