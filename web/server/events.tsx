import type { Timeline } from '../../src/http/wire.ts';
import { duration, moment } from '../format.ts';
import { incidentPath } from '../paths.ts';
import { levelTone, signalWord, stateWord } from '../words.ts';
import type { Band } from './chart.tsx';

type State = Timeline['states'][number]['state'];

/** More of them say less; the tab beside lists them all. */
const MOST = 5;

interface Event extends Band {
  readonly rest: string;
  /** The incident's page; null: it is a deploy. */
  readonly href: string | null;
}

/** Incidents, without those that are evidence of another, and deploys, newest first. */
export function bandsOf({ incidents, deploys, to }: Timeline): readonly Event[] {
  const now = Date.now();
  const events = [
    ...incidents
      .filter(({ attached_to }) => attached_to === null)
      .map(({ id, signal, message, started_at, resolved_at }) => {
        const [from, end] = [Date.parse(started_at), Date.parse(resolved_at ?? to)];
        const until = resolved_at === null ? 'until now' : `to ${moment(end, now)}`;
        const name = `${signalWord(signal)} incident ${moment(from, now)} ${until}`;
        const tone = levelTone(signal, 'fail');
        return { from, to: Math.max(end, from + 1), name, tone, rest: message, href: incidentPath(id) };
      }),
    ...deploys.map(({ at, version, before }) => {
      const from = Date.parse(at);
      const name = `deploy ${moment(from, now)}`;
      return { from, to: from, name, tone: 'unknown' as const, rest: `${before} → ${version}`, href: null };
    }),
  ];
  return events.sort((a, b) => b.from - a.from);
}

/** The states along the charts' time axis, how long each lasted, and what happened. */
export function Events(props: { timeline: Timeline; bands: readonly Event[]; begin: number; end: number }) {
  const { timeline, bands, begin, end } = props;
  const share = (ms: number) => `${(100 * ms) / (end - begin)}%`;
  const lasted = new Map<State, number>();
  const pieces = timeline.states.map(({ state, from, to }) => {
    const [first, last] = [Date.parse(from), Date.parse(to)];
    lasted.set(state, (lasted.get(state) ?? 0) + last - first);
    return (
      <i
        key={from}
        class={state}
        style={{ left: share(first - begin), width: share(last - first) }}
        title={`${wordOf(state)} ${moment(first, end)} to ${moment(last, end)}`}
      />
    );
  });
  const totals = [...lasted].map(([state, ms]) => [state, `${wordOf(state)} ${duration(ms)}`] as const);
  return (
    <>
      <div class="ribbon" role="img" aria-label={`States: ${totals.map(([, words]) => words).join(', ')}`}>
        {pieces}
      </div>
      <p class="legend quiet small" aria-hidden="true">
        {totals.map(([state, words]) => (
          <span key={state} class="ribbon-key">
            <i class={state} />
            {words}
          </span>
        ))}
      </p>
      <ul class="events small">
        {bands.slice(0, MOST).map(({ from, name, tone, rest, href }) => (
          <li key={`${from} ${name}`} class={href === null ? 'key deploy' : `key incident ${tone}`}>
            {href === null ? name : <a href={href}>{name}</a>}: {rest}
          </li>
        ))}
        {bands.length > MOST && <li class="quiet">and {bands.length - MOST} more in this time</li>}
      </ul>
    </>
  );
}

function wordOf(state: State): string {
  if (state === 'not_monitored') return 'not monitored';
  return state === 'maintenance' ? 'in maintenance' : stateWord(state);
}
