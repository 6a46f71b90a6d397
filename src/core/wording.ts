import type { ReasonCode } from './reasons.ts';
import { LOGS, say, type Wording } from './say.ts';
import { POOL_WORDINGS } from './wording-pool.ts';

const NOT_MCP = 'Check that the URL is that of the MCP endpoint and that nothing in front of it answers in its place.';
const CERTIFICATE = 'Look at the certificate the server presents and at its chain; renew or replace it.';
const CREDENTIALS = 'Check whether the token or password was changed or has run out, and configure the new one.';
const TOO_MUCH = 'The server sends more than a probe reads. Look at what it answers to this request.';

/** Every reason in words, completeness checked by the compiler. */
export const WORDINGS = {
  dns_not_found: say(
    'host name not found',
    'cannot be reached: its host name does not exist',
    'Check the name in the URL and its DNS record.',
  ),
  dns_failed: say(
    'host name lookup fails',
    'cannot be reached: its host name could not be looked up in time',
    'Check the resolver of the machine the monitor runs on.',
  ),
  tcp_refused: say(
    'connection refused',
    'cannot be reached: the connection is refused',
    'Check that the process runs and listens on that address and port.',
  ),
  tcp_timeout: say(
    'connection timed out',
    'cannot be reached: it does not accept the connection in time',
    'Check for a firewall that drops packets, and that the machine is up.',
  ),
  connection_reset: say('connection cut', 'cuts the connection before its answer is complete', LOGS),
  not_http: say('not HTTP', 'does not speak HTTP on that port', NOT_MCP),
  tls_expired: say('certificate expired', 'cannot be reached safely: its certificate has expired', CERTIFICATE),
  tls_self_signed: say(
    'certificate self-signed',
    'cannot be reached safely: its certificate is self-signed',
    CERTIFICATE,
  ),
  tls_untrusted: say(
    'certificate not trusted',
    'cannot be reached safely: its certificate comes from an authority we do not trust',
    CERTIFICATE,
  ),
  tls_name_mismatch: say(
    'certificate for another name',
    'cannot be reached safely: its certificate is for another name',
    CERTIFICATE,
  ),
  tls_protocol: say(
    'TLS handshake fails',
    'cannot be reached safely: the TLS handshake fails',
    'Check that the port speaks TLS, and which versions it offers.',
  ),
  tls_client_cert_required: say('client certificate wanted', 'wants a client certificate', null),
  blocked: say(
    'blocked by our rules',
    'was not probed: our own network rules forbid its address',
    'Look at monitor.network in the configuration.',
  ),
  http_client_error: say('HTTP error', 'answers with an HTTP error', NOT_MCP),
  http_server_error: say('HTTP error', 'answers with a server error', LOGS),
  redirect_refused: say(
    'redirect refused',
    'redirects to where a session may not follow',
    'Configure the URL it redirects to.',
  ),
  wrong_content_type: say('not MCP', 'answers with something that is neither JSON nor an event stream', NOT_MCP),
  bad_encoding: say('compressed unasked', 'compresses its answer although we asked it not to', NOT_MCP),
  headers_too_large: say('headers too large', 'answers with more than 16 KiB of headers', TOO_MUCH),
  response_too_large: say('answer too large', 'answers with more than 4 MiB', TOO_MUCH),
  probe_budget: say('probe budget used up', 'keeps a probe busy beyond its 30 requests or 30 seconds', TOO_MUCH),
  auth_required: say(
    'credentials wanted',
    'wants credentials and none are configured',
    'Configure auth or headers for this server.',
  ),
  auth_rejected: say('credentials rejected', 'rejects the configured credentials', CREDENTIALS),
  forbidden: say('access forbidden', 'forbids this request', CREDENTIALS),
  insufficient_scope: say('scope missing', 'wants a scope that the credentials lack', CREDENTIALS),
  token_endpoint_failed: say(
    'no access token',
    'cannot be asked: its authorization server gives no access token',
    'Look at what the authorization server says, and at issuer, client_id and the secret of this server.',
  ),
  credential_expiring: say(
    'credentials run out',
    'will close its doors to us: the configured credentials run out soon',
    'Get a new token or secret and configure it before that.',
  ),
  rate_limited: say('rate limited', 'asks us to slow down', 'Watch it less often, or raise its limit for the monitor.'),
  bad_json: say('bad JSON', 'answers with something that is not valid JSON', NOT_MCP),
  json_too_deep: say('JSON too deep', 'answers with JSON nested deeper than 64 levels', TOO_MUCH),
  not_jsonrpc: say('not JSON-RPC', 'answers with JSON that is not JSON-RPC', NOT_MCP),
  id_mismatch: say('answers the wrong request', 'answers with the id of another request', LOGS),
  no_response: say('no answer', 'accepts the request but never answers it', LOGS),
  stream_ended: say(
    'stream ended early',
    'ends its event stream before the answer',
    'Check for a proxy that buffers or cuts event streams.',
  ),
  stream_bad_event: say('bad event in stream', 'sends events that are not JSON-RPC', LOGS),
  server_flood: say('floods the client', 'sends more messages than a probe reads', TOO_MUCH),
  rpc_error: say('JSON-RPC error', 'answers with a JSON-RPC error', LOGS),
  version_mismatch: say(
    'protocol revision unknown',
    'speaks none of our protocol revisions, or not the configured one',
    'Update the server’s MCP library, or correct `protocol` in its entry.',
  ),
  init_invalid: say('initialize invalid', 'answers initialize without the required fields', LOGS),
  initialized_rejected: say('session refused', 'refuses the session right after initialize', LOGS),
  session_lost: say(
    'session lost',
    'forgets the session it has just opened',
    'Behind a load balancer, sessions must stick to one instance or live in a shared store.',
  ),
  session_invalid: say('session id invalid', 'gives a session id that is too long or not visible ASCII', LOGS),
  sse_no_endpoint: say(
    'no endpoint in stream',
    'opens an event stream but does not say where to send messages',
    'Check for a proxy that buffers event streams, and that the URL is that of the event stream (often /sse).',
  ),
  tools_list_invalid: say('tools/list invalid', 'answers tools/list with something that is not a list of tools', LOGS),
  tools_list_empty: say(
    'no tools listed',
    'offers tools but lists none',
    'Check what the server registers at start and what this caller may see.',
  ),
  too_many_tools: say('too many tools', 'lists more than 2,000 tools', TOO_MUCH),
  pagination_loop: say(
    'tools/list never ends',
    'repeats pages of tools/list without end',
    'Look at how the server builds nextCursor.',
  ),
  tools_changed: say(
    'tools changed',
    'lists other tools than those accepted; nothing that callers use is gone',
    'Look at the differences on its page, and accept them if they are meant.',
  ),
  tools_changed_breaking: say(
    'tools changed, callers may break',
    'lists other tools than those accepted, and calls that worked may fail',
    'Look at the differences on its page: bring back what is missing, or accept them once the callers are ready.',
  ),
  tools_unstable: say(
    'tools differ at each reading',
    'does not list the same tools at each reading',
    'Look for a time, a counter or a random order in what it lists, and for instances of different versions.',
  ),
  tool_invalid: say(
    'malformed tool',
    'lists a tool that callers cannot read',
    'Give every tool a name and an object as its inputSchema.',
  ),
  canary_is_error: say('tool calls fail', 'answers, but its tool calls fail', LOGS),
  canary_not_ok: say('tool says not ok', 'answers, but its own check says that it is not ok', LOGS),
  canary_expectation: say('tool answers wrongly', 'answers, but its tool returns something other than expected', LOGS),
  canary_tool_missing: say(
    'canary tool missing',
    'answers, but no longer lists the tool that is called to check it',
    'Check whether the tool was renamed or removed.',
  ),
  canary_invalid_result: say(
    'tool result invalid',
    'answers, but its tool result has not the shape the protocol requires',
    LOGS,
  ),
  canary_rpc_error: say('tool calls fail', 'answers, but its tool calls end in a JSON-RPC error', LOGS),
  canary_timeout: say('tool calls hang', 'answers, but its tool calls do not finish in time', LOGS),
  canary_unsafe: say(
    'canary not called',
    'was not called: the canary tool says that it is destructive',
    'Choose a read-only tool, or set allow_destructive.',
  ),
  health_status: say(
    'health URL fails',
    'answers, but its health URL reports a problem',
    'Open the health URL: its body usually names what is missing.',
  ),
  health_unreachable: say(
    'health URL unreachable',
    'answers, but its health URL cannot be reached',
    'Check the health URL’s address, and whether it waits for a dependency.',
  ),
  latency_p95: say(
    'slow',
    'has become slow',
    'A slow handshake often comes before failing calls: look at load, cold starts and what initialize waits for.',
  ),
  latency_spike: say(
    'suddenly slow',
    'takes several times as long as usual',
    'Look at what changed in these minutes: a deploy, load, a dependency that answers late, calls that wait for a connection.',
  ),
  ...POOL_WORDINGS,
  tls_expiring: say(
    'certificate expires soon',
    'works, but its certificate expires soon',
    'Renew the certificate and reload whatever serves it. Where certificates live that short by design, say so in `alerts.tls`.',
  ),
  spawn_failed: say(
    'command cannot be started',
    'cannot be started: its command does not run',
    'Run the command as the monitor’s user, with the same PATH.',
  ),
  process_exited: say(
    'process ends',
    'ends before it has answered',
    'Run the command by hand: what it writes to stderr mostly names the cause, such as a missing argument or variable.',
  ),
  stdout_noise: say(
    'noise on stdout',
    'writes to stdout what is not JSON-RPC, and answers nothing',
    'Send logs to stderr: stdout belongs to the protocol alone.',
  ),
  timeout: say('no answer in time', 'does not answer in time', LOGS),
  monitor_fault: say('monitor fault', 'could not be probed: the monitor itself failed', 'Look at the monitor’s log.'),
  monitor_offline: say(
    'our own network is gone',
    'cannot reach the network, so nothing is known of the servers',
    'Check the network of the machine the monitor runs on, and that the address under `monitor.control` answers.',
  ),
  monitor_channel_failing: say(
    'a channel takes no notices',
    'cannot deliver its notices by one of its channels',
    'Look at what the receiver said, on the page Channels; correct the channel and send the notices again from there.',
  ),
  monitor_disk_low: say(
    'its disk is nearly full',
    'has little room left on the disk with its store',
    'Free some space, or keep probes for a shorter time (`monitor.retention`). When it is full, results wait in memory.',
  ),
  not_monitored: say('not monitored', 'was not probed at that time', null),
} as const satisfies Record<ReasonCode, Wording>;
