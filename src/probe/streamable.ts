import type { Clock } from '../core/ports.ts';
import type { StopSignal } from '../core/stop.ts';
import { answerInEvent, redirectedPath, refuseEncoding } from './answers.ts';
import { type Budget, LIMITS } from './budget.ts';
import type { Line, LineRequest } from './dispatcher.ts';
import { exchange, type Received, type Rest } from './exchange.ts';
import { ProbeError } from './probe-error.ts';
import type { RpcAnswer } from './rpc.ts';
import type { StreamEvent } from './sse.ts';

export interface StreamableOptions {
  readonly line: Line;
  readonly url: URL;
  /** Ours and the configured ones, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly budget: Budget;
  readonly clock: Clock;
}

/** What the server gave us to send with everything after initialize. */
export interface SessionHeaders {
  readonly sessionId: string | null;
  readonly protocolVersion: string | null;
  /** Of the one message, where its revision wants them. */
  readonly standard: Readonly<Record<string, string>>;
}

/** The requests of Streamable HTTP (MCP 2025-11-25, "Transports") on one line. */
export interface Streamable {
  /** Posts a message, following redirects within the origin. `id` null: nothing is to answer it. */
  post(body: string, id: number | null, session: SessionHeaders, signal: StopSignal): Promise<Received<RpcAnswer>>;
  /** Takes up a stream that ended before the answer, after the event with that id. */
  resume(ended: Ended, id: number, session: SessionHeaders, signal: StopSignal): Promise<RpcAnswer>;
  remove(session: SessionHeaders, signal: StopSignal): Promise<Received<RpcAnswer>>;
}

type Ended = Extract<Received<RpcAnswer>, { kind: 'ended' }>;

/** A finished stream may close a moment after its answer; waiting for that keeps the connection. */
const REST_MS = 50;
/** A server may ask us to come back later for the rest of a stream; we do, within this. */
const MAX_RETRY_MS = 5000;
/** Before a stream is taken up again where the server gave no `retry`. */
const RETRY_MS = 100;

export function createStreamable({ line, url, headers, budget, clock }: StreamableOptions): Streamable {
  let path = url.pathname + url.search;
  let rest: Rest | null = null;

  const roundTrip = async (
    request: LineRequest,
    id: number | null,
    signal: StopSignal,
  ): Promise<Received<RpcAnswer>> => {
    if (rest !== null) await clear(rest, clock);
    rest = null;
    const look =
      id === null ? { isHeadEnough: true } : { look: (event: StreamEvent) => answerInEvent(event, id, budget) };
    const maxBytes = (status: number) => (status < 300 ? LIMITS.bodyBytes : LIMITS.errorBytes);
    const received = await exchange<RpcAnswer>(line, request, {
      signal,
      spend: budget.bytes,
      maxBytes,
      accept: refuseEncoding,
      ...look,
    });
    if (received.kind === 'found' || received.kind === 'head') rest = received.rest;
    return received;
  };

  return {
    async post(body, id, session, signal) {
      const content = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
      const all = joined(headers, sessionHeaders(session), content);
      for (let hops = 0; ; hops += 1) {
        budget.request();
        const received = await roundTrip({ method: 'POST', path, headers: all, body }, id, signal);
        const next = hops < LIMITS.redirects ? redirectedPath(received, path, url) : null;
        if (next === null) return received;
        path = next;
      }
    },
    async resume(ended, id, session, signal) {
      let { lastId, retryMs } = ended;
      for (let tries = 0; tries < LIMITS.resumes && lastId !== null && isHeaderText(lastId); tries += 1) {
        await pause(Math.min(retryMs ?? RETRY_MS, MAX_RETRY_MS), clock, signal);
        budget.request();
        const place = { accept: 'text/event-stream', 'last-event-id': lastId };
        const all = joined(headers, sessionHeaders(session), place);
        const received = await roundTrip({ method: 'GET', path, headers: all }, id, signal);
        if (received.kind === 'found') return received.found;
        if (received.kind !== 'ended') break;
        [lastId, retryMs] = [received.lastId ?? lastId, received.retryMs ?? retryMs];
      }
      throw new ProbeError('stream_ended', 'The event stream ended before the answer.');
    },
    remove: (session, signal) =>
      roundTrip({ method: 'DELETE', path, headers: joined(headers, sessionHeaders(session)) }, null, signal),
  };
}

function sessionHeaders({ sessionId, protocolVersion, standard }: SessionHeaders): Readonly<Record<string, string>> {
  return joined(
    sessionId === null ? {} : { 'mcp-session-id': sessionId },
    protocolVersion === null ? {} : { 'mcp-protocol-version': protocolVersion },
    standard,
  );
}

/** Later ones win. Assigned to one object: up to Node 20, adding to a copy costs a hidden class for each name each time. */
function joined(...parts: readonly SessionHeaders['standard'][]): SessionHeaders['standard'] {
  return Object.assign({}, ...parts);
}

/** An event's id may be any text; only what may stand in a header can be sent back. */
function isHeaderText(text: string): boolean {
  return text.length <= 1024 && /^[\x20-\x7e]+$/.test(text);
}

/** Waits for the end of a stream whose answer we have, but not for long. */
async function clear(rest: Rest, clock: Clock): Promise<void> {
  const cancel = clock.after(REST_MS, rest.giveUp);
  await rest.ended;
  cancel();
}

function pause(ms: number, clock: Clock, signal: StopSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
}
