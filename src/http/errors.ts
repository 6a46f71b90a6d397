import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { ConflictError, InvalidEntryError } from '../core/monitor.ts';
import type { Log } from '../core/ports.ts';
import { CursorError } from '../core/store.ts';
import { badCursor } from './paging.ts';
import { nothingThere, ProblemError, sendProblem } from './problem.ts';
import { InvalidRequestError } from './validation.ts';

/** Fastify's own refusals, in words that say what to do. */
const REFUSALS: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'The body must be JSON. Send it with “Content-Type: application/json”.'],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'The body is larger than 64 KiB. Send less at once.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [
    400,
    'The body is empty although the content type says JSON. Send {} or leave the content type out.',
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'The body is not valid JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'The body is not as long as its Content-Length says.'],
};

/** Turns whatever a handler throws into a problem answer. */
export function handleErrors(app: FastifyInstance, log: Log): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => sendProblem(reply, explain(error, request, log)));
}

/** The problem that an error is to its client. What nobody expected is logged, and its words stay inside. */
export function explain(error: unknown, request: FastifyRequest, log: Log): ProblemError {
  const problem = error instanceof Error ? problemOf(error) : null;
  if (problem !== null) return problem;
  const { id, method, routeOptions } = request;
  const words = error instanceof Error ? error.stack : String(error);
  log.error({ request_id: id, method, route: routeOptions.url ?? null, error: words }, 'a request failed');
  return new ProblemError(500, unexpected(id));
}

function unexpected(requestId: string): string {
  return `The monitor itself failed to answer; probing goes on. Try again, and if it stays so look in its log for request ${requestId}.`;
}

/** null: nobody expected this one. */
function problemOf(error: Partial<FastifyError> & Error): ProblemError | null {
  if (error instanceof ProblemError) return error;
  if (error instanceof InvalidEntryError)
    return new ProblemError(422, 'The entry cannot be used; nothing was changed.', { errors: error.errors });
  if (error instanceof CursorError) return badCursor(error);
  if (error instanceof ConflictError) return new ProblemError(409, error.message);
  if (error instanceof InvalidRequestError) return invalid(error);
  const refusal = REFUSALS[error.code ?? ''];
  if (refusal !== undefined) return new ProblemError(...refusal);
  // The static files' way of saying that a path leads out of their folder, or to a hidden file.
  if (error.statusCode === 403 || error.statusCode === 404) return nothingThere();
  if (error.statusCode === 400)
    return new ProblemError(400, 'The request is not well-formed: check its body and its address.');
  return null;
}

function invalid({ validationContext, issues: errors }: InvalidRequestError): ProblemError {
  if (validationContext === 'body')
    return new ProblemError(422, 'The body cannot be used; nothing was changed.', { errors });
  if (validationContext === 'params') return nothingThere();
  return new ProblemError(400, 'The address cannot be used: look at what follows the question mark.', { errors });
}
