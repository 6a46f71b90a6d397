import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { deps, load, mistakes, ONE_SERVER } from './support.ts';

test('an empty file, or one with everything commented out, is a monitor without servers', async () => {
  for (const text of [
    '',
    '# nothing yet\n',
    'monitor:\n  # listen: …\nservers:\n  # - id: a\nchannels:\ndefaults:\n',
  ]) {
    const { monitor, servers, channels } = await load(text);
    expect(servers).toEqual([]);
    expect(channels).toEqual([]);
    expect(monitor).toEqual({
      listen: { host: '127.0.0.1', port: 8080 },
      publicUrl: null,
      store: { kind: 'sqlite', path: 'data/alivemcp.db' },
      location: 'local',
      clientName: 'AliveMCP',
      password: null,
      retentionProbesMs: 14 * 86_400_000,
      retentionRollupsMs: 400 * 86_400_000,
      concurrency: { total: 50, perOrigin: 4 },
      network: { mode: 'private', allow: [], deny: [] },
      controlUrl: null,
      heartbeat: null,
      demo: false,
    });
  }
});

test('every key of the monitor has its effect', async () => {
  const { monitor } = await load(`
monitor:
  listen: "[::]:9000"
  public_url: https://alive.example.com/base/
  store: sqlite:/var/lib/alive.db
  location: berlin-1
  client_name: Watcher
  password: correct horse
  retention: { probes: 7d }
  concurrency: { total: 10, per_origin: 2 }
  heartbeat: { url: "https://example.com/ping", every: 30s }
  control: { url: "https://example.com/" }
  network: { mode: public, allow: [169.254.10.0/24, 10.1.2.3, "fd00::1"], deny: [10.0.0.0/8] }
  demo: true
`);
  expect(monitor).toEqual({
    listen: { host: '::', port: 9000 },
    publicUrl: 'https://alive.example.com/base',
    store: { kind: 'sqlite', path: '/var/lib/alive.db' },
    location: 'berlin-1',
    clientName: 'Watcher',
    password: 'correct horse',
    retentionProbesMs: 7 * 86_400_000,
    retentionRollupsMs: 400 * 86_400_000,
    concurrency: { total: 10, perOrigin: 2 },
    network: { mode: 'public', allow: ['169.254.10.0/24', '10.1.2.3/32', 'fd00::1/128'], deny: ['10.0.0.0/8'] },
    controlUrl: 'https://example.com/',
    heartbeat: { url: 'https://example.com/ping', everyMs: 30_000 },
    demo: true,
  });
});

test('a server that says only what it must gets what the contract promises', async () => {
  const [only] = (await load(ONE_SERVER)).servers;
  expect(only?.server).toEqual({
    id: 'orders',
    name: 'orders',
    source: { kind: 'config', file: '/etc/alivemcp/config.yaml', line: 2 },
    target: { kind: 'http', url: 'https://orders.example.com/mcp', transport: 'auto', protocol: 'auto' },
    headers: {},
    auth: null,
    clientName: 'AliveMCP',
    canaries: [],
    healthUrl: null,
    schedule: { kind: 'interval', everyMs: 60_000 },
    timeoutMs: 10_000,
    confirm: { down: 3, up: 2, recheckMs: 20_000 },
    latencyRules: [
      { of: 'initialize', p95Ms: 500, overMs: 3_600_000, minSamples: 20, confirmOverMs: 600_000, spike: 3 },
    ],
    watchesPool: true,
    watchesTools: true,
    reminderMs: null,
    tlsWarnings: [1_814_400_000, 1_209_600_000, 604_800_000, 86_400_000],
    announceFirst: false,
    isPublic: false,
    channels: [],
    tags: [],
    paused: false,
  });
});

test('every key of a server has its effect', async () => {
  const [only] = (
    await load(`
channels:
  pager: { type: webhook, url: "https://hooks.example.com/x" }
servers:
  - id: orders
    name: Orders MCP
    url: https://orders.example.com/mcp
    transport: http
    protocol: auto
    headers: { X-Api-Key: "\${PRESENT}" }
    auth: { type: basic, username: me, password: "pa$$word" }
    client_name: Robot
    canary:
      - tool: health_check
        arguments: { deep: { n: [1, null] } }
        timeout: 5s
        allow_destructive: true
        expect:
          - { path: ok, equals: true }
          - { path: text, contains: fine }
          - { path: pool.waiting, less: 5 }
          - { path: pool.idle, greater: 0 }
          - { path: error, exists: false }
      - resource: db://health/pool
    health_url:
      ready: https://orders.example.com/ready
      live: https://orders.example.com/live
      headers: { X-Probe: "1" }
      expect_status: [200, 204]
    cron: "*/5 * * * *"
    timezone: Europe/Berlin
    timeout: 3s
    confirm: { down: 2, up: 1, recheck: 5s }
    alerts:
      latency: [{ of: canary, p95: 2s, over: 5m, min_samples: 5, spike: 2.5x }]
      pool: off
      tools: false
      tls: [1d, 30d, 1d]
      reminder: 1h
    announce_first: true
    public: true
    channels: [pager]
    tags: [prod, postgres, prod]
    paused: true
maintenance: []
status_pages: []
`)
  ).servers;
  expect(only?.server).toMatchObject({
    name: 'Orders MCP',
    headers: { 'X-Api-Key': 'present' },
    auth: { type: 'basic', username: 'me', password: 'pa$word' },
    clientName: 'Robot',
    canaries: [
      {
        kind: 'tool',
        tool: 'health_check',
        arguments: { deep: { n: [1, null] } },
        timeoutMs: 5_000,
        allowDestructive: true,
        expect: [
          { path: 'ok', kind: 'equals', value: true },
          { path: 'text', kind: 'contains', value: 'fine' },
          { path: 'pool.waiting', kind: 'less', value: 5 },
          { path: 'pool.idle', kind: 'greater', value: 0 },
          { path: 'error', kind: 'exists', value: false },
        ],
      },
      { kind: 'resource', resource: 'db://health/pool', timeoutMs: 12_000, expect: [] },
    ],
    healthUrl: {
      ready: 'https://orders.example.com/ready',
      live: 'https://orders.example.com/live',
      headers: { 'X-Probe': '1' },
      expectStatus: [200, 204],
    },
    schedule: { kind: 'cron', expression: '*/5 * * * *', timezone: 'Europe/Berlin' },
    timeoutMs: 3_000,
    confirm: { down: 2, up: 1, recheckMs: 5_000 },
    // The short window is never longer than the long one.
    latencyRules: [{ of: 'canary', p95Ms: 2_000, overMs: 300_000, minSamples: 5, confirmOverMs: 300_000, spike: 2.5 }],
    watchesPool: false,
    watchesTools: false,
    reminderMs: 3_600_000,
    tlsWarnings: [2_592_000_000, 86_400_000],
    announceFirst: true,
    isPublic: true,
    channels: ['pager'],
    tags: ['prod', 'postgres'],
    paused: true,
  });
});

test('what may be shown of a server holds neither its secrets nor what references stand for', async () => {
  const [only] = (
    await load(`
defaults:
  headers: { X-Team: blue }
servers:
  - id: orders
    url: https://orders.example.com/mcp?key=literal-key&v=1
    name: Orders of \${PRESENT}
    headers: { X-Api-Key: literal-secret }
    auth: { type: bearer, token: "\${PRESENT}" }
    health_url: { ready: "https://orders.example.com/ready", headers: { X-Key: literal-secret } }
`)
  ).servers;
  expect(only?.entry).toEqual({
    id: 'orders',
    url: 'https://orders.example.com/mcp?key=***&v=***',
    name: 'Orders of ${PRESENT}',
    headers: { 'X-Api-Key': { set: true } },
    auth: { type: 'bearer', token: { set: true } },
    health_url: { ready: 'https://orders.example.com/ready', headers: { 'X-Key': { set: true } } },
  });
  expect(only?.secrets).toEqual([
    ['headers', 'X-Api-Key'],
    ['health_url', 'headers', 'X-Key'],
    ['auth', 'token'],
  ]);
  expect(only?.server).toMatchObject({ name: 'Orders of present', auth: { token: 'present' } });
});

test('channels keep their kind, filter and settings, and show no secret', async () => {
  const { channels } = await load(`
channels:
  ops: { type: email, to: [ops@example.com], from: a@example.com, smtp: "smtp://u:\${PRESENT}@mail.example.com:587" }
  pager:
    type: webhook
    url: https://hooks.example.com/hidden
    severity: critical
    tags: [prod]
`);
  expect(channels).toEqual([
    {
      id: 'ops',
      kind: 'email',
      severity: null,
      tags: [],
      settings: { to: ['ops@example.com'], from: 'a@example.com', smtp: 'smtp://u:present@mail.example.com:587' },
      entry: { id: 'ops', type: 'email', to: ['ops@example.com'], from: 'a@example.com', smtp: { set: true } },
      line: 3,
    },
    {
      id: 'pager',
      kind: 'webhook',
      severity: 'critical',
      tags: ['prod'],
      settings: { url: 'https://hooks.example.com/hidden' },
      entry: { id: 'pager', type: 'webhook', url: { set: true }, severity: 'critical', tags: ['prod'] },
      line: 4,
    },
  ]);
});

test('defaults and entries merge key by key, lists replace, and what takes the place of something removes it', async () => {
  const { servers } = await load(`
channels: { ops: { type: webhook, url: "https://h.example.com/" }, night: { type: webhook, url: "https://h.example.com/" } }
defaults:
  interval: 30s
  timezone: Europe/Berlin
  headers: { X-Team: blue, X-Env: test }
  confirm: { down: 5 }
  canary: { tool: ping, timeout: 4s }
  auth: { type: bearer, token: shared }
  channels: [ops, night]
servers:
  - { id: plain, url: "https://a.example.com/" }
  - id: own
    url: https://a.example.com/
    headers: { X-Env: prod }
    confirm: { up: 4 }
    canary: { expect: [{ path: ok, equals: true }] }
    channels: []
  - id: other
    url: https://a.example.com/
    cron: "0 * * * *"
    canary: { resource: "db://x" }
    auth: { type: basic, username: u, password: p }
  - { id: none, url: "https://a.example.com/", canary: [], headers: {} }
`);
  const [plain, own, other, none] = servers.map(({ server }) => server);
  expect(plain).toMatchObject({
    schedule: { kind: 'interval', everyMs: 30_000 },
    headers: { 'X-Team': 'blue', 'X-Env': 'test' },
    confirm: { down: 5, up: 2 },
    canaries: [{ tool: 'ping', timeoutMs: 4_000 }],
    channels: ['ops', 'night'],
  });
  expect(own).toMatchObject({
    headers: { 'X-Team': 'blue', 'X-Env': 'prod' },
    confirm: { down: 5, up: 4 },
    canaries: [{ tool: 'ping', timeoutMs: 4_000, expect: [{ path: 'ok' }] }],
    channels: [],
  });
  expect(other).toMatchObject({
    schedule: { kind: 'cron', expression: '0 * * * *', timezone: 'Europe/Berlin' },
    canaries: [{ kind: 'resource', timeoutMs: 12_000 }],
    auth: { type: 'basic', username: 'u', password: 'p' },
  });
  expect(none?.canaries).toEqual([]);
});

test('a mistake that shows only together with the defaults is told at the server', async () => {
  const found = await mistakes(`
defaults:
  auth: { type: bearer, token: shared }
servers:
  - id: a
    url: https://a.example.com/
    headers: { Authorization: Bearer mine }
`);
  expect(found).toMatchObject([{ line: 7, column: 16, path: 'servers.0.headers.Authorization' }]);
});

test('all mistakes of a file come at once, in the order of its lines', async () => {
  const found = await mistakes(
    'monitor: { demo: 1, listn: x }\nservers:\n  - { id: A, url: x }\n  - { id: b, url: "${NOPE}", interval: 1 }\nextra: 1\n',
  );
  expect(found.map(({ line, column }) => [line, column])).toEqual([
    [1, 18],
    [1, 21],
    [3, 11],
    [3, 19],
    [4, 19],
    [4, 40],
    [5, 1],
  ]);
});

test('anchors and aliases work', async () => {
  const { servers } = await load(
    `servers:\n  - { id: a, url: "https://a.example.com/", tags: &t [x, y] }\n  - { id: b, url: "https://b.example.com/", tags: *t }\n`,
  );
  expect(servers[1]?.server.tags).toEqual(['x', 'y']);
});

test('the command line wins over the file, and is held to the same rules', async () => {
  const text = 'monitor: { listen: "0.0.0.0:80" }\n';
  const { monitor } = await load(text, { overrides: { listen: '127.0.0.1:0', store: 'sqlite:x.db' } });
  expect(monitor).toMatchObject({ listen: { host: '127.0.0.1', port: 0 }, store: { path: 'x.db' } });
  expect(await load('', { overrides: { listen: 'localhost:1' } })).toMatchObject({ monitor: { listen: { port: 1 } } });
  expect((await mistakes('', { overrides: { listen: '10.0.0.1:80' } }))[0]?.message).toMatch(
    /^--listen: .* set `monitor.password`/,
  );
  const wrong = await mistakes('', { overrides: { listen: 'here', store: 'mysql://root:hunter2@db/x' } });
  expect(wrong.map(({ message }) => message)).toEqual([
    '--listen: expected HOST:PORT such as `127.0.0.1:8080` or `[::1]:8080`, found "here".',
    '--store: expected `sqlite:` and a file, such as `sqlite:data/alivemcp.db`.',
  ]);
});

test('a file that is not there is a mistake; a fault of our own is not dressed up as one', async () => {
  expect(await loadConfig('/nowhere/config.yaml', deps)).toEqual({
    ok: false,
    errors: [
      {
        file: '/nowhere/config.yaml',
        line: 1,
        column: 1,
        path: '',
        message: 'the file cannot be read: there is no such file.',
      },
    ],
  });
  const readFile = () => Promise.reject(new Error('the disk is on fire'));
  await expect(loadConfig('config.yaml', { ...deps, readFile })).rejects.toThrow('the disk is on fire');
});
