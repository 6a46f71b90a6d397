import type { Target } from '../core/target.ts';
import type { EraMemory, Way } from './era-memory.ts';
import { createLegacySession } from './legacy-session.ts';
import { createModernSession, MODERN } from './modern-session.ts';
import { type NegotiatedSession, type Negotiation, negotiatedSession } from './negotiate.ts';
import { renewableSession } from './renewable-session.ts';
import type { Run } from './run.ts';
import type { ClientInfo, Wire } from './session.ts';

export interface EraSessionOptions {
  readonly target: Target;
  readonly clientInfo: ClientInfo;
  readonly wire: Wire;
  /** The same over HTTP+SSE, where that is possible. */
  readonly sseWire?: Wire;
  readonly eras: EraMemory;
}

/** A session of the revision that the server's entry prescribes, else opened the way that was last known to work. */
export function eraSession(options: EraSessionOptions, run: Run): NegotiatedSession {
  const { target, clientInfo, wire, sseWire, eras } = options;
  const { server, clock } = run;
  const { protocol } = target;
  const pinned = protocol === 'auto' ? null : protocol;
  const transport = target.kind === 'http' ? target.transport : 'auto';
  const sse: Negotiation['ways'] =
    sseWire === undefined || protocol === MODERN || transport === 'http'
      ? {}
      : { sse: () => renewableSession(() => createLegacySession(clientInfo, sseWire, pinned)) };
  if (transport === 'sse') return negotiatedSession({ first: 'sse', ways: sse, timeoutMs: server.timeoutMs, clock });
  const legacy: Negotiation['ways'] =
    protocol === MODERN ? {} : { legacy: () => renewableSession(() => createLegacySession(clientInfo, wire, pinned)) };
  const modern: Negotiation['ways'] =
    protocol === 'auto' || protocol === MODERN
      ? { modern: () => renewableSession(() => createModernSession(clientInfo, wire)) }
      : {};
  const first: Way = protocol === MODERN ? 'modern' : (eras.recall(server)?.way ?? 'legacy');
  return negotiatedSession({ first, ways: Object.assign({}, legacy, sse, modern), timeoutMs: server.timeoutMs, clock });
}
