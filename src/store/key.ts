import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import type { Log } from '../core/ports.ts';
import { StoreError } from '../core/store.ts';

const KEY_BYTES = 32;

/** The 32 bytes of `ALIVEMCP_SECRET_KEY`: base64 (also URL-safe) or 64 hexadecimal digits. */
export function parseKey(text: string, origin: string): Buffer {
  const trimmed = text.trim();
  const key = /^[0-9a-f]{64}$/i.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new StoreError(
    `${origin} must be 32 bytes, as base64 or as 64 hexadecimal digits, but is ${key.length} bytes. Make one with: openssl rand -base64 32`,
  );
}

/** The key kept in `file`, made at the first start. */
export function keyFromFile(file: string, log: Log): Buffer {
  const text = readOrNull(file) ?? createKeyFile(file);
  if ((statSync(file).mode & 0o077) !== 0)
    log.warn({ file }, 'the key file can be read by others; make it private: chmod 600');
  return parseKey(text, `The key file ${file}`);
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new StoreError(`The key file ${file} cannot be read. Make it readable for the user that runs AliveMCP.`, {
      cause: error,
    });
  }
}

function createKeyFile(file: string): string {
  const text = `${randomBytes(KEY_BYTES).toString('base64')}\n`;
  const handle = openSync(file, 'wx', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return text;
}
