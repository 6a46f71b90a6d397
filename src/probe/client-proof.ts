import { constants, createPrivateKey, randomUUID, sign } from 'node:crypto';
import type { Auth } from '../core/server.ts';

export type ClientCredentials = Extract<Auth, { type: 'client_credentials' }>;

/** How a client shows the token endpoint who it is: what to add to the request. */
export interface Proof {
  readonly headers: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  /** What of it must never be shown, should the endpoint say it back. */
  readonly secrets: readonly string[];
}

export interface ProofContext {
  /** `token_endpoint_auth_methods_supported`; null where the metadata has none. */
  readonly methods: readonly string[] | null;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** An assertion is used once, at once; RFC 7523 asks for a short life. */
const ASSERTION_S = 300;

/**
 * A secret goes into the `Authorization` header (RFC 6749 2.3.1) unless the endpoint takes it only in the body; a key
 * signs an assertion (RFC 7523).
 */
export function proofOf(auth: ClientCredentials, { methods, now }: ProofContext): Proof {
  const { clientId, proof } = auth;
  if (proof.kind === 'key') {
    const assertion = assertionOf(auth, proof, now);
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    const params = { client_id: clientId, client_assertion_type: type, client_assertion: assertion };
    return { headers: {}, params, secrets: [assertion] };
  }
  // RFC 8414 2: without the list, `client_secret_basic` is meant.
  const secrets = [formEncoded(proof.secret)];
  const isPost = methods?.includes('client_secret_post') === true && !methods.includes('client_secret_basic');
  if (isPost) return { headers: {}, params: { client_id: clientId, client_secret: proof.secret }, secrets };
  const pair = Buffer.from(`${formEncoded(clientId)}:${formEncoded(proof.secret)}`).toString('base64');
  return { headers: { authorization: `Basic ${pair}` }, params: {}, secrets: [...secrets, pair] };
}

type Key = Extract<ClientCredentials['proof'], { kind: 'key' }>;

/** The audience is the issuer alone: an endpoint that a stranger names cannot use the assertion elsewhere. */
function assertionOf({ clientId, issuer }: ClientCredentials, { privateKey, algorithm }: Key, now: number): string {
  const iat = Math.floor(now / 1000);
  const claims = { iss: clientId, sub: clientId, aud: issuer, jti: randomUUID(), iat, exp: iat + ASSERTION_S };
  const signed = `${segment({ alg: algorithm, typ: 'JWT' })}.${segment(claims)}`;
  const key = createPrivateKey(privateKey);
  return `${signed}.${sign('sha256', Buffer.from(signed), { key, ...SIGNING[algorithm] }).toString('base64url')}`;
}

/** RFC 7518 3.3, 3.4, 3.5. */
const SIGNING = {
  RS256: { padding: constants.RSA_PKCS1_PADDING },
  PS256: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
  ES256: { dsaEncoding: 'ieee-p1363' },
} as const;

function segment(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
