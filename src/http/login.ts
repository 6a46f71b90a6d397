import { z } from 'zod';
import { COOKIE, checkPassword, type Keeper, sessionOf } from './access.ts';
import type { EventHub } from './event-hub.ts';
import { escapeHtml, plainPage } from './plain-page.ts';
import { ProblemError } from './problem.ts';
import type { App } from './room.ts';
import { SessionBody } from './schema-request.ts';
import { SESSION_MS } from './sessions.ts';

export interface LoginParts {
  readonly keeper: Keeper | null;
  readonly hub: EventHub;
  /** The dashboard is reached by https, so its cookie may travel by nothing else. */
  readonly isHttps: boolean;
}

export function cookieOptions(isHttps: boolean) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: isHttps, maxAge: SESSION_MS / 1000 } as const;
}

/** For scripts and the dashboard. */
export function sessionRoutes(app: App, { keeper, hub, isHttps }: LoginParts): void {
  app.post(
    '/session',
    { schema: { tags: ['session'], summary: 'Sign in', body: SessionBody, response: { 204: z.null() } } },
    async ({ body, ip }, reply) => {
      if (keeper === null)
        throw new ProblemError(404, 'This monitor has no password, so there is nothing to sign in to.');
      if (!checkPassword(body.password, ip, keeper)) throw new ProblemError(401, 'This is not the password.');
      return reply.code(204).setCookie(COOKIE, keeper.sessions.begin(), cookieOptions(isHttps)).send(null);
    },
  );
  app.delete(
    '/session',
    { schema: { tags: ['session'], summary: 'Sign out', response: { 204: z.null() } } },
    async (request, reply) => {
      const session = keeper === null ? null : sessionOf(request, keeper.sessions);
      if (session !== null) {
        keeper?.sessions.end(session);
        hub.endSession(session);
      }
      return reply.code(204).clearCookie(COOKIE, { path: '/' }).send(null);
    },
  );
}

const LoginQuery = z.object({ to: z.string().max(2000).optional() });
const LoginForm = z.object({ password: z.string().max(1000), to: z.string().max(2000).default('/') });

/** The page where people sign in. It works without scripts, so its form alone may be sent as a form. */
export function loginPage(app: App, { keeper, isHttps }: LoginParts): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 8192 },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  app.get('/login', { schema: { hide: true, querystring: LoginQuery } }, async ({ query }, reply) =>
    keeper === null
      ? reply.redirect('/', 303)
      : reply.type('text/html; charset=utf-8').send(form(ownPath(query.to), null)),
  );
  app.post('/login', { schema: { hide: true, body: LoginForm } }, async ({ body, ip }, reply) => {
    const to = ownPath(body.to);
    if (keeper === null) return reply.redirect('/', 303);
    const failure = refusal(body.password, ip, keeper);
    if (failure === null)
      return reply.setCookie(COOKIE, keeper.sessions.begin(), cookieOptions(isHttps)).redirect(to, 303);
    return reply
      .code(failure.status)
      .headers(failure.headers)
      .type('text/html; charset=utf-8')
      .send(form(to, failure.message));
  });
}

function refusal(password: string, address: string, keeper: Keeper): ProblemError | null {
  try {
    return checkPassword(password, address, keeper) ? null : new ProblemError(401, 'This is not the password.');
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
}

/** Only a path of ours: what leads elsewhere becomes the overview. */
function ownPath(to: string | undefined): string {
  return to !== undefined && /^\/(?![/\\])[\x21-\x7e]*$/.test(to) && !to.startsWith('/login') ? to : '/';
}

function form(to: string, error: string | null): string {
  const alert = error === null ? '' : `<p role="alert">${escapeHtml(error)}</p>`;
  return plainPage(
    'Sign in · AliveMCP',
    `<h1>AliveMCP</h1>
${alert}
<form method="post" action="/login">
<label>Password <input type="password" name="password" autocomplete="current-password" required autofocus></label>
<input type="hidden" name="to" value="${escapeHtml(to)}">
<button type="submit">Sign in</button>
</form>`,
  );
}
