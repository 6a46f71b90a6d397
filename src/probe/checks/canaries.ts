import type { CanaryAnswer, CanaryOutcome } from '../../core/probe.ts';
import { reason } from '../../core/reasons.ts';
import { redCanary } from '../../core/red.ts';
import type { Canary } from '../../core/server.ts';
import type { StopSignal } from '../../core/stop.ts';
import { askAgain } from '../access.ts';
import { isObject, parseJsonText, plain } from '../json.ts';
import type { RenewableSession } from '../renewable-session.ts';
import { openStep, type Run } from '../run.ts';
import type { CallResult } from '../session.ts';
import { openDeadline } from '../steps.ts';
import type { CanaryCheck } from './define.ts';
import type { ToolList } from './list-tools.ts';
import { canaryCheck } from './registry.ts';

/** How long the ping after a red canary may take. */
const PING_MS = 2000;

/** Does real work get done? Each canary in turn, as long as the session lives. */
export async function askCanaries(
  session: RenewableSession,
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
  session: RenewableSession,
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
  const step = openStep(run, 'canary', canary.timeoutMs);
  const answer = await answerOf(check, session, run, step.signal);
  const outcome = { canary: check.canary, ms: run.clock.monotonic() - from, answer, sessionSurvived: null };
  const red = redCanary(outcome, canary);
  step.end(red);
  return red === null ? outcome : { ...outcome, sessionSurvived: await survives(session, run, answer) };
}

async function answerOf(
  check: CanaryCheck,
  session: RenewableSession,
  run: Run,
  signal: StopSignal,
): Promise<CanaryAnswer> {
  try {
    const result = await askAgain(
      () => check.ask(session, signal),
      (error) => session.renew(error, signal),
    );
    return readResult(result, run);
  } catch (error) {
    return { kind: 'failure', reason: run.explain(error, 'canary') };
  }
}

function readResult(result: CallResult, run: Run): Extract<CanaryAnswer, { kind: 'result' }> {
  const { isError, text } = result;
  const json = plain(jsonOf(result), run.redact);
  return { kind: 'result', isError, text: text === null ? null : run.clean(text), json };
}

/**
 * What a result says in JSON, in its structured content and in its text. Where both are objects they count as one:
 * frameworks that wrap what a tool returns (`{ "result": "…" }`) leave the object itself in the text only.
 */
function jsonOf({ text, structured }: CallResult): unknown {
  const said = text === null ? undefined : parseJsonText(text);
  if (structured === undefined) return said;
  return isObject(said) && isObject(structured) ? { ...said, ...structured } : structured;
}

/** A failing tool must not close the session: does a ping still get an answer? */
async function survives(session: RenewableSession, run: Run, answer: CanaryAnswer): Promise<boolean | null> {
  if (run.signal.aborted) return null;
  const deadline = openDeadline(run.clock, PING_MS, run.signal);
  try {
    if (answer.kind === 'failure' && answer.reason.code === 'canary_timeout') await session.cancel(deadline.signal);
    return (await session.ping(deadline.signal)) ? true : null;
  } catch {
    return run.signal.aborted ? null : false;
  } finally {
    deadline.close();
  }
}
