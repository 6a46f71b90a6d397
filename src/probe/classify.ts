import { formatDuration } from '../core/duration.ts';
import { REASONS, type Reason, type ReasonCode, reason } from '../core/reasons.ts';
import type { StepName } from '../core/step.ts';
import { cleanText } from '../core/text.ts';
import { DialError, ProbeError, RenewalError, ResultShapeError, TimeUpError } from './probe-error.ts';
import { RpcError } from './rpc-error.ts';

/** Where an error showed, and how to make its text fit to be kept. */
export interface Scene {
  readonly step: StepName;
  /** `orders.example.com:443` */
  readonly host: string;
  /** Takes the server's own secrets out of a text. */
  readonly redact: (text: string) => string;
}

/** The reason an error stands for. An error that no target can cause is `monitor_fault`. */
export function classify(error: unknown, { step, host, redact }: Scene): Reason {
  const { code, message } = read(error, step, host);
  const isHealth = step === 'health_url' && REASONS[code].turns !== null;
  return reason(isHealth ? 'health_unreachable' : code, step, cleanText(redact(message)));
}

/** What a 429 or 503 asked us to wait; null when the error is not one of these. */
export function retryAfterOf(error: unknown): number | null {
  return error instanceof ProbeError ? error.retryAfterMs : null;
}

interface Reading {
  readonly code: ReasonCode;
  readonly message: string;
}

function read(error: unknown, step: StepName, host: string): Reading {
  if (error instanceof ProbeError) return { code: error.code, message: error.message };
  if (error instanceof TimeUpError) return readTimeUp(error, step, host);
  if (error instanceof DialError) return readDial(error, host);
  if (error instanceof RenewalError) return read(error.cause, 'initialize', host);
  if (error instanceof ResultShapeError || isZodError(error))
    return { code: SHAPE[step] ?? 'not_jsonrpc', message: shapeMessage(error, step) };
  if (error instanceof RpcError) return readRpc(error, step);
  if (!(error instanceof Error)) return fault(error);
  return readSocket(error, step, host) ?? fault(error);
}

function fault(error: unknown): Reading {
  return {
    code: 'monitor_fault',
    message: `The monitor itself failed: ${error instanceof Error ? error.message : String(error)}`,
  };
}

/** What the result of a step is called when its shape is wrong. */
const SHAPE: { readonly [step in StepName]?: ReasonCode } = {
  initialize: 'init_invalid',
  tools_list: 'tools_list_invalid',
  canary: 'canary_invalid_result',
};

function readTimeUp({ scope, ms }: TimeUpError, step: StepName, host: string): Reading {
  const span = formatDuration(ms);
  if (scope === 'probe')
    return { code: 'probe_budget', message: `The probe was not done within ${span}; it stopped at ${step}.` };
  switch (step) {
    case 'dns':
      return { code: 'dns_failed', message: `${withoutPort(host)} could not be looked up within ${span}.` };
    case 'connect':
      return { code: 'tcp_timeout', message: `${host} did not accept a connection within ${span}.` };
    case 'tls':
      return { code: 'timeout', message: `The TLS handshake with ${host} was not done within ${span}.` };
    case 'canary':
      return { code: 'canary_timeout', message: `The canary was not answered within ${span}.` };
    case 'health_url':
      return { code: 'health_unreachable', message: `The health URL was not answered within ${span}.` };
    default:
      return { code: 'timeout', message: `${step} was not answered within ${span}.` };
  }
}

/** A connection that was opened anew in a later step fails like the first, in that step. */
function readDial({ phase, cause }: DialError, host: string): Reading {
  if (phase === 'dns' && !(cause instanceof ProbeError) && !(cause instanceof TimeUpError))
    return readLookup(cause, host);
  return read(cause, phase, host);
}

/** Names are looked up, not ports. */
function withoutPort(host: string): string {
  return host.replace(/:\d+$/, '');
}

/** getaddrinfo(3): no such name, or no answer for now. An error without a code comes from no resolver. */
function readLookup(cause: unknown, host: string): Reading {
  const code = codeOf(cause);
  if (code === '') return fault(cause);
  if (code === 'ENOTFOUND' || code === 'ENODATA')
    return { code: 'dns_not_found', message: `${withoutPort(host)} does not exist (${code}).` };
  return { code: 'dns_failed', message: `${withoutPort(host)} could not be looked up (${code}).` };
}

/** The revision a server wants is not one of ours (MCP 2026-07-28, "Protocol Version Negotiation"). */
const UNSUPPORTED_VERSION = -32022;

/** The server's JSON-RPC errors. */
function readRpc({ code, message }: RpcError, step: StepName): Reading {
  const said = `${message} (JSON-RPC error ${code})`;
  if (code === UNSUPPORTED_VERSION && step === 'initialize')
    return { code: 'version_mismatch', message: `The server speaks none of our protocol revisions: ${said}.` };
  return {
    code: step === 'canary' ? 'canary_rpc_error' : 'rpc_error',
    message: `The server answered ${step} with an error: ${said}.`,
  };
}

/** Codes of sockets and of undici, as far as a target can cause them. */
const SOCKET: Readonly<Record<string, ReasonCode>> = {
  ECONNREFUSED: 'tcp_refused',
  ETIMEDOUT: 'tcp_timeout',
  EHOSTUNREACH: 'tcp_timeout',
  ENETUNREACH: 'tcp_timeout',
  ECONNRESET: 'connection_reset',
  ECONNABORTED: 'connection_reset',
  EPIPE: 'connection_reset',
  UND_ERR_SOCKET: 'connection_reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'not_http',
  UND_ERR_HEADERS_OVERFLOW: 'headers_too_large',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  EPROTO: 'tls_protocol',
};

const SOCKET_MESSAGES: { readonly [code in ReasonCode]?: (host: string, detail: string) => string } = {
  tcp_refused: (host, detail) => `Nothing listens on ${host} (${detail}).`,
  tcp_timeout: (host, detail) => `${host} cannot be reached (${detail}).`,
  connection_reset: (host, detail) => `${host} cut the connection before its answer was complete (${detail}).`,
  headers_too_large: () => 'The response headers exceed 16 KiB.',
  not_http: (host, detail) => `What ${host} answers is not HTTP (${detail}).`,
  tls_protocol: (host, detail) =>
    detail.includes('HANDSHAKE_FAILURE')
      ? `${host} refused the TLS handshake (${detail}): no cipher in common, or it wants a client certificate.`
      : `The TLS handshake with ${host} failed, or the port does not speak TLS (${detail}).`,
  tls_client_cert_required: (host, detail) => `${host} wants a client certificate (${detail}).`,
};

function readSocket(error: Error, step: StepName, host: string): Reading | null {
  if (error.name === 'HTTPParserError') return readParser(error, host);
  const detail = codeOf(error);
  const code = SOCKET[detail] ?? patternCode(detail);
  if (code === null) return null;
  if (code === 'connection_reset' && step === 'tls')
    return { code, message: `${host} cut the connection during the TLS handshake (${detail}).` };
  return { code, message: SOCKET_MESSAGES[code]?.(host, detail) ?? `${host}: ${detail}` };
}

/** undici's parser gives no code here; what llhttp found stands in the message. */
function readParser({ message }: Error, host: string): Reading {
  const found = /\(([^)]*)\)/.exec(message)?.[1] ?? message;
  if (/EOF/i.test(found))
    return { code: 'connection_reset', message: `${host} cut the connection before its answer was complete.` };
  return { code: 'not_http', message: `What ${host} answers is not HTTP: ${found}.` };
}

/** OpenSSL names its alerts in the code; the client certificate's absence comes as one of two (RFC 8446 6.2). */
function patternCode(code: string): ReasonCode | null {
  if (/^ERR_SSL_.*(CERTIFICATE_REQUIRED|BAD_CERTIFICATE)/.test(code)) return 'tls_client_cert_required';
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) return 'tls_protocol';
  return code.startsWith('HPE_') ? 'not_http' : null;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isZodError(error: unknown): error is Error & { readonly issues: readonly unknown[] } {
  return error instanceof Error && 'issues' in error && Array.isArray(error.issues);
}

/** The first thing wrong: `capabilities: Invalid input: expected object, received undefined`. */
function shapeMessage(error: unknown, step: StepName): string {
  const issue: unknown = isZodError(error) ? error.issues[0] : null;
  const path =
    typeof issue === 'object' && issue !== null && 'path' in issue && Array.isArray(issue.path)
      ? issue.path.join('.')
      : '';
  const said =
    typeof issue === 'object' && issue !== null && 'message' in issue ? String(issue.message) : messageOf(error);
  return `The result of ${step} has not the shape the protocol gives it: ${path === '' ? '' : `${path}: `}${said}`;
}
