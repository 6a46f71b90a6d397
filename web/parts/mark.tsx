import type { State, Tone } from '../words.ts';
import { stateTone, stateWord } from '../words.ts';

/** One grid of 12: a shape for each tone, so that colour never speaks alone. */
const SHAPES: Readonly<Record<Tone, string>> = {
  up: 'M6 1.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9z',
  degraded: 'M6 .8L11.6 10.8H.4z',
  down: 'M1.5 1.5h9v9h-9z',
  auth: 'M6 .3L11.7 6L6 11.7L.3 6z',
  unknown: 'M6 1.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9zM6 3.2a2.8 2.8 0 1 1 0 5.6a2.8 2.8 0 1 1 0-5.6z',
};

/** Without a label it only repeats the words beside it. */
export function Mark({ tone, label }: { tone: Tone; label?: string }) {
  const shape = <path d={SHAPES[tone]} fill-rule="evenodd" />;
  if (label === undefined) {
    return (
      <svg class={`mark ${tone}`} viewBox="0 0 12 12" aria-hidden="true">
        {shape}
      </svg>
    );
  }
  return (
    <svg class={`mark ${tone}`} viewBox="0 0 12 12" role="img" aria-label={label}>
      <title>{label}</title>
      {shape}
    </svg>
  );
}

export function StateMark({ state }: { state: State }) {
  return <Mark tone={stateTone(state)} label={stateWord(state)} />;
}
