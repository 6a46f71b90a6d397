import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { POOL_REASONS } from '../../src/core/pool-reason.ts';
import { REASONS } from '../../src/core/reasons.ts';
import { type Api, openApi } from '../fixtures/api.ts';
import { STDIO_SERVER } from '../fixtures/processes.ts';
import { openPlace } from '../fixtures/program.ts';
import { authority, certificate } from '../fixtures/targets/certificates.ts';
import { closedPort, startFullListener } from '../fixtures/targets/deaf.ts';
import { closeAll, listen, startHealthy } from '../fixtures/targets/healthy.ts';
import { startHostile } from '../fixtures/targets/hostile.ts';
import { startMoody } from '../fixtures/targets/moody.ts';
import type { RowName } from '../fixtures/targets/rows.ts';
import { startSse } from '../fixtures/targets/sse-server.ts';
import { until } from '../fixtures/until.ts';

/** Who gives the reason, by the name of the address in `startTargets`, or a row of the hostile target; and the rest of the entry. */
type Case = readonly [
  code: keyof typeof REASONS,
  target: RowName | Target | 'process',
  entry?: Readonly<Record<string, unknown>>,
];
type Target = keyof Awaited<ReturnType<typeof startTargets>>['urls'];

const check = { tool: 'check' };

/** A token that says it ends in `ms`. */
function tokenFor(ms: number): string {
  const claims = { exp: Math.floor((Date.now() + ms) / 1000) };
  return [{ alg: 'none' }, claims, 'x']
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
}

function clientOf(issuer: string): Readonly<Record<string, string>> {
  return { type: 'client_credentials', issuer, client_id: 'watcher', client_secret: 'a-secret-of-ours' };
}

const CASES: readonly Case[] = [
  ['tcp_refused', 'closed'],
  ['tcp_timeout', 'full'],
  ['connection_reset', 'reset-at-once'],
  ['not_http', 'banner'],
  ['tls_expired', 'expired'],
  ['tls_self_signed', 'self-signed'],
  ['tls_untrusted', 'untrusted'],
  ['tls_name_mismatch', 'other-name'],
  ['tls_protocol', 'plain'],
  ['tls_client_cert_required', 'wants-certificate'],
  ['blocked', 'metadata'],
  ['http_client_error', 'status-404'],
  ['http_server_error', 'status-502'],
  ['redirect_refused', 'redirect-away'],
  ['wrong_content_type', 'login-page'],
  ['bad_encoding', 'gzip'],
  ['headers_too_large', 'long-header'],
  ['response_too_large', 'endless-json'],
  ['probe_budget', 'nineteen-pages', { timeout: '20s', canary: Array.from({ length: 10 }, () => check) }],
  ['auth_required', 'status-401'],
  ['auth_rejected', 'status-401', { auth: { type: 'bearer', token: 'a-token-it-rejects' } }],
  ['forbidden', 'status-403'],
  ['insufficient_scope', 'status-403-scope'],
  ['token_endpoint_failed', 'good', { auth: clientOf('http://127.0.0.1:1') }],
  ['credential_expiring', 'good', { auth: { type: 'bearer', token: tokenFor(3_600_000) } }],
  ['rate_limited', 'status-429'],
  ['bad_json', 'bad-json'],
  ['json_too_deep', 'too-deep'],
  ['not_jsonrpc', 'not-rpc'],
  ['id_mismatch', 'wrong-id'],
  ['no_response', 'status-202'],
  ['stream_ended', 'stream-ends'],
  ['stream_bad_event', 'stream-bad-json'],
  ['server_flood', 'flood'],
  ['rpc_error', 'rpc-error'],
  ['version_mismatch', 'version-unknown'],
  ['init_invalid', 'init-empty'],
  ['initialized_rejected', 'initialized-500'],
  ['session_lost', 'session-lost'],
  ['session_invalid', 'session-long'],
  ['tools_list_invalid', 'tools-not-array'],
  ['tools_list_empty', 'tools-empty'],
  ['too_many_tools', 'tools-too-many'],
  ['pagination_loop', 'tools-same-cursor'],
  ['canary_is_error', 'canary-error', { canary: check }],
  ['canary_not_ok', 'canary-not-ok', { canary: check }],
  ['canary_expectation', 'good', { canary: { ...check, expect: [{ path: 'ok', equals: 'yes' }] } }],
  ['canary_tool_missing', 'good', { canary: { tool: 'other' } }],
  ['canary_invalid_result', 'canary-odd-content', { canary: check }],
  ['canary_rpc_error', 'canary-rpc-error', { canary: check }],
  ['canary_timeout', 'canary-hangs', { canary: { ...check, timeout: '1s' } }],
  ['canary_unsafe', 'canary-destructive', { canary: check }],
  ['health_status', 'good', { health_url: 'STATUS' }],
  ['health_unreachable', 'good', { health_url: 'CLOSED' }],
  [
    'latency_p95',
    'slow',
    { interval: '1s', timeout: '10s', alerts: { latency: [{ p95: '500ms', over: '1m', min_samples: 5 }] } },
  ],
  ['tls_expiring', 'expiring'],
  ['timeout', 'slow-always'],
  ['sse_no_endpoint', 'sse-no-endpoint', { transport: 'sse' }],
  ['spawn_failed', 'process', { command: ['/no/such/program'] }],
  ['process_exited', 'process', { command: [process.execPath, STDIO_SERVER, 'exits-at-once', '/dev/null'] }],
  ['stdout_noise', 'process', { command: [process.execPath, STDIO_SERVER, 'garbage', '/dev/null'] }],
];

/** Codes that another test produces through the running program. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  dns_not_found: 'e2e/names.test.ts',
  dns_failed: 'e2e/names.test.ts',
  monitor_fault: 'e2e/names.test.ts',
  latency_spike: 'e2e/latency.test.ts',
  monitor_offline: 'e2e/offline.test.ts',
  tools_changed: 'e2e/drift.test.ts',
  tools_changed_breaking: 'e2e/drift.test.ts',
  tools_unstable: 'e2e/drift.test.ts',
  tool_invalid: 'e2e/drift.test.ts',
  monitor_channel_failing: 'e2e/deliveries.test.ts',
  monitor_disk_low: 'engine/disk-watch.test.ts',
  ...Object.fromEntries(POOL_REASONS.map((code) => [code, 'e2e/pools.test.ts'])),
  // A probe called off is not kept: no answer of the program ever holds it.
  not_monitored: 'probe/connection.test.ts',
};

async function startTargets() {
  const ca = await authority();
  const secure = async (wishes: Parameters<typeof certificate>[0]) => startHealthy({ tls: await certificate(wishes) });
  const [expired, expiring, selfSigned, untrusted, otherName, plain, hostile, moody, full, sse] = await Promise.all([
    secure({ by: ca, from: new Date('2025-01-01'), to: new Date('2025-10-01') }),
    secure({ by: ca, to: new Date(Date.now() + 10 * 24 * 3_600_000) }),
    secure({}),
    secure({ by: await authority() }),
    secure({ by: ca, name: 'other.example' }),
    startHealthy(),
    startHostile(),
    startMoody(),
    startFullListener(),
    startSse(),
  ]);
  moody.become({ kind: 'slow', ms: 1000 });
  const asks = createServer({
    ...(await certificate({ by: ca })),
    ca: ca.cert,
    requestCert: true,
    minVersion: 'TLSv1.3',
  });
  const askingPort = await listen(asks);
  const nothing = `http://127.0.0.1:${await closedPort()}/mcp`;
  const servers = [expired, expiring, selfSigned, untrusted, otherName, plain, hostile, moody, full, sse];
  return {
    ca,
    hostile,
    urls: {
      closed: nothing,
      full: `http://127.0.0.1:${full.port}/mcp`,
      expired: expired.url,
      expiring: expiring.url,
      'self-signed': selfSigned.url,
      untrusted: untrusted.url,
      'other-name': otherName.url,
      plain: plain.url.replace('http:', 'https:'),
      'wants-certificate': `https://localhost:${askingPort}/mcp`,
      metadata: 'http://169.254.169.254/mcp',
      slow: moody.url(),
      'sse-no-endpoint': sse.url('no-endpoint'),
    },
    close: async () => {
      await Promise.all([...servers.map((server) => server.close()), closeAll(asks, new Set())]);
    },
  };
}

let api: Api;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const targets = await startTargets();
  closers.push(targets.close);
  const here = await openPlace();
  closers.push(here.close);
  const urls = new Map<string, string>(Object.entries(targets.urls));
  const healthUrls: Readonly<Record<string, string>> = {
    STATUS: targets.hostile.url('status-502'),
    CLOSED: targets.urls.closed,
  };
  await here.write('authority.pem', targets.ca.cert);
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db', concurrency: { total: 60, per_origin: 60 } },
    defaults: { interval: '4s', timeout: '2s', confirm: { down: 2, up: 2, recheck: '1s' } },
    servers: CASES.map(([code, target, { health_url: health, ...entry } = {}]) => ({
      id: idOf(code),
      ...(target === 'process'
        ? {}
        : { url: urls.get(target) ?? new URL(`/${target}`, targets.hostile.url('good')).href }),
      ...entry,
      ...(health === undefined ? {} : { health_url: healthUrls[String(health)] }),
    })),
  });
  const program = await here.serve({ env: { NODE_EXTRA_CA_CERTS: here.path('authority.pem') } });
  api = openApi(program.url);
  closers.push(async () => expect(program.stderr()).toBe(''));
});

afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

const idOf = (code: string): string => code.replaceAll('_', '-');

test.for(CASES)('%s is given for a server that is %s', { timeout: 120_000 }, async ([code]) => {
  // The first may be a timeout where the machine is busy, and P95 takes several.
  const seen = new Set<string>();
  const probe = await until(
    async () => {
      const probes = await api.probes(idOf(code));
      for (const { reason } of probes) seen.add(reason?.code ?? 'none');
      return probes.find(({ reason }) => reason?.code === code);
    },
    { what: `a probe of ${code}`, ms: 60_000, everyMs: 100 },
  ).catch((error: unknown) => expect.fail(`${String(error)}; seen: ${[...seen].join(', ')}`));
  expect(probe.reason?.layer).toBe(REASONS[code].layer);
  expect(probe.reason?.message).toMatch(/^\S.*\S$/);
  const bad = Object.entries(probe.signals).flatMap(([signal, level]) => (level === 'ok' ? [] : [signal]));
  // What ends a probe while its canary runs is the canary's.
  expect(
    bad.filter((signal) => signal !== 'canary' || code !== 'probe_budget'),
    String(bad),
  ).toEqual(REASONS[code].turns === null || code === 'probe_budget' ? [] : [REASONS[code].turns]);
});

test('every reason code is produced through the running program', async () => {
  const here = new Set<string>(CASES.map(([code]) => code));
  const missing = Object.keys(REASONS).filter((code) => !here.has(code) && ELSEWHERE[code] === undefined);
  expect(missing).toEqual([]);
  for (const [code, file] of Object.entries(ELSEWHERE)) {
    const text = await readFile(join(import.meta.dirname, '..', file), 'utf8');
    expect(text, `${file} is said to produce ${code}`).toContain(`'${code}'`);
  }
});
