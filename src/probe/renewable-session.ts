import type { StopSignal } from '../core/stop.ts';
import { ProbeError, RenewalError } from './probe-error.ts';
import type { Enter, Hello, ProtocolSession } from './session.ts';

/** A session that can be opened anew. */
export interface RenewableSession extends ProtocolSession {
  /**
   * What becomes of a request that failed. Null: the server had lost the session and a new one is open, ask again; else
   * the error to fail with.
   */
  renew(error: unknown, signal: StopSignal): Promise<unknown>;
}

/**
 * A session that is opened anew where the server has lost it, as clients must (MCP 2025-11-25, "Session Management"),
 * but only once: who loses it again cannot be worked with. `make` gives a session that is not yet open.
 */
export function renewableSession(make: () => ProtocolSession): RenewableSession {
  let current = make();
  const made = [current];
  const reopen = async (signal: StopSignal): Promise<Hello> => {
    const next = make();
    made.push(next);
    try {
      const hello = await next.open(() => signal);
      current = next;
      return hello;
    } catch (failure) {
      throw failure instanceof ProbeError ? failure : new RenewalError(failure);
    }
  };
  const isWorthIt = (error: unknown): boolean => made.length === 1 && isLoss(error);
  return {
    async open(enter) {
      let latest: StopSignal | null = null;
      const following: Enter = (...part) => {
        const signal = enter(...part);
        latest = signal;
        return signal;
      };
      try {
        return await current.open(following);
      } catch (error) {
        if (!isWorthIt(error)) throw error;
        return reopen(latest ?? AbortSignal.abort());
      }
    },
    async renew(error, signal) {
      if (!isWorthIt(error)) return error;
      return reopen(signal).then(
        () => null,
        (failure: unknown) => failure,
      );
    },
    listTools: (cursor, signal) => current.listTools(cursor, signal),
    callTool: (name, args, signal) => current.callTool(name, args, signal),
    readResource: (uri, signal) => current.readResource(uri, signal),
    ping: (signal) => current.ping(signal),
    cancel: (signal) => current.cancel(signal),
    close: (signal) => closeAll(made, signal),
  };
}

/** Gives each back, whatever becomes of the others. Resolves with whether the server had opened one. */
export async function closeAll(sessions: readonly ProtocolSession[], signal: StopSignal): Promise<boolean> {
  const ends = await Promise.allSettled(sessions.map((session) => session.close(signal)));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return ends.some((end) => end.status === 'fulfilled' && end.value);
}

/** HTTP 404 to a request that named a session. */
function isLoss(error: unknown): boolean {
  return error instanceof ProbeError && error.code === 'session_lost';
}
