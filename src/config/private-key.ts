import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { SigningAlgorithm } from '../core/server.ts';

/** What a key can sign with, the usual one first; or what is wrong with it, without a word of it. */
export type ReadKey =
  | { readonly algorithms: readonly [SigningAlgorithm, ...SigningAlgorithm[]] }
  | { readonly problem: string };

export function readKey(pem: string): ReadKey {
  if (/ENCRYPTED/.test(pem)) return { problem: 'is an encrypted key; give one without a passphrase.' };
  const key = parse(pem);
  if (key === null)
    return {
      problem: 'expected a private key in PEM, such as `"${file:/run/secrets/client.pem}"`, found something else.',
    };
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa' && (details?.modulusLength ?? 0) >= 2048) return { algorithms: ['RS256', 'PS256'] };
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return { algorithms: ['ES256'] };
  return { problem: 'expected an RSA key of 2048 bits or more, or an EC key on the curve P-256, found another kind.' };
}

function parse(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
}
