import { expect } from 'vitest';
import type { Log, Prober } from '../../src/core/ports.ts';
import type { ProbeReport, Step } from '../../src/core/probe.ts';
import type { Canary } from '../../src/core/server.ts';
import type { StepName } from '../../src/core/step.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import { createProber, type ProberOptions } from '../../src/probe/prober.ts';
import { aServer, type ServerChanges } from '../fixtures/facts.ts';

/** What our own faults were logged as; a test that probes ends with this empty. */
export const faults: unknown[] = [];

const log: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: (fields, message) => void faults.push({ ...fields, message }),
};

/** What a busy machine may add to a deadline, in ms; one that does not hold is missed by more. */
export const BUSY_MS = 5000;

export const ANYWHERE = { mode: 'private', allow: [], deny: [] } as const;

/** A real prober, for several probes. */
export function aProber(options: Partial<ProberOptions> = {}): Prober {
  return createProber({
    location: 'here',
    version: '0.0.1',
    clock: systemClock,
    network: ANYWHERE,
    log,
    ...options,
  });
}

/** One probe by a real prober. `changes` are those of the server entry. */
export async function probe(
  changes: ServerChanges,
  options: Partial<ProberOptions> = {},
  signal = new AbortController().signal,
): Promise<ProbeReport> {
  return aProber(options).probe({ server: aServer(changes), scheduledAt: Date.now(), signal });
}

export function stepOf(report: ProbeReport, name: StepName): Step {
  const step = report.steps.find((one) => one.name === name);
  if (step === undefined) throw new Error(`no step ${name} among ${report.steps.map((one) => one.name).join(', ')}`);
  return step;
}

/** The step that failed first, with its code. */
export function failure(
  report: ProbeReport,
): { readonly step: StepName; readonly code: string; readonly message: string } | null {
  const failed = report.steps.find(({ status, name }) => status === 'failed' && name !== 'close');
  return failed?.error ? { step: failed.name, code: failed.error.code, message: failed.error.message } : null;
}

export function aTool(tool: string, changes: Partial<Extract<Canary, { kind: 'tool' }>> = {}): Canary {
  return { kind: 'tool', tool, arguments: {}, timeoutMs: 2000, expect: [], allowDestructive: false, ...changes };
}

export function aResource(resource: string): Canary {
  return { kind: 'resource', resource, timeoutMs: 2000, expect: [] };
}

/** Waits for something to become true, within two seconds. */
export async function eventually(isTrue: () => boolean, what: string): Promise<void> {
  await expect.poll(isTrue, { message: what, timeout: 30_000, interval: 5 }).toBe(true);
}
