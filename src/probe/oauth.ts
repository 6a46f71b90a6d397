import type { Zone } from '../core/address.ts';
import { formatDuration } from '../core/duration.ts';
import type { Clock } from '../core/ports.ts';
import { REASONS } from '../core/reasons.ts';
import type { StopSignal } from '../core/stop.ts';
import { classify } from './classify.ts';
import { type ClientCredentials, proofOf } from './client-proof.ts';
import type { Dispatch } from './dispatcher.ts';
import { one, retryAfter } from './http-status.ts';
import { isObject, parseJson } from './json.ts';
import { DialError, ProbeError, TimeUpError } from './probe-error.ts';
import { askAside, type SideAnswer, type SideRequest } from './side-request.ts';

/** An access token as it came. */
export interface Token {
  readonly accessToken: string;
  /** Null: the endpoint did not say. */
  readonly lifeMs: number | null;
  /** When the client's own secret ends, epoch milliseconds; null: not known, or never. */
  readonly secretExpiresAt: number | null;
}

export interface TokenContext {
  readonly dispatch: Dispatch;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal: StopSignal;
  readonly userAgent: string;
  /** Told every secret that comes to be, before anybody could say it back. */
  readonly learn: (secret: string) => void;
  /** Takes secrets out of a text. Asked before a text is cut, which could leave half of one. */
  readonly redact: (text: string) => string;
}

interface Metadata {
  readonly tokenEndpoint: URL;
  readonly methods: readonly string[] | null;
  readonly secretExpiresAt: number | null;
  /** Where the issuer lies: it names the token endpoint, which may not lie further inside. */
  readonly zone: Zone;
}

type Ask = (request: Pick<SideRequest, 'url' | 'method' | 'headers' | 'body' | 'innermost'>) => Promise<SideAnswer>;

/**
 * An access token by the client credentials grant (RFC 6749 4.4) from the configured issuer, never from one that the
 * server names: else the server would decide who gets the secret. Rejects with ProbeError (`token_endpoint_failed`,
 * `timeout`, `blocked`), TimeUpError of the probe, or our own fault.
 */
export async function requestToken(auth: ClientCredentials, context: TokenContext): Promise<Token> {
  const { dispatch, timeoutMs, signal, userAgent } = context;
  const ask: Ask = async ({ headers, ...request }) => {
    const own = { 'user-agent': userAgent, 'accept-encoding': 'identity', accept: 'application/json' };
    try {
      return await askAside(dispatch, { ...request, timeoutMs, signal, headers: { ...own, ...headers } });
    } catch (error) {
      throw named(error, request.url.host);
    }
  };
  const metadata = await discover(auth, ask, context.redact);
  return grant(auth, metadata, ask, context);
}

/** Where an issuer publishes what it is, in the order of the MCP specification ("Authorization Server Metadata Discovery"). */
function metadataUrls(issuer: URL): readonly URL[] {
  const path = issuer.pathname.replace(/\/$/, '');
  const paths = [`/.well-known/oauth-authorization-server${path}`, `/.well-known/openid-configuration${path}`];
  if (path !== '') paths.push(`${path}/.well-known/openid-configuration`);
  return paths.map((each) => new URL(each, issuer.origin));
}

async function discover({ issuer }: ClientCredentials, ask: Ask, redact: TokenContext['redact']): Promise<Metadata> {
  const from = new URL(issuer);
  let miss = '';
  for (const url of metadataUrls(from)) {
    const answer = await ask({ method: 'GET', url, headers: {} });
    const found = answer.status === 200 ? jsonObject(answer.bytes) : null;
    if (found !== null) return readMetadata(found, { issuer, zone: answer.zone, redact });
    const why = answer.status === 200 ? 'no JSON' : `HTTP ${answer.status}`;
    if (answer.status >= 500) throw failed(from.host, `${url.pathname} answers ${why}.`);
    if (miss === '') miss = `${url.pathname}: ${why}`;
  }
  throw failed(from.host, `it publishes no authorization server metadata (${miss}). Check \`issuer\`.`);
}

/** RFC 8414 3.3: metadata that names another issuer is not to be used. */
function readMetadata(
  found: Readonly<Record<string, unknown>>,
  { issuer, zone, redact }: Pick<Metadata, 'zone'> & { issuer: string; redact: TokenContext['redact'] },
): Metadata {
  const { host, protocol } = new URL(issuer);
  if (found['issuer'] !== issuer) {
    const other = redact(String(found['issuer'])).slice(0, 200);
    throw failed(host, `its metadata names the issuer ${other} and not ${issuer}, so nothing was sent there.`);
  }
  const endpoint = found['token_endpoint'];
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint))
    throw failed(host, 'its metadata names no token endpoint.');
  const tokenEndpoint = new URL(endpoint);
  if (protocol === 'https:' && tokenEndpoint.protocol !== 'https:')
    throw failed(host, 'its metadata names a token endpoint without TLS, where a secret may not go.');
  const methods = found['token_endpoint_auth_methods_supported'];
  return {
    tokenEndpoint,
    methods: Array.isArray(methods) ? methods.map(String) : null,
    secretExpiresAt: secretExpiry(found),
    zone,
  };
}

async function grant(auth: ClientCredentials, metadata: Metadata, ask: Ask, context: TokenContext): Promise<Token> {
  const { tokenEndpoint: url, methods, zone } = metadata;
  const now = context.clock.now();
  const { headers, params, secrets } = proofOf(auth, { methods, now });
  for (const secret of secrets) context.learn(secret);
  const { scope, resource } = auth;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scope === null ? {} : { scope }),
    ...(resource === null ? {} : { resource }),
    ...params,
  }).toString();
  const form = { 'content-type': 'application/x-www-form-urlencoded', ...headers };
  const answer = await ask({ method: 'POST', url, headers: form, body, innermost: zone });
  const { accessToken, lifeMs, secretExpiresAt } = readToken(answer, { host: url.host, now, redact: context.redact });
  context.learn(accessToken);
  return { accessToken, lifeMs, secretExpiresAt: secretExpiresAt ?? metadata.secretExpiresAt };
}

/** What a header can carry. */
const ACCESS_TOKEN = /^[\x21-\x7e]{1,8192}$/;

function readToken(
  { status, headers, bytes }: SideAnswer,
  { host, now, redact }: Pick<TokenContext, 'redact'> & { host: string; now: number },
): Token {
  const found = jsonObject(bytes);
  if (status !== 200) {
    const retryAfterMs = retryAfter(one(headers['retry-after']), now);
    throw failed(host, `HTTP ${status}${refusalWords(found, redact)}`, retryAfterMs);
  }
  if (found === null) throw failed(host, 'the token endpoint answers HTTP 200 without JSON.');
  if (typeof found['error'] === 'string') throw failed(host, `HTTP 200${refusalWords(found, redact)}`);
  const { access_token: accessToken, token_type: type, expires_in: life } = found;
  if (typeof accessToken !== 'string' || !ACCESS_TOKEN.test(accessToken))
    throw failed(host, 'the answer of the token endpoint holds no access token.');
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer')
    throw failed(host, `the token is of the type ${String(type).slice(0, 40)}; only bearer tokens can be used.`);
  const seconds = typeof life === 'string' ? Number(life) : life;
  const isLife = typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0;
  return { accessToken, lifeMs: isLife ? seconds * 1000 : null, secretExpiresAt: secretExpiry(found) };
}

/** `, invalid_client: Client authentication failed.` (RFC 6749 5.2) */
function refusalWords(found: Readonly<Record<string, unknown>> | null, redact: TokenContext['redact']): string {
  const words = [found?.['error'], found?.['error_description']].filter((each) => typeof each === 'string');
  return words.length === 0 ? '.' : `, ${words.map((word) => redact(word).slice(0, 200)).join(': ')}`;
}

/** RFC 7591 3.2.1: seconds, 0 for never. Some servers repeat it beside the token. */
function secretExpiry(found: Readonly<Record<string, unknown>>): number | null {
  const at = found['client_secret_expires_at'];
  return typeof at === 'number' && at > 0 && at < MAX_SECONDS ? at * 1000 : null;
}

/** The last second of the year 9999: what is later is no date. */
const MAX_SECONDS = 253_402_300_799;

function jsonObject(bytes: Buffer): Readonly<Record<string, unknown>> | null {
  try {
    const value = parseJson(bytes);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function failed(host: string, why: string, retryAfterMs: number | null = null): ProbeError {
  return new ProbeError('token_endpoint_failed', `${host} gives no access token: ${why}`, { retryAfterMs });
}

/** An authorization server that cannot be reached is no fault of the server we watch: the transport's codes are not for it. */
function named(error: unknown, host: string): unknown {
  const cause = error instanceof DialError ? error.cause : error;
  if (cause instanceof TimeUpError)
    return cause.scope === 'probe'
      ? cause
      : new ProbeError('timeout', `${host} gave no access token within ${formatDuration(cause.ms)}.`);
  const { code, message } = classify(error, { step: 'connect', host, redact: (text) => text });
  if (code === 'blocked') return new ProbeError('blocked', message, { cause: error });
  return REASONS[code].turns === null ? error : failed(host, message);
}
