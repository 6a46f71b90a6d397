import type { ProbeReport } from '../core/probe.ts';
import type { Server } from '../core/server.ts';
import type { StepName } from '../core/step.ts';
import type { StopSignal } from '../core/stop.ts';
import type { HttpTarget } from '../core/target.ts';
import { type Access, createAccess } from './access.ts';
import { askAlsoSpeaks } from './also-speaks.ts';
import { createBudget } from './budget.ts';
import { askCanaries } from './checks/canaries.ts';
import { handshake } from './checks/handshake.ts';
import { listTools } from './checks/list-tools.ts';
import { createConversation } from './conversation.ts';
import type { Dispatch, Line } from './dispatcher.ts';
import type { EraMemory } from './era-memory.ts';
import { eraSession } from './era-session.ts';
import { notingLine } from './noting-line.ts';
import type { RenewableSession } from './renewable-session.ts';
import { type Run, StepFailedError } from './run.ts';
import { hasCredentials } from './secrets.ts';
import type { ProtocolSession } from './session.ts';
import { createSseConversation } from './sse-conversation.ts';
import { openDeadline } from './steps.ts';
import type { TokenStore } from './token-store.ts';

export interface Visit {
  readonly target: HttpTarget;
  readonly dispatch: Dispatch;
  readonly tokens: TokenStore;
  readonly eras: EraMemory;
  readonly headers: Readonly<Record<string, string>>;
  readonly version: string;
}

/** What a visit to the server's own URL brought, as far as it came. */
export type Findings = Pick<
  ProbeReport,
  | 'protocolVersion'
  | 'alsoSpeaks'
  | 'serverInfo'
  | 'hasTools'
  | 'tools'
  | 'canaries'
  | 'httpStatus'
  | 'tls'
  | 'credential'
>;

export const NOTHING: Findings = {
  protocolVersion: null,
  alsoSpeaks: [],
  serverInfo: null,
  hasTools: null,
  tools: null,
  canaries: [],
  httpStatus: null,
  tls: null,
  credential: null,
};

/** How long giving a session back may take. */
const CLOSE_MS = 1000;

/** Connects, opens a session, asks what is to be asked, gives the session back. Never rejects. */
export async function visit(visit: Visit, run: Run): Promise<Findings> {
  const findings: { -readonly [key in keyof Findings]: Findings[key] } = { ...NOTHING };
  const access = createAccess(visit, run);
  let line: Line | null = null;
  try {
    line = notingLine(await connect(visit, run), noteIn(findings));
    findings.tls = line.tls;
    await access.enter(line);
    await converse({ line, access, visit, run, findings });
  } catch (error) {
    if (!(error instanceof StepFailedError))
      run.recorder.add({ name: 'initialize', status: 'failed', ms: null, error: run.explain(error, 'initialize') });
  } finally {
    line?.close();
  }
  findings.credential = access.credential();
  return findings;
}

/** A refusal that led to another way of asking says less than the answer that way got. */
function noteIn(findings: { httpStatus: number | null }): (status: number) => void {
  return (status) => {
    const isGood = findings.httpStatus !== null && findings.httpStatus < 300;
    if (findings.httpStatus === null || (!isGood && status < 300)) findings.httpStatus = status;
  };
}

/** `orders.example.com:443`, of the URL a step talks to; of a process its program. */
export function hostOf(step: StepName, { target, healthUrl }: Server): string {
  const isHealth = step === 'health_url' && healthUrl !== null;
  if (!isHealth && target.kind === 'stdio') return target.shown[0] ?? '';
  const url = isHealth ? healthUrl.ready : target.kind === 'http' ? target.url : '';
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`;
}

/** The phases of the connection become steps as they end. */
async function connect({ dispatch, target }: Visit, run: Run): Promise<Line> {
  const { server, recorder, signal } = run;
  const failures: StepFailedError[] = [];
  const onPhase = (name: 'dns' | 'connect' | 'tls', ms: number, error: Error | null): void => {
    const why = error === null ? null : run.explain(error, name);
    if (why !== null) failures.push(new StepFailedError(why));
    recorder.add({ name, status: why === null ? 'ok' : 'failed', ms, error: why });
  };
  try {
    return await dispatch.open({ url: new URL(target.url), timeoutMs: server.timeoutMs, signal, onPhase });
  } catch (error) {
    throw failures[0] ?? error;
  }
}

interface Conversing {
  readonly line: Line;
  readonly access: Access;
  readonly visit: Visit;
  readonly run: Run;
  readonly findings: { -readonly [key in keyof Findings]: Findings[key] };
}

async function converse({ line, access, visit, run, findings }: Conversing): Promise<void> {
  const { target, dispatch, eras, version } = visit;
  const { server, clock } = run;
  const budget = createBudget();
  const clientInfo = { name: server.clientName, version };
  const url = new URL(target.url);
  const { headers, onRefused } = access;
  const talking = { line, url, headers, hasCredentials: hasCredentials(server), redact: run.redact, budget, clock };
  const openLine = async (signal: StopSignal): Promise<Line> =>
    notingLine(
      await dispatch.open({ url, timeoutMs: server.timeoutMs, signal, onPhase: () => undefined }),
      noteIn(findings),
    );
  const wire = { connect: () => createConversation(talking), onRefused };
  const sseWire = { connect: () => createSseConversation({ ...talking, openLine }), onRefused };
  const session = eraSession({ target, clientInfo, wire, sseWire, eras }, run);
  try {
    await talk(session, run, findings);
  } finally {
    const way = session.way();
    if (way !== null) eras.met(server, way);
    if (way === 'legacy') findings.alsoSpeaks = eras.recall(server)?.alsoSpeaks ?? [];
  }
  if (session.way() !== 'legacy' || target.protocol !== 'auto' || !isWell(findings)) return;
  // Its refusal says nothing of the credentials, so nothing is renewed for it.
  findings.alsoSpeaks = await askAlsoSpeaks({ conversation: wire.connect(), clientInfo }, eras, run);
}

/** Nothing went wrong, as far as it can be told before the judge has spoken. */
function isWell({ canaries }: Findings): boolean {
  return canaries.every(({ answer, sessionSurvived }) => answer.kind === 'result' && sessionSurvived === null);
}

/** Opens the session, asks what is to be asked, and gives the session back whatever happened. */
export async function talk(
  session: RenewableSession,
  run: Run,
  findings: { -readonly [key in keyof Findings]: Findings[key] },
): Promise<void> {
  try {
    const { hasTools, ...hello } = await handshake(session, run);
    Object.assign(findings, { hasTools, ...hello });
    const list = hasTools ? await listTools(session, run) : null;
    findings.tools = list?.fact ?? null;
    findings.canaries = await askCanaries(session, run, list);
  } finally {
    await giveBack(session, run);
  }
}

/** Also after a failure, and with a deadline of its own: the probe's may be what ended it. */
async function giveBack(session: ProtocolSession, run: Run): Promise<void> {
  const from = run.clock.monotonic();
  const deadline = openDeadline(run.clock, CLOSE_MS, null);
  try {
    const had = await session.close(deadline.signal);
    if (had) run.recorder.add({ name: 'close', status: 'ok', ms: run.clock.monotonic() - from, error: null });
  } catch (error) {
    run.recorder.add({
      name: 'close',
      status: 'failed',
      ms: run.clock.monotonic() - from,
      error: run.explain(error, 'close'),
    });
  } finally {
    deadline.close();
  }
}
