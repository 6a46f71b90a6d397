import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Log } from '../core/ports.ts';

/** Answers one request. A rejection is our own fault: it is logged and answered with 500. */
export type Handle = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>;

/** An HTTP listener on loopback that can be stopped and started again on the same port. */
export interface Listener {
  /** Without a slash at the end: `http://127.0.0.1:40123`. Set once it has listened. */
  origin(): string;
  isListening(): boolean;
  /** Rejects when the port is taken. */
  start(): Promise<void>;
  /** Frees the port and cuts every connection. */
  stop(): Promise<void>;
}

const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Serves `handle` to loopback names only: a browser that was led here by DNS rebinding or a foreign page gets 403. */
export function createListener({
  host,
  port,
  handle,
  log,
}: {
  host: '127.0.0.1';
  port: number;
  handle: Handle;
  log: Log;
}): Listener {
  let bound = port;
  const server = createServer({ headersTimeout: 5_000, requestTimeout: 10_000 }, (request, response) => {
    void serve(request, response, handle, log);
  });

  return {
    origin: () => `http://${host}:${bound}`,
    isListening: () => server.listening,
    async start() {
      if (server.listening) return;
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host, port: bound, exclusive: true }, () => {
          server.removeListener('error', reject);
          resolve();
        });
      });
      const address = server.address();
      if (address !== null && typeof address === 'object') bound = address.port;
    },
    async stop() {
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(request: IncomingMessage, response: ServerResponse, handle: Handle, log: Log): Promise<void> {
  try {
    if (!isOurs(request)) {
      answerJson(response, 403, { error: 'Only loopback names and pages of this address are served.' });
      return;
    }
    await handle(request, response, (request.url ?? '/').split('?', 1)[0] ?? '/');
  } catch (error) {
    if (response.destroyed) return;
    if (error instanceof BodyTooLargeError) {
      answerJson(response, 413, { error: error.message });
      return;
    }
    log.error({ error: String(error), url: request.url }, 'a demo server could not answer a request');
    if (response.headersSent) response.destroy();
    else answerJson(response, 500, { error: 'The demo server could not answer this request; see the log.' });
  }
}

/** `Host` is a loopback name, and `Origin`, where a browser sends one, is that very host. */
function isOurs(request: IncomingMessage): boolean {
  const host = request.headers.host ?? '';
  const { origin } = request.headers;
  return LOOPBACK_NAMES.has(host.replace(/:\d+$/, '')) && (origin === undefined || origin === `http://${host}`);
}

/** Answers with `value` as JSON. */
export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** A request body exceeds what we read. */
export class BodyTooLargeError extends Error {
  constructor(maxBytes: number) {
    super(`The request body exceeds ${maxBytes} bytes.`);
    this.name = 'BodyTooLargeError';
  }
}

/** Reads a body of at most `maxBytes`. The listener's request timeout is its deadline. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new BodyTooLargeError(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
