import type { Server } from '../core/server.ts';
import type { StdioTarget } from '../core/target.ts';
import { cleanText, redactor } from '../core/text.ts';

/** Header names whose value is a secret however short it is. */
const SECRET_NAME = /auth|key|token|secret|cookie|session|password|signature/i;
/** A value of another header, or of a query, this long may be a secret; a shorter one (`prod`, `v2`) would only blot the text. */
const SECRET_LENGTH = 12;

/** The headers a server is asked with: who we are, what is configured, and its credentials as far as they are configured. Names in lower case. */
export function requestHeaders(server: Server, version: string): Readonly<Record<string, string>> {
  const configured = Object.entries(server.headers).map(([name, value]) => [name.toLowerCase(), value]);
  const authorization = authorizationOf(server);
  return {
    'user-agent': `AliveMCP/${version} (+uptime monitor)`,
    'accept-encoding': 'identity',
    ...Object.fromEntries(configured),
    ...(authorization === null ? {} : { authorization }),
  };
}

/** Do we send anything that could be a credential? Then a 401 rejects it; else it asks for one. */
export function hasCredentials(server: Server): boolean {
  return server.auth !== null || Object.keys(server.headers).some((name) => SECRET_NAME.test(name));
}

export interface Redactor {
  /** Takes the secrets, plain, URL-encoded or in base64, out of a text. */
  redact(text: string): string;
  /** Adds one that came to be later. */
  learn(secret: string): void;
}

/** For the server's own secrets. */
export function secretsRedactor(server: Server): Redactor {
  const secrets = [...secretsOf(server)];
  const forms = (secret: string): readonly string[] => [
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('base64url'),
  ];
  let redact = redactor(secrets, forms);
  return {
    redact: (text) => redact(text),
    learn(secret) {
      secrets.push(secret);
      redact = redactor(secrets, forms);
    },
  };
}

/** Cleans and cuts a text without its secrets. The redactor goes first: a cut could leave half a secret. */
export function cleaner(redact: (text: string) => string): (text: string, max?: number) => string {
  return (text, max) => cleanText(redact(text.slice(0, MAX_REDACTED)), max);
}

/** Of a text that may be megabytes only the beginning is kept; this is more than any kept length with its secrets. */
const MAX_REDACTED = 8192;

function authorizationOf({ auth }: Server): string | null {
  switch (auth?.type) {
    case undefined:
    case 'client_credentials':
      return null;
    case 'bearer':
      return `Bearer ${auth.token}`;
    case 'basic':
      return `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
  }
}

function authSecrets(auth: Server['auth']): readonly string[] {
  switch (auth?.type) {
    case undefined:
      return [];
    case 'bearer':
      return [auth.token];
    case 'basic':
      return [auth.password, `${auth.username}:${auth.password}`];
    case 'client_credentials': {
      const { clientId, proof } = auth;
      // Of a key each line by itself: a text may have lost the ends of lines. A short last line is no secret without the others.
      if (proof.kind === 'key')
        return proof.privateKey
          .split(/\r?\n/)
          .filter((part) => part.length >= SECRET_LENGTH && !part.startsWith('-----'));
      return [proof.secret, `${clientId}:${proof.secret}`];
    }
  }
}

function secretsOf(server: Server): readonly string[] {
  const { auth, headers, healthUrl } = server;
  const fromHeaders = [headers, healthUrl?.headers ?? {}].flatMap((all) =>
    Object.entries(all).flatMap(([name, value]) => secretsIn(name, value)),
  );
  const ownUrl = server.target.kind === 'http' ? server.target.url : null;
  const fromCommand = server.target.kind === 'stdio' ? processSecrets(server.target) : [];
  const fromUrls = [ownUrl, healthUrl?.ready, healthUrl?.live].flatMap((url) => (url ? longValues(url) : []));
  return [...authSecrets(auth), ...fromHeaders, ...fromUrls, ...fromCommand];
}

/** The value, and what follows a scheme such as `Bearer`. */
function secretsIn(name: string, value: string): readonly string[] {
  if (!SECRET_NAME.test(name) && value.length < SECRET_LENGTH) return [];
  return [value, ...value.split(' ').slice(1)];
}

/** Of a process: what its environment and its command line hold beyond what is shown of them. */
function processSecrets({ command, shown, env }: StdioTarget): readonly string[] {
  const hidden = command.filter((word, at) => word !== shown[at]);
  const values = hidden.flatMap((word) => [word, word.slice(word.indexOf('=') + 1)]);
  const passwords = values.flatMap((text) => (URL.canParse(text) ? [decodeURIComponent(new URL(text).password)] : []));
  const fromEnv = Object.entries(env).flatMap(([name, value]) => secretsIn(name, value));
  return [...values, ...passwords, ...values.flatMap(longValues), ...fromEnv];
}

function longValues(url: string): readonly string[] {
  if (!url.includes('?') || !URL.canParse(url)) return [];
  return [...new URL(url).searchParams.values()].filter((value) => value.length >= SECRET_LENGTH);
}
