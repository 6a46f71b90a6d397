import type { ReasonCode } from '../core/reasons.ts';

/** Something a target did, or failed to do, for which there is a reason code. `message` may hold text from the target, not yet cleaned. */
export class ProbeError extends Error {
  readonly code: ReasonCode;
  /** What `Retry-After` asked for; null when it did not say. */
  readonly retryAfterMs: number | null;
  constructor(
    code: ReasonCode,
    message: string,
    { cause, retryAfterMs = null }: { cause?: unknown; retryAfterMs?: number | null } = {},
  ) {
    super(message, { cause });
    this.name = 'ProbeError';
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Getting a connection failed; `cause` is the resolver's, the socket's or our own error. */
export class DialError extends Error {
  readonly phase: 'dns' | 'connect' | 'tls';
  constructor(phase: DialError['phase'], cause: unknown) {
    super(`${phase} failed`, { cause });
    this.name = 'DialError';
    this.phase = phase;
  }
}

/** A deadline passed: that of one step, or that of the whole probe. */
export class TimeUpError extends Error {
  readonly scope: 'step' | 'probe';
  readonly ms: number;
  constructor(scope: TimeUpError['scope'], ms: number) {
    super(`time is up after ${ms} ms`);
    this.name = 'TimeUpError';
    this.scope = scope;
    this.ms = ms;
  }
}

/** The answer to a request has not the shape the protocol gives it. */
export class ResultShapeError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ResultShapeError';
  }
}
