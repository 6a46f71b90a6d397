import { hash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Everything public may be kept for a minute by anybody, and shown on while a fresh one is fetched (contract, HTTP API). */
const CACHE = 'public, max-age=60, stale-while-revalidate=300';

/** Lets other sites use the answer, as images, scripts and data. */
export function publicHeaders(reply: FastifyReply): void {
  reply
    .header('cache-control', CACHE)
    .header('access-control-allow-origin', '*')
    .header('cross-origin-resource-policy', 'cross-origin');
}

/** Sends `body` with its ETag, weak as it may go out compressed (RFC 9110, 8.8.3.3), or 304 where the reader has it. */
export function sendTagged(request: FastifyRequest, reply: FastifyReply, body: string): FastifyReply {
  const tag = `"${hash('sha256', body, 'base64url').slice(0, 22)}"`;
  publicHeaders(reply);
  reply.header('etag', `W/${tag}`);
  const known = request.headers['if-none-match'] ?? '';
  const isKnown = known.split(',').some((each) => each.trim().replace(/^W\//, '') === tag);
  return isKnown ? reply.code(304).send() : reply.send(body);
}
