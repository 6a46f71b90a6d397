import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** Where a secret lives. The ciphertext is bound to it: moved to another table, row or field, it does not open. */
export interface Place {
  readonly table: string;
  readonly row: string;
  readonly field: string;
}

export interface Sealer {
  /** `v1.<key id>.<iv>.<tag>.<ciphertext>`, each part base64url. */
  seal(text: string, place: Place): string;
  /** null when it was sealed with another key, for another place, or was changed. */
  open(sealed: string, place: Place): string | null;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Seals texts with AES-256-GCM under `key` (32 bytes). */
export function createSealer(key: Buffer): Sealer {
  const keyId = createHash('sha256')
    .update('alivemcp key id')
    .update(key)
    .digest()
    .subarray(0, 6)
    .toString('base64url');
  return {
    seal(text, place) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES }).setAAD(bindingOf(place));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return ['v1', keyId, ...[iv, cipher.getAuthTag(), body].map((part) => part.toString('base64url'))].join('.');
    },
    open(sealed, place) {
      const [version, sealedWith, iv, tag, body] = sealed.split('.');
      if (version !== 'v1' || sealedWith !== keyId || iv === undefined || tag === undefined || body === undefined)
        return null;
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'), {
          authTagLength: TAG_BYTES,
        })
          .setAAD(bindingOf(place))
          .setAuthTag(Buffer.from(tag, 'base64url'));
        return Buffer.concat([decipher.update(Buffer.from(body, 'base64url')), decipher.final()]).toString('utf8');
      } catch {
        // GCM says only that something does not match, and that is all there is to know.
        return null;
      }
    },
  };
}

function bindingOf({ table, row, field }: Place): Buffer {
  return Buffer.from(`${table}:${row}:${field}`);
}
