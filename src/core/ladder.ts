import { formatDuration } from './duration.ts';
import type { ProbeReport, Step } from './probe.ts';
import { REASONS } from './reasons.ts';
import type { Server } from './server.ts';
import type { StepName } from './step.ts';
import type { Judgement } from './verdict.ts';
import { WORDINGS } from './wording.ts';

/**
 * What a monitor that looks only so deep would say. From the shallowest to the deepest they make the ladder: `A ping: up,
 * 200 in 12 ms. Handshake: ok. 14 tools: ok. Tool calls: fail.`
 */
export interface Rung {
  /** `A ping`, `Handshake`, `14 tools`. */
  readonly what: string;
  readonly level: 'ok' | 'fail' | 'unknown';
  /** `up, 200 in 12 ms`, `fail`. Ours alone, no text of the target. */
  readonly says: string;
}

/** What one probe rests on. Who asks is the server: what it does not offer, or nobody configured, has no rung. */
export interface LadderInput {
  readonly report: ProbeReport;
  readonly verdicts: Judgement['verdicts'];
  readonly server: Pick<Server, 'target' | 'canaries' | 'healthUrl'>;
}

/** The steps whose times a ping would take as well. */
const PINGED: readonly StepName[] = ['dns', 'connect', 'tls', 'initialize'];

export function ladderOf(input: LadderInput): readonly Rung[] {
  const { report, server } = input;
  return [
    server.target.kind === 'stdio' ? processRung(report) : pingRung(report),
    rung('Handshake', levelOf(report, ['initialize', 'initialized'])),
    ...(report.hasTools === false ? [] : [toolsRung(report)]),
    callsRung(input),
    ...(server.healthUrl === null ? [] : [healthRung(input)]),
  ];
}

export function ladderText(rungs: readonly Rung[]): string {
  return rungs.map(({ what, says }) => `${what}: ${says}.`).join(' ');
}

function pingRung({ steps, httpStatus }: ProbeReport): Rung {
  const what = 'A ping';
  const pinged = steps.filter(({ name }) => PINGED.includes(name));
  const took = formatDuration(pinged.reduce((sum, { ms }) => sum + (ms ?? 0), 0));
  if (httpStatus !== null) {
    const isUp = httpStatus < 400;
    return { what, level: isUp ? 'ok' : 'fail', says: `${isUp ? 'up' : 'down'}, ${httpStatus} in ${took}` };
  }
  const broken = pinged.find(({ status }) => status === 'failed')?.error ?? null;
  if (broken !== null && REASONS[broken.code].turns !== null)
    return { what, level: 'fail', says: `down, ${WORDINGS[broken.code].short}` };
  // Reports of earlier versions do not say which status it was.
  if (isOk(steps, 'initialize')) return { what, level: 'ok', says: `up in ${took}` };
  return rung(what, 'unknown');
}

function processRung({ steps }: ProbeReport): Rung {
  const gone = steps.find(({ error }) => error !== null && GONE.includes(error.code))?.error ?? null;
  if (gone !== null) return { what: 'Its process', level: 'fail', says: WORDINGS[gone.code].short };
  return isOk(steps, 'connect') ? { what: 'Its process', level: 'ok', says: 'runs' } : rung('Its process', 'unknown');
}

const GONE: readonly string[] = ['spawn_failed', 'process_exited'];

function toolsRung(report: ProbeReport): Rung {
  const level = levelOf(report, ['tools_list']);
  if (level !== 'ok' || report.tools === null) return rung('Tool list', level);
  const { count } = report.tools;
  return rung(`${count} ${count === 1 ? 'tool' : 'tools'}`, count === 0 ? 'fail' : 'ok');
}

function callsRung({ report, verdicts, server }: LadderInput): Rung {
  const what = server.canaries.some(({ kind }) => kind === 'tool') ? 'Tool calls' : 'Resource';
  if (server.canaries.length === 0) return { what: 'Tool calls', level: 'unknown', says: 'not checked' };
  const { level } = verdicts.canary;
  if (level !== 'unknown') return rung(what, level === 'ok' ? 'ok' : 'fail');
  return rung(what, levelOf(report, ['canary']) === 'fail' ? 'fail' : 'unknown');
}

function healthRung({ report, verdicts }: LadderInput): Rung {
  const what = 'Health URL';
  const { level } = verdicts.health_url;
  const ready = report.health?.ready;
  if (level === 'unknown' || ready === undefined) return rung(what, 'unknown');
  const says = ready.kind === 'answer' ? String(ready.status) : 'no answer';
  return { what, level: level === 'ok' ? 'ok' : 'fail', says };
}

/** Of one monitor that does all of these. */
function levelOf({ steps }: ProbeReport, names: readonly StepName[]): Rung['level'] {
  const own = steps.filter(({ name }) => names.includes(name));
  if (own.some(({ status, error }) => status === 'failed' && isTheirs(error))) return 'fail';
  return own.some(({ status }) => status !== 'ok') || own.length === 0 ? 'unknown' : 'ok';
}

/** Our own rules and faults say nothing of the server. */
function isTheirs(error: Step['error']): boolean {
  return error === null || REASONS[error.code].turns !== null;
}

function isOk(steps: readonly Step[], name: StepName): boolean {
  return steps.some((step) => step.name === name && step.status === 'ok');
}

function rung(what: string, level: Rung['level']): Rung {
  return { what, level, says: level === 'unknown' ? 'not asked' : level };
}
