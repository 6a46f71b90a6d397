import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import { pathOf } from './access.ts';
import type { App } from './room.ts';

/** What is shorter fits one packet of the network however it is written. */
const MIN_BYTES = 1024;
/** A fifth larger than the default level's and made in half its time: these answers change with every probe. */
const OPTIONS = { level: 2 } as const;
/** Event streams must arrive line by line; pictures and the like are packed already. */
const COMPRESSIBLE = /^text\/(?!event-stream)|[/+](?:json|xml|javascript|x-ndjson)\b/;

// Off the event loop, in the thread pool.
const gzipped = promisify(gzip);

/**
 * Compresses for readers that take gzip: texts of 1 kB and more, and streams of unknown length. A file that is served
 * has its length, and its compressed form beside it; what a route writes to the socket itself does not come by here. No
 * answer may hold a secret beside what a stranger chose, as its length would tell the secret (BREACH): none holds one,
 * and signing in is left out even so.
 */
export function compressAnswers(app: App): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const isText = COMPRESSIBLE.test(String(reply.getHeader('content-type')));
    if (!isText || reply.hasHeader('content-encoding') || isSigningIn(pathOf(request))) return payload;
    reply.header('vary', 'accept-encoding');
    if (!takesGzip(request.headers['accept-encoding'])) return payload;
    if (payload instanceof Readable && !reply.hasHeader('content-length')) {
      reply.header('content-encoding', 'gzip');
      // A failure is the packed stream's too: the answer breaks off, and the reader sees that it is not whole.
      return pipeline(payload, createGzip(OPTIONS), () => undefined);
    }
    if (typeof payload !== 'string' || Buffer.byteLength(payload) < MIN_BYTES) return payload;
    const packed = await gzipped(payload, OPTIONS);
    reply.header('content-encoding', 'gzip').header('content-length', packed.length);
    return packed;
  });
}

function isSigningIn(path: string): boolean {
  return path === '/login' || path.endsWith('/session');
}

/** RFC 9110, 12.5.3. */
function takesGzip(accepted: string | undefined): boolean {
  const codings = (accepted ?? '').toLowerCase().split(',');
  return codings.some((coding) => /^\s*(?:x-)?gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*$)|$)/.test(coding));
}
