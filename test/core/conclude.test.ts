import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conclude } from '../../src/core/conclude.ts';
import type { Incident } from '../../src/core/incident.ts';
import type { Notice } from '../../src/core/notice.ts';
import type { ProbeReport } from '../../src/core/probe.ts';
import { reason } from '../../src/core/reasons.ts';
import type { Route } from '../../src/core/routing.ts';
import type { Server } from '../../src/core/server.ts';
import { newStatus } from '../../src/core/state.ts';
import { aCanary, aFailure, anAnswer, aReport, aServer, callTool, NOON } from '../fixtures/facts.ts';

const MINUTE = 60_000;
const OPS: Route = { id: 'ops', severity: null, tags: [] };
const watched = aServer({
  canaries: [callTool],
  healthUrl: { ready: 'http://x/ready', live: null, headers: {}, expectStatus: null },
  channels: ['ops', 'pager'],
  tags: ['prod'],
});

const healthy = { ready: anAnswer(200), live: null };
const unhealthy = { ready: anAnswer(503, { status: 'degraded', reason: 'connection_pool_backlog' }), live: null };
const GOOD = aCanary({ kind: 'result', isError: false, text: '{"ok":true}', json: { ok: true } }, { health: healthy });
const SILENT = aCanary(
  { kind: 'result', isError: true, text: 'database unavailable', json: undefined },
  { health: healthy },
);
const BOTH = { ...SILENT, health: unhealthy };
const SICK = { ...GOOD, health: unhealthy };
const GONE = aFailure(reason('tcp_refused', 'connect'), { health: healthy });

interface Played {
  readonly open: readonly Incident[];
  readonly all: readonly Incident[];
  readonly told: readonly string[];
  readonly notices: readonly { notice: Notice; channel: string | null }[];
}

/** Plays reports a minute apart through the whole decision, keeping what a store would keep. */
function play(reports: readonly ProbeReport[], server: Server = watched, routes: readonly Route[] = [OPS]): Played {
  let status = newStatus(server.id, NOON);
  const incidents = new Map<string, Incident>();
  const notices: { notice: Notice; channel: string | null }[] = [];
  let ids = 0;
  for (const [index, report] of reports.entries()) {
    const at = NOON + index * MINUTE;
    const open = [...incidents.values()].filter(({ resolvedAt }) => resolvedAt === null);
    const commit = conclude({
      server,
      report: { ...report, startedAt: at },
      status,
      open,
      samplesOf: () => [],
      routes,
      publicUrl: 'http://127.0.0.1:8080/',
      at: at + 100,
      newId: () => `id${ids++}`,
    });
    status = commit.status;
    for (const incident of commit.incidents) incidents.set(incident.id, incident);
    notices.push(...commit.notices);
  }
  const all = [...incidents.values()];
  return {
    all,
    open: all.filter(({ resolvedAt }) => resolvedAt === null),
    told: notices.map(({ notice, channel }) => `${notice.event} ${notice.incident.signal} → ${channel ?? 'nobody'}`),
    notices,
  };
}

test('a silent failure opens one incident, told once, and one recovery', () => {
  const { all, told, notices } = play([GOOD, SILENT, SILENT, SILENT, SILENT, GOOD, GOOD]);
  expect(told).toEqual(['incident.opened canary → ops', 'incident.resolved canary → ops']);
  expect(all).toHaveLength(1);
  expect(all[0]).toMatchObject({
    signal: 'canary',
    severity: 'critical',
    startedAt: NOON + MINUTE,
    openedAt: NOON + 3 * MINUTE + 100,
    resolvedAt: NOON + 5 * MINUTE,
    probeCount: 4,
    evidence: { silentFailure: true, texts: ['database unavailable'] },
  });
  expect(notices[0]?.notice.dedupKey).toBe(notices[1]?.notice.dedupKey);
  expect(notices[0]?.notice.id).not.toBe(notices[1]?.notice.id);
  expect(notices[0]?.notice.dashboardUrl).toBe(`http://127.0.0.1:8080/incidents/${all[0]?.id}`);
});

test('a server that was never up is shown but not announced, neither down nor back', () => {
  const { all, told } = play([GONE, GONE, GONE, GOOD, GOOD]);
  expect(all).toHaveLength(1);
  expect(told).toEqual([]);
});

test('announce_first pages even if it was never up', () => {
  const { told } = play([GONE], aServer({ channels: ['ops'], announceFirst: true }));
  expect(told).toEqual(['incident.opened protocol → ops']);
});

test('a lesser incident beside a greater one is attached, and told only if it outlives it', () => {
  const together = play([GOOD, BOTH, BOTH, BOTH, GOOD, GOOD]);
  expect(together.told).toEqual(['incident.opened canary → ops', 'incident.resolved canary → ops']);
  const outlives = play([GOOD, BOTH, BOTH, BOTH, SICK, SICK, GOOD, GOOD]);
  expect(outlives.told).toEqual([
    'incident.opened canary → ops',
    'incident.resolved canary → ops',
    'incident.opened health_url → ops',
    'incident.resolved health_url → ops',
  ]);
});

test('an attached incident that is recovering when the first resolves is told only if it does not', () => {
  const lagging = play([GOOD, BOTH, BOTH, BOTH, SICK, GOOD, GOOD]);
  expect(lagging.told).toEqual(['incident.opened canary → ops', 'incident.resolved canary → ops']);
  expect(lagging.open).toEqual([]);
  const relapsing = play([GOOD, BOTH, BOTH, BOTH, SICK, GOOD, SICK]);
  expect(relapsing.told.at(-1)).toBe('incident.opened health_url → ops');
});

test('a greater incident beside a lesser one is told', () => {
  const { told } = play([GOOD, SICK, SICK, SICK, BOTH, BOTH, BOTH]);
  expect(told).toEqual(['incident.opened health_url → ops', 'incident.opened canary → ops']);
});

test('without a channel the notice is kept as told to nobody', () => {
  const { told, all } = play([GOOD, GONE, GONE, GONE], watched, []);
  expect(told).toEqual(['incident.opened protocol → nobody']);
  expect(all[0]?.told).toEqual([]);
});

test('channels take severities and tags; a recovery goes where the opening went', () => {
  const routes: Route[] = [
    { id: 'ops', severity: 'critical', tags: [] },
    { id: 'pager', severity: null, tags: ['staging'] },
    { id: 'elsewhere', severity: null, tags: [] },
  ];
  expect(play([GOOD, SICK, SICK, SICK], watched, routes).told).toEqual(['incident.opened health_url → nobody']);
  expect(play([GOOD, GONE, GONE, GONE, GOOD, GOOD], watched, routes).told).toEqual([
    'incident.opened protocol → ops',
    'incident.resolved protocol → ops',
  ]);
});

test('refused credentials are an incident only where credentials are configured', () => {
  const closed = aFailure(reason('auth_required', 'initialize'));
  expect(play([GOOD, closed, closed, closed]).all).toEqual([]);
  const refused = aFailure(reason('auth_rejected', 'initialize'));
  const withToken = { ...watched, auth: { type: 'bearer' as const, token: 'secret-token' } };
  expect(play([GOOD, refused, refused, refused], withToken).told).toEqual(['incident.opened auth → ops']);
  const throttled = aFailure(reason('rate_limited', 'initialize'));
  expect(play([GOOD, throttled, throttled, throttled], withToken).all).toEqual([]);
});

test('credentials in a header count as credentials', () => {
  const refused = aFailure(reason('auth_rejected', 'initialize'));
  expect(play([GOOD, refused, refused, refused]).told).toEqual(['incident.opened auth → ops']);
});

test('credentials that run out soon open an incident while the server is only degraded', () => {
  const expiring = aReport({ credential: { expiresAt: NOON + 71 * 3_600_000 } });
  const played = play([GOOD, expiring, expiring, expiring]);
  expect(played.told).toEqual(['incident.opened auth → ops']);
  expect(played.all.map(({ level, reason: why }) => [level, why.code])).toEqual([['warn', 'credential_expiring']]);
});

test('slow initialize opens a latency incident with its figures', () => {
  const slow = aReport({ steps: [{ name: 'initialize', status: 'ok', ms: 640, error: null }] });
  const rule = {
    of: 'initialize' as const,
    p95Ms: 500,
    overMs: 60 * MINUTE,
    minSamples: 20,
    confirmOverMs: 10 * MINUTE,
    spike: null,
  };
  const server = aServer({ latencyRules: [rule], channels: ['ops'] });
  const samples = Array.from({ length: 30 }, (_, at) => ({ at: NOON - at * MINUTE, ms: 640 }));
  const status = { ...newStatus('orders', NOON), everUp: true };
  const context = {
    server,
    report: slow,
    open: [],
    samplesOf: () => samples,
    routes: [OPS],
    publicUrl: '',
    newId: () => 'x',
  };
  const commit = conclude({ ...context, status, at: NOON });
  expect(commit.status.state).toBe('degraded');
  expect(commit.incidents[0]).toMatchObject({
    signal: 'latency',
    severity: 'warning',
    reason: { code: 'latency_p95' },
  });
});

test('whatever comes: one open incident per signal, every resolved follows its opened, replay gives the same', () => {
  const any = fc.constantFrom(
    GOOD,
    SILENT,
    BOTH,
    SICK,
    GONE,
    aFailure(reason('blocked', 'connect')),
    aFailure(reason('timeout', 'initialize')),
  );
  fc.assert(
    fc.property(fc.array(any, { maxLength: 80 }), (reports) => {
      const { open, notices } = play(reports);
      expect(new Set(open.map(({ signal }) => signal)).size).toBe(open.length);
      const opened = new Set<string>();
      for (const { notice } of notices) {
        if (notice.event === 'incident.opened') {
          expect(opened.has(notice.dedupKey)).toBe(false);
          opened.add(notice.dedupKey);
        } else expect(opened.has(notice.dedupKey)).toBe(true);
      }
      expect(play(reports).notices).toEqual(notices);
    }),
    { numRuns: 300 },
  );
});

test('a server that goes away after it said that it drains did not crash', () => {
  const draining = { ...GOOD, health: { ready: anAnswer(503, { status: 'draining' }), live: anAnswer(200) } };
  const gone = aFailure(reason('tcp_refused', 'connect'), { health: null });
  const { all } = play([GOOD, draining, draining, draining, gone, gone, gone]);
  expect(all.map(({ signal, cause }) => [signal, cause?.code])).toEqual([
    ['health_url', 'draining'],
    ['protocol', 'draining'],
  ]);
  const crashed = play([GOOD, gone, gone, gone]).all;
  expect(crashed.map(({ signal, cause }) => [signal, cause?.code])).toEqual([['protocol', undefined]]);
});
