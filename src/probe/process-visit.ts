import { REASONS } from '../core/reasons.ts';
import type { StdioTarget } from '../core/target.ts';
import { cleanText } from '../core/text.ts';
import { createBudget } from './budget.ts';
import { type Child, startChild } from './child.ts';
import { childEnv, type Environment } from './child-env.ts';
import type { EraMemory } from './era-memory.ts';
import { eraSession } from './era-session.ts';
import { type Run, runStep, StepFailedError } from './run.ts';
import type { Wire } from './session.ts';
import { createStdioConversation } from './stdio.ts';
import { type Findings, NOTHING, talk } from './visit.ts';

export interface ProcessVisit {
  readonly target: StdioTarget;
  /** Our own environment, of which a server's process gets a little. */
  readonly env: Environment;
  readonly eras: EraMemory;
  readonly version: string;
}

/** Starts a server, opens a session over its pipes, asks what is to be asked, ends it and all it started. Never rejects. */
export async function visitProcess({ target, env, eras, version }: ProcessVisit, run: Run): Promise<Findings> {
  const { server, clock } = run;
  const findings: { -readonly [key in keyof Findings]: Findings[key] } = { ...NOTHING };
  let child: Child | null = null;
  try {
    const started = await runStep(run, 'connect', server.timeoutMs, async (signal) => {
      if (signal.aborted) throw signal.reason;
      return startChild({ command: target.command, env: childEnv(env, target.env), clock });
    });
    child = started;
    const conversation = createStdioConversation({ child: started, budget: createBudget() });
    const wire: Wire = { connect: () => conversation, onRefused: async (error) => error };
    const session = eraSession({ target, clientInfo: { name: server.clientName, version }, wire, eras }, run);
    await talk(session, withStderr(run, started), findings);
    const way = session.way();
    if (way !== null) eras.met(server, way);
  } catch (error) {
    if (!(error instanceof StepFailedError))
      run.recorder.add({ name: 'initialize', status: 'failed', ms: null, error: run.explain(error, 'initialize') });
  } finally {
    await child?.stop();
  }
  return findings;
}

/** Of what a failing process last wrote to stderr, as much as goes into a reason beside its own words. */
const STDERR_SHOWN = 240;
const MESSAGE_SHOWN = 250;
const COLOURS = /\u001b\[[0-9;]*[A-Za-z]/g;
/** Lines of a stack trace that say where, not what. */
const FRAMES = /^(\s+(at|File) .*|\s*[\^~]+\s*|Node\.js v.*|)$/;

/** A run whose reasons carry what the process wrote to stderr: mostly that says what is wrong. */
function withStderr(run: Run, child: Child): Run {
  return {
    ...run,
    explain(error, step) {
      const why = run.explain(error, step);
      const lines = run.redact(child.stderr().replace(COLOURS, '')).split(/\r?\n/);
      const all = lines.filter((line) => !FRAMES.test(line)).join(' | ');
      const said = cleanText(all.slice(-STDERR_SHOWN));
      if (said === '' || REASONS[why.code].turns === null) return why;
      const cut = all.length > STDERR_SHOWN ? '…' : '';
      return { ...why, message: `${cleanText(why.message, MESSAGE_SHOWN)} Its stderr ends with: ${cut}${said}` };
    },
  };
}
