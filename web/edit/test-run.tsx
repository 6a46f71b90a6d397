import { useEffect, useRef, useState } from 'preact/hooks';
import type { Problem, Step, Trial } from '../../src/http/wire.ts';
import { ApiError, asApiError } from '../api.ts';
import { useDashboard } from '../context.ts';
import { counted, latency } from '../format.ts';
import type { Entry } from '../parts/entry.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { StateMark } from '../parts/mark.tsx';
import { trusted } from '../trust.ts';
import { stateWord, stepWord } from '../words.ts';

export interface Run {
  readonly running: boolean;
  readonly steps: readonly Step[];
  readonly probe: Trial | null;
  readonly error: ApiError | null;
}

const IDLE: Run = { running: false, steps: [], probe: null, error: null };

/** Runs one probe of an entry that is not saved, step by step; a new run ends the one before. */
export function useTestRun(): { readonly run: Run; readonly start: (entry: Entry) => Promise<void> } {
  const { api } = useDashboard();
  const [run, setRun] = useState(IDLE);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);

  const start = async (entry: Entry) => {
    abort.current?.abort();
    const mine = new AbortController();
    abort.current = mine;
    setRun({ ...IDLE, running: true });
    const take = (event: string, body: unknown) => setRun((last) => withEvent(last, event, body));
    try {
      await api.stream('/probe', entry, take, mine.signal);
      setRun((last) => (last.running ? failedBy(last, new Error('the probe ended without a result')) : last));
    } catch (error) {
      if (mine.signal.aborted) return;
      const isOfFields = asApiError(error).fields.length > 0;
      setRun((last) => (isOfFields ? IDLE : failedBy(last, error)));
      // What concerns fields is said at the fields.
      if (isOfFields) throw error;
    }
  };
  return { run, start };
}

function failedBy(run: Run, error: unknown): Run {
  return { ...run, running: false, error: asApiError(error) };
}

function withEvent(run: Run, event: string, body: unknown): Run {
  if (event === 'step') return { ...run, steps: [...run.steps, trusted<Step>(body)] };
  // Why there is no probe, told once the answer had begun.
  if (event === 'problem') return failedBy(run, new ApiError(trusted<Problem>(body).detail, 0));
  const probe = event === 'probe' ? trusted<Trial>(body) : null;
  return probe === null ? run : { running: false, steps: probe.steps, probe, error: null };
}

const ICONS: Readonly<Record<Step['status'], IconName>> = { ok: 'check', failed: 'cross', skipped: 'dash' };

/** The check-list of a test, ticked as it goes. */
export function TestRun({ run }: { run: Run }) {
  if (run === IDLE) return null;
  return (
    <section class="test-run" aria-label="Test">
      <ol>
        {run.steps.map((step) => (
          <li key={step.name} class={step.status}>
            <Icon name={ICONS[step.status]} />
            <span>{stepWord(step.name)}</span>
            <span class="quiet">{step.status === 'skipped' ? 'skipped' : latency(step.ms)}</span>
            {step.error !== null && <p>{step.error.message}</p>}
          </li>
        ))}
        {run.running && <li class="quiet next">…</li>}
      </ol>
      <div role="status">
        {run.probe !== null && <Verdict probe={run.probe} />}
        {run.error !== null && (
          <p class="field-error">
            <strong>The test could not be run.</strong> {run.error.message}
          </p>
        )}
      </div>
    </section>
  );
}

function Verdict({ probe }: { probe: Trial }) {
  const facts = [
    probe.protocol_version && `protocol ${[probe.protocol_version, ...probe.also_speaks].join(', also ')}`,
    probe.tool_count !== null && counted(probe.tool_count, 'tool'),
    probe.server_info && `${probe.server_info.name} ${probe.server_info.version}`,
  ].filter(Boolean);
  return (
    <div class="verdict">
      <p>
        <StateMark state={probe.state} /> <strong>{probe.reason?.message ?? `It is ${stateWord(probe.state)}.`}</strong>
      </p>
      <p class="quiet">{facts.join(' · ')}</p>
      {probe.canary?.text != null && (
        <p>
          The canary answered: <q class="mono">{probe.canary.text}</q>
        </p>
      )}
      {probe.likely_cause !== null && (
        <p>
          {probe.likely_cause.explanation} {probe.likely_cause.advice[0]}
        </p>
      )}
    </div>
  );
}
