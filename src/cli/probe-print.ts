import { formatInstant, formatLatency } from '../core/duration.ts';
import type { Step } from '../core/probe.ts';
import type { Server } from '../core/server.ts';
import type { ProbeState } from '../core/signal.ts';
import type { ProbeRecord } from '../core/store.ts';
import { addressOf } from '../core/target.ts';
import { err } from './io.ts';

/** With --json, standard output holds the object alone; a person at a terminal still sees the steps. */
export function progress(step: Step): void {
  if (process.stderr.isTTY) err(`${line(step)}\n`);
}

const MARKS = { ok: '✓', failed: '✗', skipped: '·' } as const;
const COLOURS = { ok: 32, failed: 31, skipped: 90 } as const;

/** One step as a line. */
export function line({ name, status, ms, error }: Step): string {
  const mark =
    process.stdout.isTTY && !process.env['NO_COLOR']
      ? `\u001b[${COLOURS[status]}m${MARKS[status]}\u001b[0m`
      : MARKS[status];
  const took = status === 'skipped' ? 'skipped' : formatLatency(ms);
  return `  ${mark} ${name.padEnd(12)} ${took.padStart(9)}${error === null ? '' : `  ${error.message} (${error.code})`}`;
}

const SAYS: { readonly [state in ProbeState]?: string } = {
  auth_required: 'needs credentials',
  rate_limited: 'is rate limited',
};

/** What came out, and why. */
export function summary(
  server: Server,
  { report: { protocolVersion, alsoSpeaks, tools, credential }, judgement }: Omit<ProbeRecord, 'id'>,
): string {
  const { state, reason, cause } = judgement;
  const facts = [
    ...(protocolVersion === null ? [] : [`protocol ${[protocolVersion, ...alsoSpeaks].join(', also ')}`]),
    ...(tools === null ? [] : [`${tools.count} ${tools.count === 1 ? 'tool' : 'tools'}`]),
    ...(credential === null ? [] : [`credentials end ${formatInstant(credential.expiresAt)}`]),
  ];
  const why = [
    ...(reason === null ? [] : [`${reason.message} (${reason.code})`]),
    ...(cause === null ? [] : [cause.explanation, ...cause.advice.map((advice) => `Try: ${advice}`)]),
  ];
  return [
    `${nameOf(server)} ${SAYS[state] ?? `is ${state}`}${facts.length === 0 ? '' : `: ${facts.join(', ')}`}`,
    ...why,
  ].join('\n');
}

function nameOf(server: Server): string {
  const { target } = server;
  return target.kind === 'http' ? new URL(target.url).host : addressOf(server);
}
