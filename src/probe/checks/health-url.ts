import type { HealthOutcome, ProbeReport } from '../../core/probe.ts';
import { redHealth } from '../../core/red.ts';
import type { HealthUrl } from '../../core/server.ts';
import type { StopSignal } from '../../core/stop.ts';
import { maskUrl } from '../../core/url.ts';
import { LIMITS } from '../budget.ts';
import type { Dispatch } from '../dispatcher.ts';
import { exchange } from '../exchange.ts';
import { parseJsonText, plain } from '../json.ts';
import { openStep, type Run } from '../run.ts';
import { openDeadline } from '../steps.ts';

export interface HealthQuestion {
  readonly dispatch: Dispatch;
  readonly healthUrl: HealthUrl;
  /** Ours and the configured ones, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What does the server say of itself? Asked beside the session, over connections of its own. The step is that of `ready`. */
export async function askHealth(question: HealthQuestion, run: Run): Promise<NonNullable<ProbeReport['health']>> {
  const [ready, live] = await Promise.all([askReady(question, run), askLive(question, run)]);
  return { ready, live };
}

async function askReady(question: HealthQuestion, run: Run): Promise<HealthOutcome> {
  const step = openStep(run, 'health_url', run.server.timeoutMs);
  const outcome = await ask(question, question.healthUrl.ready, run, step.signal);
  step.end(redHealth(outcome, question.healthUrl.expectStatus));
  return outcome;
}

async function askLive(question: HealthQuestion, run: Run): Promise<HealthOutcome | null> {
  const { live } = question.healthUrl;
  if (live === null) return null;
  const deadline = openDeadline(run.clock, run.server.timeoutMs, run.signal);
  try {
    return await ask(question, live, run, deadline.signal);
  } finally {
    deadline.close();
  }
}

/** What is kept of an address: the values of its query may be secrets. */
function shown(address: string, run: Run): string {
  return run.redact(maskUrl(address));
}

/** A redirect is an answer like any other: its status is what the URL says. */
async function ask(
  { dispatch, headers }: HealthQuestion,
  address: string,
  run: Run,
  signal: StopSignal,
): Promise<HealthOutcome> {
  const from = run.clock.monotonic();
  try {
    const url = new URL(address);
    const line = await dispatch.open({ url, timeoutMs: run.server.timeoutMs, signal, onPhase: () => undefined });
    try {
      const request = {
        method: 'GET',
        path: url.pathname + url.search,
        headers: { accept: 'application/json, text/plain, */*', ...headers },
      } as const;
      const received = await exchange(line, request, {
        signal,
        spend: () => undefined,
        maxBytes: () => LIMITS.healthBytes,
      });
      const bytes =
        received.kind === 'body' && received.headers['content-encoding'] === undefined ? received.bytes.toString() : '';
      const answer = { url: shown(address, run), status: received.status, ms: run.clock.monotonic() - from };
      return {
        kind: 'answer',
        ...answer,
        text: run.clean(bytes) || null,
        json: plain(parseJsonText(bytes), run.redact),
      };
    } finally {
      line.close();
    }
  } catch (error) {
    return { kind: 'failure', url: shown(address, run), reason: run.explain(error, 'health_url') };
  }
}
