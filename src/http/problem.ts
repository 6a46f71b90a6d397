import type { FastifyReply } from 'fastify';
import type { Problem } from './wire.ts';

type FieldError = Problem['errors'][number];

interface ProblemExtras {
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that cannot be served; becomes an `application/problem+json` answer (RFC 9457). `message` is its detail. */
export class ProblemError extends Error {
  readonly status: number;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, detail: string, { errors = [], headers = {} }: ProblemExtras = {}) {
    super(detail);
    this.name = 'ProblemError';
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  409: 'Conflict',
  413: 'Content too large',
  415: 'Unsupported media type',
  421: 'Misdirected request',
  422: 'Unprocessable content',
  429: 'Too many requests',
  500: 'Internal server error',
  503: 'Service unavailable',
};

export function notFound(kind: string, id: string): ProblemError {
  return new ProblemError(404, `There is no ${kind} with the id “${id}”. It may have been removed.`);
}

/** For an address that names nothing at all. */
export function nothingThere(): ProblemError {
  return new ProblemError(404, 'There is nothing at this address.');
}

/** The value, unless there is none. */
export function found<T>(value: T | null, kind: string, id: string): T {
  if (value === null) throw notFound(kind, id);
  return value;
}

export function sendProblem(reply: FastifyReply, problem: ProblemError): FastifyReply {
  return reply
    .code(problem.status)
    .headers({ 'cache-control': 'no-store', ...problem.headers })
    .type('application/problem+json')
    .send(JSON.stringify(problemAnswer(problem, reply.request.id)));
}

export function problemAnswer({ status, message, errors }: ProblemError, requestId: string): Problem {
  return {
    type: 'about:blank',
    title: TITLES[status] ?? 'Error',
    status,
    detail: message,
    errors: [...errors],
    request_id: requestId,
  };
}
