import { ProbeError } from './probe-error.ts';

/** What one probe may take from a target at most (contract, "The limits"). Bytes and requests are counted over the whole probe. */
export const LIMITS = {
  bodyBytes: 4 * 1024 * 1024,
  requests: 30,
  pages: 20,
  tools: 2000,
  depth: 64,
  /**
   * Values in one answer, and in one list or object of it: what one answer may hold everything else up for, which is
   * 100 ms (2,000 tools of ten described arguments each are 70,000 values and take 40 ms to read and to hash).
   */
  values: 100_000,
  entries: 10_000,
  /** Of one event stream, comments and blank ones included: 4 MiB of blank lines are four million. */
  lines: 50_000,
  /** Values kept of what a canary or a health URL gave, and blocks of content looked at. */
  keptValues: 20_000,
  blocks: 250,
  probeMs: 30_000,
  /** Messages of the server that nobody asked for: notifications, requests, answers to other requests. */
  unasked: 500,
  redirects: 3,
  /** Times a stream may be taken up again after it ended without the answer. */
  resumes: 3,
  /** Of the body of an answer that is an error, which is read only as evidence. */
  errorBytes: 64 * 1024,
  healthBytes: 64 * 1024,
} as const;

/** Each call takes from what is left, or throws ProbeError. */
export interface Budget {
  bytes(count: number): void;
  request(): void;
  /** Sets one request aside for the DELETE that gives a session back. Called before the session is opened. */
  keepForClose(): void;
  unasked(): void;
}

export function createBudget(): Budget {
  let [bytes, requests, unasked] = [0, 0, 0];
  const takeRequest = (): void => {
    requests += 1;
    if (requests > LIMITS.requests)
      throw new ProbeError('probe_budget', `The probe used up its ${LIMITS.requests} requests.`);
  };
  return {
    bytes(count) {
      bytes += count;
      if (bytes > LIMITS.bodyBytes)
        throw new ProbeError('response_too_large', 'The answers of this probe exceed 4 MiB.');
    },
    request: takeRequest,
    keepForClose: takeRequest,
    unasked() {
      unasked += 1;
      if (unasked > LIMITS.unasked)
        throw new ProbeError('server_flood', `The server sent more than ${LIMITS.unasked} messages nobody asked for.`);
    },
  };
}
