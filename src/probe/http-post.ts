import type { HttpPost } from '../core/ports.ts';
import { REASONS } from '../core/reasons.ts';
import { classify } from './classify.ts';
import { createDispatch, type Headers, type WayOut } from './dispatcher.ts';
import { exchange } from './exchange.ts';

/** Each phase of the connection; the whole is bounded by the caller's signal. */
const CONNECT_MS = 10_000;

/** The way out for other rooms. A message of what went wrong names the host, never the path: webhook addresses are secrets. */
export function createHttpPost(wayOut: WayOut): HttpPost {
  const dispatch = createDispatch(wayOut);
  return async ({ url: address, headers, body, signal, maxBytes }) => {
    const url = new URL(address);
    try {
      const line = await dispatch.open({ url, timeoutMs: CONNECT_MS, signal, onPhase: () => undefined });
      try {
        const request = {
          method: 'POST',
          path: url.pathname + url.search,
          headers: { 'accept-encoding': 'identity', ...headers },
          body,
        } as const;
        const received = await exchange(line, request, { signal, spend: () => undefined, maxBytes: () => maxBytes });
        const text = received.kind === 'body' ? received.bytes.toString() : '';
        return { status: received.status, headers: flat(received.headers), text };
      } finally {
        line.close();
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw readable(error, url);
    }
  };
}

function readable(error: unknown, { host }: URL): Error {
  const { code, message } = classify(error, { step: 'connect', host, redact: (text) => text });
  return new Error(REASONS[code].turns === null && code !== 'blocked' ? `The request to ${host} failed.` : message, {
    cause: error,
  });
}

function flat(headers: Headers): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? value : value.join(', ')]],
    ),
  );
}
