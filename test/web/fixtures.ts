import type {
  Channel,
  Delivery,
  Incident,
  IncidentDetail,
  Latency,
  Monitor,
  Notice,
  Pool,
  Pools,
  Probe,
  ServerDetail,
  ServerRow,
  Step,
  Summary,
  Timeline,
  UptimeDays,
} from '../../src/http/wire.ts';

/** A fleet as a person would meet it: one silent failure, one slow, one without credentials, the rest well. */

const MINUTE = 60_000;
const DAY = 86_400_000;

export const iso = (ms: number) => new Date(ms).toISOString();
export const ago = (ms: number) => iso(Date.now() - ms);

export const POOL: Pool = {
  name: 'default',
  kind: 'postgres',
  total: 10,
  idle: 0,
  used: 10,
  waiting: 7,
  max: 10,
  utilization: 1,
  error_rate: null,
  lag_seconds: null,
  source: 'canary',
  max_source: 'published',
  exhausted_in_ms: null,
  reason: 'pool_exhausted',
};

type Row = Pick<ServerDetail, keyof ServerRow>;

export function row(id: string, name: string, changes: Partial<Row> = {}): Row {
  return {
    id,
    name,
    state: 'up',
    since: ago(9 * DAY),
    reason: null,
    sentence: `${name} works.`,
    signals: { protocol: 'ok', latency: 'ok' },
    turning: null,
    silent_failure: false,
    tags: ['prod'],
    source: 'config',
    maintenance: false,
    maintenance_until: null,
    p95_ms: 84,
    uptime_30d: 1,
    last_probe_at: ago(21_000),
    pool_waiting: null,
    ...changes,
  };
}

export const ORDERS = row('orders', 'Orders MCP', {
  state: 'down',
  since: ago(14 * MINUTE),
  reason: { code: 'canary_is_error', layer: 'canary', message: 'The canary returned isError: true.', step: 'canary' },
  sentence:
    'Orders MCP answers, but its tool calls fail. Its database pool is exhausted: 7 calls waiting, 10 of 10 connections in use.',
  signals: {
    protocol: 'ok',
    canary: 'fail',
    health_url: 'fail',
    latency: 'warn',
    pool: 'fail',
    tools: 'ok',
    tls: 'ok',
  },
  silent_failure: true,
  tags: ['prod', 'postgres'],
  p95_ms: 1240,
  uptime_30d: 0.9991,
  last_probe_at: ago(8_000),
  pool_waiting: 7,
});

export const ROWS: readonly ServerRow[] = [
  ORDERS,
  row('search', 'Search', {
    state: 'degraded',
    since: ago(3 * 3_600_000),
    reason: {
      code: 'latency_p95',
      layer: 'latency',
      message: 'P95 of initialize is 812 ms, over 500 ms for an hour.',
      step: null,
    },
    sentence: 'Search answers slowly. P95 of initialize is 812 ms; the limit is 500 ms.',
    signals: { protocol: 'ok', canary: 'ok', latency: 'fail' },
    tags: ['prod'],
    p95_ms: 812.4,
    uptime_30d: 0.99982,
  }),
  row('billing', 'Billing', {
    state: 'auth_required',
    reason: {
      code: 'auth_rejected',
      layer: 'auth',
      message: 'The server rejects the configured credentials.',
      step: 'auth',
    },
    sentence: 'Billing rejects the configured credentials.',
    signals: { protocol: 'unknown', auth: 'fail' },
    p95_ms: null,
    uptime_30d: null,
    tags: ['staging'],
    source: 'ui',
  }),
  row('files', 'Files', { signals: { protocol: 'ok', canary: 'ok', latency: 'ok' }, tags: ['prod', 'storage'] }),
  row('github', 'GitHub tools', { p95_ms: 8.42, tags: ['third-party'], uptime_30d: 0.9987 }),
  row('weather', 'Weather', { maintenance: true, maintenance_until: iso(Date.now() + 40 * MINUTE), p95_ms: 203 }),
  row('crm', 'CRM, with a name that is much longer than any name should be but still must fit', {
    turning: { signal: 'canary', to: 'bad', count: 2, needed: 3 },
    signals: { protocol: 'ok', canary: 'ok', pool: 'ok' },
    pool_waiting: 0,
    tags: ['prod', 'postgres'],
  }),
  row('docs', 'Docs', { state: 'paused', sentence: 'Docs is paused.', last_probe_at: ago(2 * DAY), tags: [] }),
  row('fresh', 'Fresh', {
    state: 'unknown',
    sentence: 'Fresh has not been probed yet.',
    last_probe_at: null,
    p95_ms: null,
    uptime_30d: null,
    signals: {},
    tags: [],
    source: 'ui',
  }),
];

export function beatsOf(id: string): string {
  if (id === 'orders') return `${'u'.repeat(41)}ggg${'u'.repeat(2)}dd`;
  if (id === 'search') return `${'-'.repeat(6)}${'u'.repeat(36)}${'g'.repeat(6)}`;
  if (id === 'billing') return 'a'.repeat(48);
  if (id === 'docs') return 'p'.repeat(48);
  if (id === 'fresh') return '-'.repeat(48);
  return 'u'.repeat(48);
}

export const SUMMARY: Summary = {
  version: '0.1.0',
  location: 'local',
  now: ago(0),
  servers: ROWS.length,
  states: { unknown: 1, up: 4, degraded: 1, down: 1, auth_required: 1, rate_limited: 0, paused: 1 },
  maintenance: 1,
  incidents_open: 2,
  probes_last_hour: 1004,
  channels: 2,
  reached_nobody: null,
  deliveries_failed: 0,
  config_errors: null,
  demo_url: null,
  password: false,
};

export function steps(changes: Partial<Record<Step['name'], Partial<Step>>> = {}): Step[] {
  const times: [Step['name'], number][] = [
    ['dns', 1.2],
    ['connect', 12.4],
    ['tls', 24],
    ['initialize', 84.3],
    ['initialized', 3.1],
    ['tools_list', 41.2],
    ['canary', 118],
    ['health_url', 9.8],
    ['close', 4.2],
  ];
  return times.map(([name, ms]) => ({ name, status: 'ok', ms, error: null, ...changes[name] }));
}

export function probe(id: string, at: number, changes: Partial<Probe> = {}): Probe {
  return {
    id,
    server: 'orders',
    location: 'local',
    scheduled_at: iso(at),
    started_at: iso(at),
    duration_ms: 298,
    state: 'up',
    reason: null,
    likely_cause: null,
    signals: { protocol: 'ok', canary: 'ok' },
    silent_failure: false,
    marks: [],
    detail_gone: null,
    steps: steps(),
    protocol_version: '2025-11-25',
    also_speaks: ['2026-07-28'],
    server_info: { name: 'orders', version: '2.4.1' },
    tool_count: 14,
    tools_hash: 'c0ffee',
    canary: null,
    canaries: [],
    canary_left_out: false,
    health_url: null,
    pools: [POOL],
    tls: { expires_at: iso(Date.now() + 61.5 * DAY) },
    credential: null,
    repeat: null,
    ...changes,
  };
}

const CANARY_ERROR = { code: 'canary_is_error', message: 'The canary returned isError: true.' };

export const BAD_PROBE = probe('p-9', Date.now() - 8_000, {
  state: 'down',
  reason: { ...CANARY_ERROR, layer: 'canary', step: 'canary' },
  likely_cause: {
    code: 'pool_exhausted',
    explanation: 'Its database pool is exhausted: 7 calls waiting, 10 of 10 connections in use.',
    advice: ['Look for a query holding connections.', 'Set an acquire timeout of 3–5 s so that calls fail fast.'],
    evidence: [{ source: 'canary', text: 'Pool default: 7 calls waiting, 10 of 10 connections in use.' }],
  },
  signals: { protocol: 'ok', canary: 'fail', pool: 'fail', health_url: 'fail' },
  silent_failure: true,
  duration_ms: 10_412,
  steps: steps({
    canary: { status: 'failed', ms: 10_120, error: CANARY_ERROR },
    health_url: {
      status: 'failed',
      ms: 12.2,
      error: { code: 'health_status', message: 'The health URL answered 503.' },
    },
  }),
  canary: {
    tool: 'health_check',
    resource: null,
    ms: 10_120,
    is_error: true,
    text: 'timeout exceeded when trying to connect <script>alert(1)</script>',
    reason: null,
    session_survived: true,
  },
  health_url: {
    ready: {
      url: 'https://orders.example.com/ready',
      status: 503,
      ms: 12.2,
      text: '{"status":"degraded","reason":"connection_pool_backlog"}',
      reason: null,
    },
    live: null,
  },
});

export const PROBES: readonly Probe[] = [
  BAD_PROBE,
  ...Array.from({ length: 11 }, (_, index) => probe(`p-${8 - index}`, Date.now() - 68_000 - index * MINUTE)),
];

const LADDER: Incident['evidence']['ladder'] = [
  { what: 'A ping', level: 'ok', says: 'up, 200 in 84 ms' },
  { what: 'Handshake', level: 'ok', says: 'ok' },
  { what: '14 tools', level: 'ok', says: 'ok' },
  { what: 'Tool calls', level: 'fail', says: 'fail' },
];

export const DETAIL: ServerDetail = {
  ...ORDERS,
  next_probe_at: iso(Date.now() + 39_000),
  url: 'https://orders.example.com/mcp',
  command: null,
  transport: 'http',
  paused: false,
  pause: null,
  schedule: { interval_ms: 60_000, cron: null, timezone: null },
  defined_at: { file: 'config.yaml', line: 31 },
  protocol_version: '2025-11-25',
  also_speaks: ['2026-07-28'],
  server_info: { name: 'orders', version: '2.4.1' },
  tool_count: 14,
  tools_hash: 'c0ffee',
  tools_since: ago(9.5 * DAY),
  latency: { p50_ms: 91.2, p95_ms: 1240, p99_ms: 1820, samples: 1431 },
  latency_limits: [{ of: 'initialize', p95_ms: 500, over_ms: 3_600_000 }],
  uptime: { '24h': 0.99, '7d': 0.9982, '30d': 0.9991, '90d': 0.99962 },
  standing: [
    { signal: 'protocol', level: 'ok', since: ago(9 * DAY), reason: null },
    {
      signal: 'canary',
      level: 'fail',
      since: ago(14 * MINUTE),
      reason: { ...CANARY_ERROR, layer: 'canary', step: 'canary' },
    },
    {
      signal: 'health_url',
      level: 'fail',
      since: ago(13 * MINUTE),
      reason: {
        code: 'health_status',
        layer: 'health_url',
        message: 'The health URL answered 503.',
        step: 'health_url',
      },
    },
    { signal: 'latency', level: 'warn', since: ago(40 * MINUTE), reason: null },
  ],
  pools: [POOL],
  channels: ['ops', 'pager'],
  open_incidents: ['i-1'],
  last_probe: BAD_PROBE,
  ladder: LADDER,
  advice: BAD_PROBE.likely_cause?.advice ?? [],
  config: {
    id: 'orders',
    name: 'Orders MCP',
    url: 'https://orders.example.com/mcp',
    headers: { 'X-Api-Key': { set: true } },
    canary: { tool: 'health_check', arguments: {} },
    health_url: 'https://orders.example.com/ready',
    channels: ['ops', 'pager'],
    tags: ['prod', 'postgres'],
  },
};

export const UI_DETAIL: ServerDetail = {
  ...DETAIL,
  ...row('billing', 'Billing', { source: 'ui', state: 'up' }),
  defined_at: null,
  open_incidents: [],
  last_probe: probe('b-1', Date.now() - 21_000),
  config: {
    id: 'billing',
    name: 'Billing',
    url: 'https://billing.example.com/mcp',
    auth: { type: 'bearer', token: { set: true } },
    interval: '30s',
    tags: ['staging'],
  },
};

const HOUR = 3_600_000;
const WINDOWS: Readonly<Record<string, number>> = {
  '1h': HOUR,
  '24h': DAY,
  '7d': 7 * DAY,
  '30d': 30 * DAY,
  '365d': 365 * DAY,
};

/** The time that a query asks about. */
function spanOf(query: URLSearchParams): { from: number; span: number } {
  const [from, to] = [query.get('from'), query.get('to')];
  if (from !== null && to !== null) return { from: Date.parse(from), span: Date.parse(to) - Date.parse(from) };
  const span = WINDOWS[query.get('window') ?? ''] ?? DAY;
  return { from: Date.now() - span, span };
}

/** Every kind of state, two incidents of which one is evidence of the other, one that is over, and a deploy. */
export function timelineOf(query: URLSearchParams): Timeline {
  const { from, span } = spanOf(query);
  const at = (share: number) => iso(from + share * span);
  const states = [
    ['up', 0, 0.31],
    ['not_monitored', 0.31, 0.39],
    ['up', 0.39, 0.5],
    ['maintenance', 0.5, 0.56],
    ['up', 0.56, 0.6],
    ['paused', 0.6, 0.64],
    ['unknown', 0.64, 0.66],
    ['auth_required', 0.66, 0.7],
    ['up', 0.7, 0.82],
    ['degraded', 0.82, 0.95],
    ['down', 0.95, 1],
  ] as const;
  const incident = { id: 'i-1', signal: 'canary', severity: 'critical', message: CANARY_ERROR.message } as const;
  return {
    server: 'orders',
    from: at(0),
    to: at(1),
    states: states.map(([state, begin, end]) => ({ state, from: at(begin), to: at(end) })),
    incidents: [
      { ...incident, started_at: at(0.95), resolved_at: null, attached_to: null },
      { ...incident, id: 'i-3', signal: 'pool', started_at: at(0.96), resolved_at: null, attached_to: 'i-1' },
      {
        ...incident,
        id: 'i-2',
        signal: 'latency',
        severity: 'warning',
        message: 'P95 of initialize is 812 ms, over 500 ms for an hour.',
        started_at: at(0.2),
        resolved_at: at(0.3),
        attached_to: null,
      },
    ],
    deploys: [{ at: at(0.81), before: '2.4.0', version: '2.4.1' }],
  };
}

/** A day with a gap, slowing down in its last hours. */
export function latencyOf(id: string, query: URLSearchParams): Latency {
  const { from, span } = spanOf(query);
  const bucket = span / 96;
  const points = Array.from({ length: 96 }, (_, index) => index)
    .filter((index) => index < 30 || index > 37)
    .map((index) => {
      const base = 80 + 14 * Math.sin(index / 5) + (index % 7) * 3;
      const p95 = id === 'orders' && index > 78 ? base * (1 + (index - 78) * 0.8) : base * 1.4;
      return {
        at: iso(from + index * bucket),
        p50_ms: base,
        p95_ms: p95,
        max_ms: p95 * (index % 9 === 0 ? 1.9 : 1.15),
        count: 15,
        failed: 0,
      };
    });
  return {
    server: id,
    step: query.get('step') === 'canary' ? 'canary' : 'initialize',
    from: iso(from),
    to: iso(from + span),
    bucket_ms: bucket,
    p50_ms: 91.2,
    p95_ms: 1240,
    p99_ms: 1820,
    samples: 1320,
    points,
  };
}

export function uptimeDays(): UptimeDays {
  const items = Array.from({ length: 90 }, (_, index) => {
    const down = index === 60 ? 5_400 : index === 89 ? 840 : 0;
    const degraded = index === 72 ? 9_000 : 0;
    const known = index >= 20;
    return {
      date: iso(Date.now() - (89 - index) * DAY).slice(0, 10),
      up_seconds: known ? 86_400 - down - degraded : 0,
      degraded_seconds: degraded,
      down_seconds: down,
      unknown_seconds: known ? 0 : 86_400,
      not_monitored_seconds: 0,
      maintenance_seconds: 0,
      uptime: known ? 1 - down / 86_400 : null,
    };
  });
  return { items, uptime: 0.99962 };
}

export const INCIDENT: Incident = {
  id: 'i-1',
  server: { id: 'orders', name: 'Orders MCP' },
  signal: 'canary',
  level: 'fail',
  severity: 'critical',
  reason: { ...CANARY_ERROR, layer: 'canary', step: 'canary' },
  sentence: ORDERS.sentence,
  likely_cause: BAD_PROBE.likely_cause,
  evidence: {
    silent_failure: true,
    texts: ['timeout exceeded when trying to connect'],
    facts: [
      { label: 'protocol', value: 'ok, initialize 84 ms' },
      { label: 'canary health_check', value: 'isError: true after 10.1 s' },
      { label: 'health URL', value: '503' },
    ],
    pools: [POOL],
    ladder: LADDER,
  },
  state: 'open',
  started_at: ago(14 * MINUTE),
  opened_at: ago(13 * MINUTE),
  resolved_at: null,
  duration_seconds: 840,
  probe_count: 23,
  acknowledged: null,
  told: ['ops', 'pager'],
  attached_to: null,
};

export const SLOW_INCIDENT: Incident = {
  ...INCIDENT,
  id: 'i-2',
  server: { id: 'search', name: 'Search' },
  signal: 'latency',
  level: 'fail',
  severity: 'warning',
  reason: {
    code: 'latency_p95',
    layer: 'latency',
    message: 'P95 of initialize is 812 ms, over 500 ms for an hour.',
    step: null,
  },
  sentence: 'Search answers slowly. P95 of initialize is 812 ms; the limit is 500 ms.',
  likely_cause: null,
  evidence: {
    silent_failure: false,
    texts: [],
    facts: [{ label: 'P95 over 1 h', value: '812 ms' }],
    pools: [],
    ladder: [],
  },
  started_at: ago(3 * HOUR),
  opened_at: ago(3 * HOUR - MINUTE),
  acknowledged: { at: ago(2 * HOUR), note: 'Reindexing until noon' },
};

export const OLD_INCIDENT: Incident = {
  ...INCIDENT,
  id: 'i-0',
  sentence: 'Orders MCP could not be reached. Nothing listens on that port.',
  reason: { code: 'tcp_refused', layer: 'transport', message: 'Nothing listens on that port.', step: 'connect' },
  signal: 'protocol',
  likely_cause: null,
  state: 'resolved',
  started_at: ago(29 * DAY),
  opened_at: ago(29 * DAY - MINUTE),
  resolved_at: ago(29 * DAY - 90 * MINUTE),
  duration_seconds: 5_400,
  probe_count: 91,
};

export const MAIL =
  '<!doctype html><html><head><style>h1 { letter-spacing: 1px }</style></head><body><h1 style="color: rgb(190, 30, 20)">Orders MCP answers, but its tool calls fail.</h1><p>Its database pool is exhausted.</p><script>document.title="hacked"</script></body></html>';

export const NOTICE: Notice = {
  id: 'n-1',
  incident: 'i-1',
  server: INCIDENT.server,
  channel: 'ops',
  event: 'incident.opened',
  status: 'delivered',
  message: 'm-1',
  at: ago(13 * MINUTE),
  next_try_at: null,
  tries: [
    { at: ago(13 * MINUTE), ms: 312, ok: false, answer: '421 4.3.2 Service not available' },
    { at: ago(12 * MINUTE), ms: 184, ok: true, answer: '250 2.0.0 Ok: queued as 4Xk1' },
  ],
  previews: [
    {
      kind: 'email',
      subject: 'DOWN · Orders MCP · tool calls fail: pool exhausted',
      text: 'Orders MCP answers, but its tool calls fail.\n\nIts database pool is exhausted: 7 calls waiting.',
      html: MAIL,
    },
  ],
};

export const INCIDENT_DETAIL: IncidentDetail = {
  ...INCIDENT,
  advice: BAD_PROBE.likely_cause?.advice ?? [],
  notices: [
    NOTICE,
    {
      ...NOTICE,
      id: 'n-2',
      channel: 'pager',
      status: 'failed',
      tries: [{ at: ago(12 * MINUTE), ms: 92, ok: false, answer: 'hooks.example.com answered 404: no such hook' }],
      previews: [
        {
          kind: 'http',
          method: 'POST',
          headers: { 'content-type': 'application/json', 'webhook-id': 'n-2' },
          body: '{"version":1,"event":"incident.opened","server":{"id":"orders","name":"Orders MCP"}}',
        },
      ],
    },
  ],
};

const NOTHING_SENT: Channel['delivery'] = {
  circuit: 'closed',
  failures_in_a_row: 0,
  failing_since: null,
  last_ok: null,
  last_failure: null,
  next_try_at: null,
  pending: 0,
  failed: 0,
};

export const CHANNELS: readonly Channel[] = [
  {
    id: 'ops',
    type: 'email',
    source: 'config',
    target: 'ops@example.com',
    severity: null,
    tags: [],
    delivery: { ...NOTHING_SENT, last_ok: { at: ago(12 * MINUTE), answer: '250 2.0.0 Ok: queued as 4Xk1' } },
    config: { id: 'ops', type: 'email', to: ['ops@example.com'], from: 'alivemcp@example.com', smtp: { set: true } },
  },
  {
    id: 'pager',
    type: 'webhook',
    source: 'ui',
    target: 'hooks.example.com',
    severity: 'critical',
    tags: ['prod'],
    delivery: {
      ...NOTHING_SENT,
      circuit: 'open',
      failures_in_a_row: 5,
      failing_since: ago(40 * MINUTE),
      last_failure: { at: ago(4 * MINUTE), answer: 'hooks.example.com answered 503' },
      next_try_at: iso(Date.now() + 90_000),
      pending: 2,
      failed: 1,
    },
    config: {
      id: 'pager',
      type: 'webhook',
      url: { set: true },
      secret: { set: true },
      severity: 'critical',
      tags: ['prod'],
    },
  },
];

export const DELIVERIES: readonly Delivery[] = INCIDENT_DETAIL.notices.map(({ previews: _, ...delivery }) => delivery);

export const MONITOR: Monitor = {
  version: '0.1.0',
  location: 'local',
  started_at: ago(3 * DAY + 4 * HOUR),
  probes: { running: 2, waiting: 0, last_hour: 1004 },
  slots: { late: 3, missed: 0 },
  lag: { p50_ms: 1.2, p99_ms: 14, max_ms: 212 },
  event_loop: { p50_ms: 10.4, p99_ms: 22.1, max_ms: 41.7 },
  rss_bytes: 142_000_000,
  store: { bytes: 48_234_496, schema: 3, waiting: 0, fault: null },
  outbox: { pending: 0, failed: 1, oldest_pending_at: null },
  network: { offline_since: null, control: null },
  heartbeat: null,
  reload: { at: ago(2 * HOUR), file: 'config.yaml', errors: [] },
  cron: [
    {
      name: 'retention',
      expression: '17 3 * * *',
      next_at: iso(Date.now() + 5 * HOUR),
      last: { at: ago(19 * HOUR), ok: true, message: '1 day dropped' },
    },
    { name: 'quick check', expression: '47 * * * *', next_at: iso(Date.now() + 20 * MINUTE), last: null },
  ],
  demo_url: null,
  streams: 1,
};

/** A pool of ten that others use a little, and that fills towards the end. `leftMs`: how long it has left; null: none. */
export function poolsOf(query: URLSearchParams, { names = ['default'], leftMs = null as number | null } = {}): Pools {
  const { from, span } = spanOf(query);
  const bucket = span / 96;
  const full = leftMs === null ? 10 : 7;
  const points = Array.from({ length: 96 }, (_, index) => index)
    .filter((index) => index < 30 || index > 37)
    .map((index) => {
      const used = Math.max(1 + (index % 4), Math.min(full, index - 85));
      const total = Math.min(10, used + (index % 3));
      return {
        at: iso(from + index * bucket),
        total,
        idle: total - used,
        used,
        waiting: used === 10 ? 7 : 0,
        max: 10,
        utilization: used / 10,
        error_rate: null,
        lag_seconds: null,
        reason: used === 10 ? 'pool_exhausted' : null,
        count: 15,
      };
    });
  const exhausted_at = leftMs === null ? null : iso(Date.now() + leftMs);
  const pools = names.map((name) => ({ name, kind: 'postgres' as const, exhausted_at, points }));
  return { server: 'orders', from: iso(from), to: iso(from + span), bucket_ms: bucket, pools };
}
