import { isJsonObject, type Json } from '../core/json.ts';
import { SIGNING_ALGORITHMS } from '../core/server.ts';
import type { Mistake, Path } from './config.ts';
import { readKey } from './private-key.ts';

/** What is wrong between the keys of `auth: { type: client_credentials }`. Takes anything; never shows a value. */
export function checkClientCredentials(auth: Json | undefined): readonly Mistake[] {
  if (!isJsonObject(auth) || auth['type'] !== 'client_credentials') return [];
  const [hasSecret, hasKey] = ['client_secret' in auth, 'private_key' in auth];
  if (hasSecret && hasKey)
    return [mistake('private_key', 'key', 'expected either `client_secret` or `private_key`, found both; remove one.')];
  if (!hasSecret && !hasKey)
    return [mistake(null, 'value', 'expected `client_secret`, or `private_key` to sign with, found neither.')];
  if (hasSecret)
    return 'algorithm' in auth ? [mistake('algorithm', 'key', '`algorithm` belongs to `private_key`; remove it.')] : [];
  return checkKey(auth['private_key'], auth['algorithm']);
}

function checkKey(pem: Json | undefined, algorithm: Json | undefined): readonly Mistake[] {
  if (typeof pem !== 'string') return [];
  const key = readKey(pem);
  if ('problem' in key) return [mistake('private_key', 'value', key.problem)];
  const isKnown = SIGNING_ALGORITHMS.some((each) => each === algorithm);
  if (!isKnown || key.algorithms.some((each) => each === algorithm)) return [];
  return [mistake('algorithm', 'value', `does not fit the key, which signs with ${key.algorithms.join(' or ')}.`)];
}

function mistake(key: string | null, at: Mistake['at'], message: string): Mistake {
  const path: Path = key === null ? ['auth'] : ['auth', key];
  return { path, at, message };
}
