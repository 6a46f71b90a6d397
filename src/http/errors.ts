import type { FastifyError, FastifyInstance } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { ConflictError, InvalidEntryError } from '../core/monitor.ts';
import type { Log } from '../core/ports.ts';
import { ProblemError, sendProblem } from './problem.ts';

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
  FST_ERR_MAX_PARAM_LENGTH: [404, 'There is nothing at this address.'],
};

/** Turns whatever a handler throws into a problem answer. What nobody expected is logged, and its words stay inside. */
export function handleErrors(app: FastifyInstance, log: Log): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const problem = problemOf(error);
    if (problem !== null) return sendProblem(reply, problem);
    log.error(
      {
        request_id: request.id,
        method: request.method,
        route: request.routeOptions.url ?? null,
        error: error.stack ?? String(error),
      },
      'a request failed',
    );
    return sendProblem(reply, new ProblemError(500, unexpected(request.id)));
  });
}

function unexpected(requestId: string): string {
  return `The monitor itself failed to answer; probing goes on. Try again, and if it stays so look in its log for request ${requestId}.`;
}

/** null: nobody expected this one. */
function problemOf(error: FastifyError): ProblemError | null {
  if (error instanceof ProblemError) return error;
  if (error instanceof InvalidEntryError)
    return new ProblemError(422, 'The entry cannot be used; nothing was changed.', { errors: error.errors });
  if (error instanceof ConflictError) return new ProblemError(409, error.message);
  if (hasZodFastifySchemaValidationErrors(error)) return invalid(error);
  const refusal = REFUSALS[error.code];
  if (refusal !== undefined) return new ProblemError(...refusal);
  if (error.statusCode === 400)
    return new ProblemError(400, 'The request is not well-formed: check its body and its address.');
  return null;
}

interface Invalid {
  readonly validationContext?: string | undefined;
  readonly validation: readonly { readonly instancePath: string; readonly message?: string | undefined }[];
}

function invalid({ validationContext, validation }: Invalid): ProblemError {
  const errors = validation.map(({ instancePath, message }) => ({
    path: instancePath.slice(1).replaceAll('/', '.'),
    message: message ?? 'is not valid',
  }));
  if (validationContext === 'body')
    return new ProblemError(422, 'The body cannot be used; nothing was changed.', { errors });
  if (validationContext === 'params') return new ProblemError(404, 'There is nothing at this address.');
  return new ProblemError(400, 'The address cannot be used: look at what follows the question mark.', { errors });
}
