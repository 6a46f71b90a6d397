import type { HttpTarget } from '../core/target.ts';
import type { EraMemory, Way } from './era-memory.ts';
import { createModernSession, MODERN } from './modern-session.ts';
import { type NegotiatedSession, type Negotiation, negotiatedSession } from './negotiate.ts';
import type { Run } from './run.ts';
import { type ClientInfo, type Connect, createSession } from './session.ts';

export interface HttpSessionOptions {
  readonly target: HttpTarget;
  readonly clientInfo: ClientInfo;
  readonly connect: Connect;
  readonly eras: EraMemory;
}

/** A session with a server at a URL, opened the way that its entry prescribes or that it was last met. */
export function httpSession({ target, clientInfo, connect, eras }: HttpSessionOptions, run: Run): NegotiatedSession {
  const { server, clock } = run;
  const { protocol } = target;
  const pinned = protocol === 'auto' ? null : protocol;
  const legacy: Negotiation['ways'] =
    protocol === MODERN ? {} : { legacy: () => createSession(clientInfo, connect, pinned) };
  const modern: Negotiation['ways'] =
    protocol === 'auto' || protocol === MODERN ? { modern: () => createModernSession(clientInfo, connect) } : {};
  const first: Way = protocol === MODERN ? 'modern' : (eras.recall(server)?.way ?? 'legacy');
  return negotiatedSession({ first, ways: { ...legacy, ...modern }, timeoutMs: server.timeoutMs, clock });
}
