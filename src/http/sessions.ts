import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../core/ports.ts';

/** Who has given the password. They are gone after a restart. */
export interface Sessions {
  /** A new session's token, for its cookie. Only its hash is kept. */
  begin(): string;
  /** The name of the session that a token opens; null when it is none or over. */
  find(token: string): string | null;
  end(name: string): void;
  /** Compares in constant time. */
  isPassword(candidate: string): boolean;
}

export const SESSION_MS = 7 * 86_400_000;
const MAX_SESSIONS = 1000;

export function createSessions(password: string, clock: Clock): Sessions {
  const secret = sha256(password);
  const endsAt = new Map<string, number>();

  return {
    begin() {
      const token = randomBytes(32).toString('base64url');
      endsAt.set(nameOf(token), clock.now() + SESSION_MS);
      const oldest = endsAt.keys().next();
      if (endsAt.size > MAX_SESSIONS && oldest.done !== true) endsAt.delete(oldest.value);
      return token;
    },
    find(token) {
      const name = nameOf(token);
      if ((endsAt.get(name) ?? 0) > clock.now()) return name;
      endsAt.delete(name);
      return null;
    },
    end(name) {
      endsAt.delete(name);
    },
    isPassword: (candidate) => timingSafeEqual(sha256(candidate), secret),
  };
}

function nameOf(token: string): string {
  return sha256(token).toString('hex');
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
