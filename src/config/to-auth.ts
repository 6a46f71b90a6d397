import type { Auth } from '../core/server.ts';
import type { AuthEntry } from './auth-schema.ts';
import { readKey } from './private-key.ts';

/** `url` is the server's own, for which a token is asked where the entry names no resource. */
export function toAuth(auth: AuthEntry | undefined, url: string): Auth | null {
  if (auth === undefined) return null;
  if (auth.type !== 'client_credentials') return auth;
  const { type, issuer, client_id: clientId, scope = null, resource } = auth;
  return { type, issuer, clientId, proof: toProof(auth), scope, resource: toResource(resource, url) };
}

type ClientCredentials = Extract<AuthEntry, { type: 'client_credentials' }>;

function toProof({ client_secret: secret, private_key: privateKey = '', algorithm }: ClientCredentials) {
  if (secret !== undefined) return { kind: 'secret', secret } as const;
  const key = readKey(privateKey);
  const usual = 'problem' in key ? 'RS256' : key.algorithms[0];
  return { kind: 'key', privateKey, algorithm: algorithm ?? usual } as const;
}

/** RFC 8707 2: without fragment, and rather without query, which may hold a secret too. */
function toResource(written: string | undefined, url: string): string | null {
  if (written !== undefined) return written === 'off' ? null : written;
  return url.split(/[?#]/, 1)[0] ?? null;
}
