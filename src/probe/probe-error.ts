import type { ReasonCode } from '../core/reasons.ts';
import type { Challenge } from './challenge.ts';

/** Something a target did, or failed to do, for which there is a reason code. `message` may hold text from the target, not yet cleaned. */
export class ProbeError extends Error {
  readonly code: ReasonCode;
  /** What `Retry-After` asked for; null when it did not say. */
  readonly retryAfterMs: number | null;
  /** Of the answer, where it was HTTP's own word for an error; else null. */
  readonly status: number | null;
  /** The ways of access a refusal offers. */
  readonly challenges: readonly Challenge[];
  constructor(code: ReasonCode, message: string, details: Details = {}) {
    const { cause, retryAfterMs = null, status = null, challenges = [] } = details;
    super(message, { cause });
    this.name = 'ProbeError';
    this.code = code;
    this.retryAfterMs = retryAfterMs;
    this.status = status;
    this.challenges = challenges;
  }
}

interface Details {
  readonly cause?: unknown;
  readonly retryAfterMs?: number | null;
  readonly status?: number;
  readonly challenges?: readonly Challenge[];
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

/** A lost session was to be opened anew in the middle of another step, and was not: `cause` is what `initialize` failed with. */
export class RenewalError extends Error {
  constructor(cause: unknown) {
    super('the session was not opened anew', { cause });
    this.name = 'RenewalError';
  }
}

/** The answer to a request has not the shape the protocol gives it. */
export class ResultShapeError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ResultShapeError';
  }
}
