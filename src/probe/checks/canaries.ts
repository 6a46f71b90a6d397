import type { CanaryAnswer, CanaryOutcome } from '../../core/probe.ts';
import { type Reason, reason } from '../../core/reasons.ts';
import type { Canary } from '../../core/server.ts';
import { parseJsonText, plain } from '../json.ts';
import { openStep, type Run } from '../run.ts';
import type { CallResult, ProtocolSession } from '../session.ts';
import { openDeadline } from '../steps.ts';
import type { CanaryCheck } from './define.ts';
import type { ToolList } from './list-tools.ts';
import { canaryCheck } from './registry.ts';

/** How long the ping after a red canary may take. */
const PING_MS = 2000;

/** Does real work get done? Each canary in turn, as long as the session lives. */
export async function askCanaries(
  session: ProtocolSession,
  run: Run,
  tools: ToolList | null,
): Promise<readonly CanaryOutcome[]> {
  const outcomes: CanaryOutcome[] = [];
  for (const canary of run.server.canaries) {
    const outcome = await askCanary(session, run, canary, tools);
    outcomes.push(outcome);
    if (outcome.sessionSurvived === false || run.signal.aborted) break;
  }
  return outcomes;
}

async function askCanary(
  session: ProtocolSession,
  run: Run,
  canary: Canary,
  tools: ToolList | null,
): Promise<CanaryOutcome> {
  const check = canaryCheck(canary);
  const refusal = check.refuse(tools);
  if (refusal !== null) {
    const why = reason(refusal.code, 'canary', run.clean(refusal.message));
    run.recorder.add({ name: 'canary', status: 'failed', ms: null, error: why });
    return { canary: check.canary, ms: null, answer: { kind: 'failure', reason: why }, sessionSurvived: null };
  }
  const from = run.clock.monotonic();
  const answer = await answerOf(check, session, run, canary.timeoutMs);
  const ms = run.clock.monotonic() - from;
  const isRed = answer.kind === 'failure' || answer.isError;
  return { canary: check.canary, ms, answer, sessionSurvived: isRed ? await survives(session, run, answer) : null };
}

async function answerOf(
  check: CanaryCheck,
  session: ProtocolSession,
  run: Run,
  timeoutMs: number,
): Promise<CanaryAnswer> {
  const step = openStep(run, 'canary', timeoutMs);
  try {
    const result = await check.ask(session, step.signal);
    const answer = readResult(result, run);
    step.end(answer.isError ? isErrorReason(check, answer.text) : null);
    return answer;
  } catch (error) {
    const why = run.explain(error, 'canary');
    step.end(why);
    return { kind: 'failure', reason: why };
  }
}

function readResult({ isError, text, structured }: CallResult, run: Run): Extract<CanaryAnswer, { kind: 'result' }> {
  const json = structured === undefined ? (text === null ? undefined : parseJsonText(text)) : structured;
  return { kind: 'result', isError, text: text === null ? null : run.clean(text), json: plain(json, run.redact) };
}

function isErrorReason({ canary }: CanaryCheck, text: string | null): Reason {
  const name = canary.kind === 'tool' ? canary.tool : canary.resource;
  return reason('canary_is_error', 'canary', `${name} returned isError${text === null ? '' : `: ${text}`}`);
}

/** A failing tool must not close the session: does a ping still get an answer? */
async function survives(session: ProtocolSession, run: Run, answer: CanaryAnswer): Promise<boolean | null> {
  if (run.signal.aborted) return null;
  const deadline = openDeadline(run.clock, PING_MS, run.signal);
  try {
    if (answer.kind === 'failure' && answer.reason.code === 'canary_timeout') await session.cancel(deadline.signal);
    await session.ping(deadline.signal);
    return true;
  } catch {
    return run.signal.aborted ? null : false;
  } finally {
    deadline.close();
  }
}
