import type { Clock } from '../core/ports.ts';
import type { Way } from './era-memory.ts';
import { ProbeError } from './probe-error.ts';
import { closeAll, type RenewableSession } from './renewable-session.ts';
import { RpcError } from './rpc-error.ts';
import type { Enter, Hello } from './session.ts';

export interface Negotiation {
  /** Where to begin. */
  readonly first: Way;
  /** The ways that may be taken, each as a new session that is not yet open. */
  readonly ways: { readonly [way in Way]?: () => RenewableSession };
  /** Of `initialize` in all, whatever ways it takes. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** A session that finds out how it can be opened. */
export interface NegotiatedSession extends RenewableSession {
  /** How it was opened; null: it was not. */
  way(): Way | null;
}

/**
 * Opens a session the way that is known to work, else by `initialize`, which every server of the earlier revisions and
 * most of the newer ones answer. Only an answer that says “not this way” leads on to the next one, so a server that is
 * simply ill costs nothing more. Where no way leads in, the error is that of `initialize`.
 */
export function negotiatedSession({ first, ways, timeoutMs, clock }: Negotiation): NegotiatedSession {
  const opened: RenewableSession[] = [];
  const failures = new Map<Way, unknown>();
  let met: { readonly way: Way; readonly session: RenewableSession } | null = null;

  /** Null: not this way. */
  const attempt = async (way: Way, enter: Enter): Promise<Hello | null> => {
    const session = ways[way]?.();
    if (session === undefined) return null;
    opened.push(session);
    try {
      const hello = await session.open(enter);
      met = { way, session };
      return hello;
    } catch (error) {
      failures.set(way, error);
      return null;
    }
  };
  const current = (): RenewableSession => {
    if (met === null) throw new Error('the session is not open');
    return met.session;
  };
  return {
    async open(enter) {
      const from = clock.monotonic();
      const queue: Way[] = [first];
      for (let way = queue.shift(); way !== undefined; way = queue.shift()) {
        // Taken before the way is: what the SDK takes to load is no time of the server's.
        const left = way === first ? timeoutMs : Math.max(1, timeoutMs - (clock.monotonic() - from));
        const hello = await attempt(way, (part) => (part === 'initialize' ? enter(part, left) : enter(part)));
        if (hello !== null) return hello;
        queue.push(...onwards(way, failures.get(way), first).filter((next) => !failures.has(next)));
      }
      throw failures.get('legacy') ?? failures.get(first);
    },
    listTools: (cursor, signal) => current().listTools(cursor, signal),
    callTool: (name, args, signal) => current().callTool(name, args, signal),
    readResource: (uri, signal) => current().readResource(uri, signal),
    ping: (signal) => current().ping(signal),
    cancel: (signal) => current().cancel(signal),
    renew: (error, signal) => current().renew(error, signal),
    close: (signal) => closeAll(opened, signal),
    way: () => met?.way ?? null,
  };
}

/** Which ways a failed one leads to. */
function onwards(way: Way, error: unknown, first: Way): readonly Way[] {
  const refusal = refusalOf(error);
  if (way !== 'legacy') {
    // What was known to work does no longer: found out anew.
    const isRefused = refusal !== null || error instanceof RpcError || isNoSse(error);
    return isRefused && way === first ? ['legacy'] : [];
  }
  if (refusal === null) return [];
  return refusal === 'http' ? ['sse', 'modern'] : ['modern'];
}

/** GET was answered, but not by a stream of HTTP+SSE. */
function isNoSse(error: unknown): boolean {
  return error instanceof ProbeError && (error.code === 'sse_no_endpoint' || error.code === 'wrong_content_type');
}

/**
 * JSON-RPC errors by which a server without `initialize` may refuse it; the specification fixes none. Those of
 * 2026-07-28 (unsupported version, missing capability, headers that do not match), unknown method, invalid parameters.
 */
const ERA_CODES: readonly number[] = [-32022, -32021, -32020, -32601, -32602];
/** Statuses by which a server says that it does not take such a request at this address at all. */
const ERA_STATUSES: readonly (number | null)[] = [400, 404, 405];

/** Does an error say “not this way”? By JSON-RPC, or by the plain status of a server that did not understand us. */
function refusalOf(error: unknown): 'rpc' | 'http' | null {
  if (error instanceof ProbeError) {
    if (error.code === 'version_mismatch') return 'rpc';
    return error.code === 'http_client_error' && ERA_STATUSES.includes(error.status) ? 'http' : null;
  }
  return error instanceof RpcError && ERA_CODES.includes(error.code) ? 'rpc' : null;
}
