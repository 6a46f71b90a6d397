import type { Clock } from '../core/ports.ts';
import type { Reason } from '../core/reasons.ts';
import type { Server } from '../core/server.ts';
import type { StepName } from '../core/step.ts';
import type { StopSignal } from '../core/stop.ts';
import type { ToolHashes } from './checks/tool-hashes.ts';
import type { OpenStep, Recorder } from './steps.ts';

/** What every check of one probe works with. */
export interface Run {
  readonly server: Server;
  readonly clock: Clock;
  readonly recorder: Recorder;
  /** Of the lists of tools that whoever asked for the probe keeps; null: it keeps none. */
  readonly knownToolHashes: readonly string[] | null;
  /** Hashes what the server lists. */
  readonly hashTools: (tools: readonly Readonly<Record<string, unknown>>[]) => Promise<ToolHashes>;
  /** Ends with the whole probe. */
  readonly signal: StopSignal;
  /** The reason an error stands for. Also remembers what `Retry-After` asked, and logs our own faults. */
  readonly explain: (error: unknown, step: StepName) => Reason;
  /** Makes text from the target fit to be kept: cleaned, cut, without the server's secrets. */
  readonly clean: (text: string, max?: number) => string;
  /** Takes the server's secrets out, and nothing else. */
  readonly redact: (text: string) => string;
  /** Adds a secret that came to be during the probe to those that are taken out. */
  readonly learn: (secret: string) => void;
}

/** A step failed and was recorded; the steps after it are skipped. */
export class StepFailedError extends Error {
  readonly reason: Reason;
  constructor(reason: Reason) {
    super(reason.message);
    this.name = 'StepFailedError';
    this.reason = reason;
  }
}

/** Opens a step of a probe with its deadline. */
export function openStep({ recorder, signal }: Run, name: StepName, ms: number): OpenStep {
  return recorder.open(name, ms, signal);
}

/** Ends a step that failed and leaves the probe. */
export function failStep(run: Run, step: OpenStep, name: StepName, error: unknown): never {
  const reason = run.explain(error, name);
  step.end(reason);
  throw new StepFailedError(reason);
}

/** Runs `work` as one step. Rejects with StepFailedError. */
export async function runStep<T>(
  run: Run,
  name: StepName,
  ms: number,
  work: (signal: StopSignal) => Promise<T>,
): Promise<T> {
  const step = openStep(run, name, ms);
  try {
    const result = await work(step.signal);
    step.end(null);
    return result;
  } catch (error) {
    return failStep(run, step, name, error);
  }
}

/** Lets everything else that is due run. Between two pieces of work of which each may take as long as one piece may. */
export function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
