import type { Signal } from './signal.ts';
import type { StepName } from './step.ts';

export type Layer =
  | 'transport'
  | 'http'
  | 'auth'
  | 'protocol'
  | 'tools'
  | 'drift'
  | 'canary'
  | 'health_url'
  | 'latency'
  | 'tls'
  | 'pool'
  | 'stdio'
  | 'any';

interface ReasonFacts {
  readonly layer: Layer;
  /** The signal it turns; null: none, the probe learnt nothing. */
  readonly turns: Signal | null;
  /** What it means, for docs/reference/reasons.md and the dashboard. */
  readonly meaning: string;
}

/**
 * Every reason a probe can give for not being good, each documented in docs/reference/reasons.md. Codes are public:
 * extend the list, never rename.
 */
export const REASONS = {
  dns_not_found: { layer: 'transport', turns: 'protocol', meaning: 'The host name does not exist.' },
  dns_failed: { layer: 'transport', turns: 'protocol', meaning: 'The host name could not be looked up in time.' },
  tcp_refused: { layer: 'transport', turns: 'protocol', meaning: 'Nothing listens on that port.' },
  tcp_timeout: { layer: 'transport', turns: 'protocol', meaning: 'The connection was not accepted in time.' },
  connection_reset: {
    layer: 'transport',
    turns: 'protocol',
    meaning: 'The connection was cut before the answer was complete.',
  },
  not_http: { layer: 'transport', turns: 'protocol', meaning: 'The answer is not HTTP.' },
  tls_expired: { layer: 'transport', turns: 'protocol', meaning: 'The certificate has expired.' },
  tls_self_signed: { layer: 'transport', turns: 'protocol', meaning: 'The certificate is self-signed.' },
  tls_untrusted: {
    layer: 'transport',
    turns: 'protocol',
    meaning: 'The certificate comes from an authority we do not trust.',
  },
  tls_name_mismatch: { layer: 'transport', turns: 'protocol', meaning: 'The certificate is for another name.' },
  tls_protocol: {
    layer: 'transport',
    turns: 'protocol',
    meaning: 'The TLS handshake failed, or the port does not speak TLS.',
  },
  tls_client_cert_required: {
    layer: 'transport',
    turns: 'protocol',
    meaning: 'The server wants a client certificate.',
  },
  blocked: { layer: 'transport', turns: null, meaning: 'Our own network rules forbid this address.' },
  http_client_error: { layer: 'http', turns: 'protocol', meaning: 'The server answered with a 4xx status.' },
  http_server_error: { layer: 'http', turns: 'protocol', meaning: 'The server answered with a 5xx status.' },
  redirect_refused: {
    layer: 'http',
    turns: 'protocol',
    meaning: 'The server redirects to somewhere a session may not follow.',
  },
  wrong_content_type: { layer: 'http', turns: 'protocol', meaning: 'The answer is neither JSON nor an event stream.' },
  bad_encoding: { layer: 'http', turns: 'protocol', meaning: 'The answer is compressed although we asked for none.' },
  headers_too_large: { layer: 'http', turns: 'protocol', meaning: 'The response headers exceed 16 KiB.' },
  response_too_large: { layer: 'http', turns: 'protocol', meaning: 'The answers exceed 4 MiB.' },
  probe_budget: { layer: 'http', turns: 'protocol', meaning: 'The probe used up its 30 requests or its 30 seconds.' },
  auth_required: { layer: 'auth', turns: 'auth', meaning: 'The server wants credentials and none are configured.' },
  auth_rejected: { layer: 'auth', turns: 'auth', meaning: 'The server rejects the configured credentials.' },
  forbidden: { layer: 'auth', turns: 'auth', meaning: 'The server forbids this request.' },
  insufficient_scope: { layer: 'auth', turns: 'auth', meaning: 'The credentials lack a scope the server wants.' },
  token_endpoint_failed: {
    layer: 'auth',
    turns: 'auth',
    meaning: 'The authorization server gives no access token.',
  },
  credential_expiring: { layer: 'auth', turns: 'auth', meaning: 'The configured credentials run out soon.' },
  rate_limited: { layer: 'auth', turns: 'auth', meaning: 'The server asks us to slow down.' },
  bad_json: { layer: 'protocol', turns: 'protocol', meaning: 'The answer is not valid JSON.' },
  json_too_deep: { layer: 'protocol', turns: 'protocol', meaning: 'The answer nests deeper than 64 levels.' },
  not_jsonrpc: { layer: 'protocol', turns: 'protocol', meaning: 'The answer is JSON, but not JSON-RPC 2.0.' },
  id_mismatch: { layer: 'protocol', turns: 'protocol', meaning: 'The answer carries the id of another request.' },
  no_response: { layer: 'protocol', turns: 'protocol', meaning: 'The request was accepted, but no answer to it came.' },
  stream_ended: { layer: 'protocol', turns: 'protocol', meaning: 'The event stream ended before the answer.' },
  stream_bad_event: { layer: 'protocol', turns: 'protocol', meaning: 'An event of the stream is not valid JSON-RPC.' },
  server_flood: { layer: 'protocol', turns: 'protocol', meaning: 'The server sent more messages than a probe reads.' },
  rpc_error: { layer: 'protocol', turns: 'protocol', meaning: 'The server answered with a JSON-RPC error.' },
  version_mismatch: {
    layer: 'protocol',
    turns: 'protocol',
    meaning: 'The server speaks none of our protocol revisions, or not the configured one.',
  },
  init_invalid: { layer: 'protocol', turns: 'protocol', meaning: 'The initialize result lacks required fields.' },
  initialized_rejected: {
    layer: 'protocol',
    turns: 'protocol',
    meaning: 'The server refused notifications/initialized.',
  },
  session_lost: {
    layer: 'protocol',
    turns: 'protocol',
    meaning: 'The server forgot the session it had just opened, twice.',
  },
  session_invalid: {
    layer: 'protocol',
    turns: 'protocol',
    meaning: 'The session id is longer than 1 KiB or not visible ASCII.',
  },
  sse_no_endpoint: {
    layer: 'protocol',
    turns: 'protocol',
    meaning: 'The event stream did not begin with where to send messages.',
  },
  tools_list_invalid: { layer: 'tools', turns: 'protocol', meaning: 'The tools/list result is not a list of tools.' },
  tools_list_empty: { layer: 'tools', turns: 'protocol', meaning: 'The server offers tools but lists none.' },
  too_many_tools: { layer: 'tools', turns: 'protocol', meaning: 'The server lists more than 2,000 tools.' },
  pagination_loop: { layer: 'tools', turns: 'protocol', meaning: 'tools/list repeats a page or exceeds 20 pages.' },
  tools_changed: {
    layer: 'drift',
    turns: 'tools',
    meaning: 'The list of tools is not the accepted one, in a way that breaks no caller.',
  },
  tools_changed_breaking: {
    layer: 'drift',
    turns: 'tools',
    meaning: 'The list of tools is not the accepted one, and calls that worked may fail.',
  },
  tools_unstable: {
    layer: 'drift',
    turns: 'tools',
    meaning: 'The list of tools is not the same at each reading.',
  },
  tool_invalid: { layer: 'drift', turns: 'tools', meaning: 'A tool of the list has no name or no input schema.' },
  canary_is_error: { layer: 'canary', turns: 'canary', meaning: 'The canary returned isError: true.' },
  canary_not_ok: { layer: 'canary', turns: 'canary', meaning: 'The canary returned ok: false.' },
  canary_expectation: {
    layer: 'canary',
    turns: 'canary',
    meaning: 'The canary returned something other than expected.',
  },
  canary_tool_missing: { layer: 'canary', turns: 'canary', meaning: 'The canary tool is not in tools/list.' },
  canary_invalid_result: {
    layer: 'canary',
    turns: 'canary',
    meaning: 'The canary result has not the shape the protocol requires.',
  },
  canary_rpc_error: { layer: 'canary', turns: 'canary', meaning: 'The canary call ended in a JSON-RPC error.' },
  canary_timeout: { layer: 'canary', turns: 'canary', meaning: 'The canary did not answer in time.' },
  canary_unsafe: {
    layer: 'canary',
    turns: 'canary',
    meaning: 'The canary tool says it is destructive, so it was not called.',
  },
  health_status: {
    layer: 'health_url',
    turns: 'health_url',
    meaning: 'The health URL answered with an unexpected status.',
  },
  health_unreachable: {
    layer: 'health_url',
    turns: 'health_url',
    meaning: 'The health URL could not be reached in time.',
  },
  latency_p95: { layer: 'latency', turns: 'latency', meaning: 'The P95 latency exceeds its limit.' },
  latency_spike: {
    layer: 'latency',
    turns: 'latency',
    meaning: 'A step takes several times as long as usual.',
  },
  pool_waiting: {
    layer: 'pool',
    turns: 'pool',
    meaning: 'Callers waited for a connection of the pool in two samples running.',
  },
  pool_backlog: { layer: 'pool', turns: 'pool', meaning: 'More than five callers wait for a connection of the pool.' },
  pool_utilization: {
    layer: 'pool',
    turns: 'pool',
    meaning: 'More than 80 % of the pool’s connections were in use in three samples running.',
  },
  pool_exhausted: {
    layer: 'pool',
    turns: 'pool',
    meaning: 'Callers wait and no connection is idle, or every connection is in use.',
  },
  pool_leak: { layer: 'pool', turns: 'pool', meaning: 'Connections of the pool are in use and do not come back.' },
  replica_lag: {
    layer: 'pool',
    turns: 'pool',
    meaning: 'The replica is more than 10 s behind, or does not know how far.',
  },
  error_rate: { layer: 'pool', turns: 'pool', meaning: 'More than 1 % of the calls over the pool fail.' },
  tls_expiring: { layer: 'tls', turns: 'tls', meaning: 'The certificate expires soon.' },
  spawn_failed: { layer: 'stdio', turns: 'protocol', meaning: 'The server’s command could not be started.' },
  process_exited: {
    layer: 'stdio',
    turns: 'protocol',
    meaning: 'The server’s process ended before the probe was done.',
  },
  stdout_noise: {
    layer: 'stdio',
    turns: 'protocol',
    meaning: 'The server writes to stdout what is not JSON-RPC, and answered nothing.',
  },
  timeout: { layer: 'any', turns: 'protocol', meaning: 'A step did not finish in time.' },
  monitor_fault: {
    layer: 'any',
    turns: null,
    meaning: 'The monitor itself failed; this says nothing about the server.',
  },
  monitor_offline: {
    layer: 'any',
    turns: null,
    meaning: 'The monitor’s own network is gone; this says nothing about the server.',
  },
  monitor_channel_failing: {
    layer: 'any',
    turns: null,
    meaning: 'A channel takes no notices, so nobody is told by it.',
  },
  monitor_disk_low: {
    layer: 'any',
    turns: null,
    meaning: 'The disk with the store is nearly full.',
  },
  not_monitored: { layer: 'any', turns: null, meaning: 'The monitor could not probe at that time.' },
} as const satisfies Record<string, ReasonFacts>;

export type ReasonCode = keyof typeof REASONS;

/** Why something is not good. `message` is one sentence for people, already cleaned of what a target may have put in. */
export interface Reason {
  readonly code: ReasonCode;
  readonly layer: Layer;
  readonly message: string;
  /** The step at which it showed; null where no single step did. */
  readonly step: StepName | null;
}

export function reason(code: ReasonCode, step: StepName | null, message: string = REASONS[code].meaning): Reason {
  return { code, layer: REASONS[code].layer, message, step };
}
