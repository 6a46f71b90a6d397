import type { FastifyInstance, FastifyRequest } from 'fastify';
import { judgeOrigin, type OwnNames } from './origin.ts';
import { ProblemError, sendProblem } from './problem.ts';
import type { Sessions } from './sessions.ts';
import type { Throttle } from './throttle.ts';

export const COOKIE = 'alivemcp_session';

/** How a request with a password set is known. */
export interface Keeper {
  readonly sessions: Sessions;
  readonly throttle: Throttle;
}

export interface AccessRules {
  readonly own: OwnNames;
  /** null: no password is set, everything is open to who reaches us. */
  readonly keeper: Keeper | null;
}

/** Judges every request before its body is read (contract, "Access"). */
export function guardAccess(app: FastifyInstance, { own, keeper }: AccessRules): void {
  app.addHook('onRequest', async (request, reply) => {
    const refusal = judgeOrigin(
      {
        method: request.method,
        host: request.headers.host,
        origin: request.headers.origin,
        fetchSite: headerOf(request, 'sec-fetch-site'),
        localAddress: request.socket.localAddress,
        localPort: request.socket.localPort,
      },
      own,
    );
    if (refusal !== null) return sendProblem(reply, refusal);
    const path = pathOf(request);
    if (keeper === null || isOpen(path, request.method) || sessionOf(request, keeper.sessions) !== null) return;
    if (isBearer(request, keeper)) return;
    if (isForPeople(path, request)) return reply.redirect(`/login?to=${encodeURIComponent(request.url)}`, 303);
    throw new ProblemError(
      401,
      'This monitor wants its password: sign in at /login, or send “Authorization: Bearer <password>”.',
      {
        headers: { 'www-authenticate': 'Bearer realm="AliveMCP"' },
      },
    );
  });
}

export function sessionOf(request: FastifyRequest, sessions: Sessions): string | null {
  const token = request.cookies[COOKIE];
  return token === undefined ? null : sessions.find(token);
}

/** True for the password. Counts a wrong one, and throws while this address has to wait. */
export function checkPassword(candidate: string, address: string, { sessions, throttle }: Keeper): boolean {
  const waitMs = throttle.waitMs(address);
  if (waitMs > 0) {
    const seconds = Math.ceil(waitMs / 1000);
    throw new ProblemError(429, `Too many wrong passwords. Try again in ${seconds} s.`, {
      headers: { 'retry-after': String(seconds) },
    });
  }
  const isRight = sessions.isPassword(candidate);
  if (isRight) throttle.succeeded(address);
  else throttle.failed(address);
  return isRight;
}

function isBearer(request: FastifyRequest, keeper: Keeper): boolean {
  const [, token] = /^bearer +(\S.*)$/i.exec(request.headers.authorization ?? '') ?? [];
  return token !== undefined && checkPassword(token, request.ip, keeper);
}

const OPEN_TREES = ['/status', '/badge', '/api/embed-status'];
const OPEN_PAGES = ['/live', '/ready', '/login', '/plain.css', '/embed.js'];

function isOpen(path: string, method: string): boolean {
  if (path === '/api/v1/session') return method === 'POST';
  return OPEN_PAGES.includes(path) || OPEN_TREES.some((tree) => path === tree || path.startsWith(`${tree}/`));
}

/** A page a person opened, not a request of a script. */
function isForPeople(path: string, request: FastifyRequest): boolean {
  return request.method === 'GET' && !path.startsWith('/api/v1/') && path !== '/metrics' && path !== '/mcp';
}

export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/';
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
