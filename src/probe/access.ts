import type { Zone } from '../core/address.ts';
import { formatDuration, formatInstant } from '../core/duration.ts';
import type { ProbeReport } from '../core/probe.ts';
import type { HttpTarget } from '../core/target.ts';
import type { ClientCredentials } from './client-proof.ts';
import { expiryOfBearer } from './credential.ts';
import type { Dispatch, Line } from './dispatcher.ts';
import { requestToken } from './oauth.ts';
import { ProbeError } from './probe-error.ts';
import { metadataWords } from './resource-metadata.ts';
import { type Run, runStep } from './run.ts';
import { openDeadline } from './steps.ts';
import type { KeptToken, TokenStore } from './token-store.ts';

export interface AccessOptions {
  readonly target: HttpTarget;
  readonly dispatch: Dispatch;
  readonly tokens: TokenStore;
  /** Ours and the configured ones, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** How one probe gets in. */
export interface Access {
  /** The headers with the credentials as they are now. Read them for each request: a token may be renewed between two. */
  readonly headers: Readonly<Record<string, string>>;
  /** Gets a token where one is needed and none is kept: the step `auth`, which is not there otherwise. Rejects with StepFailedError. */
  enter(line: Pick<Line, 'zone'>): Promise<void>;
  /** What becomes of a request that failed. Null: the credentials are new, ask again; else the error to fail with. Rejects with StepFailedError. */
  onRefused(error: unknown): Promise<unknown>;
  /** When the credentials end by their own word. */
  credential(): ProbeReport['credential'];
}

/** Does it, and once more where the first failure was cured. */
export async function askAgain<T>(ask: () => Promise<T>, onRefused: Access['onRefused']): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const left = await onRefused(error);
    if (left !== null) throw left;
    return ask();
  }
}

/** How long asking for metadata may take: it only makes the message better. */
const METADATA_MS = 3000;

export function createAccess(options: AccessOptions, run: Run): Access {
  const { server } = run;
  const { auth } = server;
  return auth !== null && auth.type === 'client_credentials'
    ? createOAuthAccess(auth, options, run)
    : createPlainAccess(options, run);
}

/** Credentials as they are configured, or none. */
function createPlainAccess({ target, dispatch, headers }: AccessOptions, run: Run): Access {
  const { server, clock, signal } = run;
  const expiresAt = expiryOfBearer(headers['authorization']);
  let zone: Zone = 'public';
  let words: string | null = null;

  const askMetadata = async (challenges: ProbeError['challenges']): Promise<string> => {
    const deadline = openDeadline(clock, Math.min(METADATA_MS, server.timeoutMs), signal);
    const { 'user-agent': userAgent = '' } = headers;
    const question = { dispatch, url: new URL(target.url), zone, challenges, userAgent, timeoutMs: METADATA_MS };
    const { redact } = run;
    try {
      return await metadataWords({ ...question, redact, signal: deadline.signal });
    } finally {
      deadline.close();
    }
  };
  return {
    headers,
    async enter(line) {
      zone = line.zone();
    },
    async onRefused(error) {
      if (!(error instanceof ProbeError)) return error;
      if (error.code === 'auth_rejected') return saying(error, endedWords(expiresAt, clock.now()));
      if (error.code !== 'auth_required') return error;
      words ??= await askMetadata(error.challenges);
      return saying(error, words);
    },
    credential: () => (expiresAt === null ? null : { expiresAt }),
  };
}

/** A token of our own, kept between probes and renewed once in a probe that finds it refused. */
function createOAuthAccess(auth: ClientCredentials, { dispatch, tokens, headers }: AccessOptions, run: Run): Access {
  const { server, clock } = run;
  const { 'user-agent': userAgent = '' } = headers;
  let token: KeptToken | null = tokens.find(server);
  let isFresh = false;
  const all: Record<string, string> = { ...headers };
  const use = ({ accessToken }: KeptToken): void => {
    all['authorization'] = `Bearer ${accessToken}`;
  };
  if (token !== null) {
    run.learn(token.accessToken);
    use(token);
  }

  const renew = async (): Promise<void> => {
    const given = await runStep(run, 'auth', server.timeoutMs, (signal) =>
      requestToken(auth, {
        dispatch,
        clock,
        timeoutMs: server.timeoutMs,
        signal,
        userAgent,
        learn: run.learn,
        redact: run.redact,
      }),
    );
    isFresh = true;
    token = tokens.keep(server, given);
    use(token);
  };
  return {
    headers: all,
    async enter() {
      if (token === null) await renew();
    },
    async onRefused(error) {
      if (!(error instanceof ProbeError) || !REFUSALS.includes(error.code)) return error;
      tokens.drop(server);
      if (error.code !== 'auth_rejected') return error;
      if (isFresh) return saying(error, 'The access token had just been given.');
      await renew();
      return null;
    },
    credential() {
      const expiresAt = token?.secretExpiresAt ?? null;
      return expiresAt === null ? null : { expiresAt };
    },
  };
}

/** After these a token is not used again: the next one may carry what is missing. */
const REFUSALS: readonly ProbeError['code'][] = ['auth_rejected', 'forbidden', 'insufficient_scope'];

/** What the server said is cut, so that what we found out has its place in a message. */
const MAX_SAID = 240;

function saying(error: ProbeError, words: string): ProbeError {
  if (words === '') return error;
  const said = error.message.length > MAX_SAID ? `${error.message.slice(0, MAX_SAID)}…` : error.message;
  return new ProbeError(error.code, `${said} ${words}`, { cause: error, challenges: error.challenges });
}

function endedWords(expiresAt: number | null, now: number): string {
  if (expiresAt === null || expiresAt > now) return '';
  return `The token ran out ${formatDuration(now - expiresAt)} ago (${formatInstant(expiresAt)}).`;
}
