import type { Clock } from '../core/ports.ts';
import type { Step } from '../core/probe.ts';
import type { Reason } from '../core/reasons.ts';
import type { StepName } from '../core/step.ts';
import { STEP_NAMES } from '../core/step.ts';
import { type StopSignal, stopUnder } from '../core/stop.ts';
import { TimeUpError } from './probe-error.ts';

/** A step that runs. Whoever opened it ends it, once; later ends are ignored. */
export interface OpenStep {
  /** Aborts when the step's or the probe's time is up, or when the probe is called off. */
  readonly signal: StopSignal;
  end(failure: Reason | null): void;
  /** Leaves no trace of it: it is begun anew. */
  discard(): void;
}

/** Keeps the steps of one probe as they end. */
export interface Recorder {
  open(name: StepName, ms: number, parent: StopSignal): OpenStep;
  /** A step timed by somebody else. */
  add(step: Step): void;
  /** All steps in the order in which steps run; what was planned and did not run is `skipped`. */
  finish(planned: readonly StepName[]): readonly Step[];
}

export function createRecorder(clock: Clock, onStep: (step: Step) => void): Recorder {
  const steps: Step[] = [];
  const add = (step: Step): void => {
    steps.push(step);
    onStep(step);
  };
  return {
    add,
    open(name, ms, parent) {
      const startedAt = clock.monotonic();
      const deadline = openDeadline(clock, ms, parent);
      let isOpen = true;
      return {
        signal: deadline.signal,
        end(failure) {
          if (!isOpen) return;
          isOpen = false;
          deadline.close();
          add({ name, status: failure === null ? 'ok' : 'failed', ms: clock.monotonic() - startedAt, error: failure });
        },
        discard() {
          isOpen = false;
          deadline.close();
        },
      };
    },
    finish(planned) {
      for (const name of STEP_NAMES) {
        const missing =
          planned.filter((one) => one === name).length - steps.filter((step) => step.name === name).length;
        for (let at = 0; at < missing; at += 1) add({ name, status: 'skipped', ms: null, error: null });
      }
      return steps.toSorted((a, b) => STEP_NAMES.indexOf(a.name) - STEP_NAMES.indexOf(b.name));
    },
  };
}

/** A signal that aborts after `ms` with TimeUpError, or with the parent, if there is one, for its reason. Closed by its owner. */
export function openDeadline(
  clock: Clock,
  ms: number,
  parent: StopSignal | null,
  scope: TimeUpError['scope'] = 'step',
): { readonly signal: StopSignal; close(): void } {
  const stop = stopUnder(parent);
  const cancel = clock.after(ms, () => stop.abort(new TimeUpError(scope, ms)));
  return {
    signal: stop.signal,
    close() {
      cancel();
      stop.release();
    },
  };
}
