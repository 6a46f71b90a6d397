import type { ServerDetail, UptimeDays } from '../../src/http/wire.ts';
import { date, duration, percent } from '../format.ts';
import { useRead } from '../load.ts';
import { Section } from '../parts/section.tsx';
import { Shown } from '../parts/states.tsx';
import { serverPath } from '../paths.ts';

type Day = UptimeDays['items'][number];

const DAYS = 90;
const MONTH = 30;
const WIDTH = 6;
const GAP = 2;
const HEIGHT = 32;

export function Uptime({ server }: { server: ServerDetail }) {
  const path = `${serverPath(server.id)}/uptime?days=${DAYS}`;
  const days = useRead<UptimeDays>(path);
  return (
    <Section
      title="Uptime"
      kind="panel"
      beside={
        <dl class="uptime-figures">
          {(['24h', '7d', '30d', '90d'] as const).map((window) => (
            <div key={window}>
              <dt class="quiet">{window.replace(/(\d+)/, '$1 ')}</dt>
              <dd>{percent(server.uptime[window])}</dd>
            </div>
          ))}
        </dl>
      }
    >
      <Shown of={days} what="The uptime of each day" shape={<div class="bars-shape" />}>
        {({ items }) => <Bars days={sinceKnown(items)} />}
      </Shown>
    </Section>
  );
}

/** From the first day something is known of, but a month at least. */
function sinceKnown(days: readonly Day[]): readonly Day[] {
  const first = days.findIndex((day) => day.uptime !== null);
  return days.slice(Math.min(first === -1 ? days.length : first, Math.max(0, days.length - MONTH)));
}

/** A bar per day; what was lost that day hangs from its top, at least tall enough to be seen. */
function Bars({ days }: { days: readonly Day[] }) {
  const known = days.filter((day) => day.uptime !== null).length;
  return (
    <figure>
      <svg
        class="bars"
        viewBox={`0 0 ${days.length * (WIDTH + GAP) - GAP} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Uptime of the last ${days.length} days, ${known} of them known`}
      >
        {days.map((day, index) => (
          <g key={day.date} transform={`translate(${index * (WIDTH + GAP)} 0)`}>
            <title>{dayWords(day)}</title>
            <rect
              class={day.uptime === null ? 'unknown' : 'up'}
              y={day.uptime === null ? HEIGHT - 4 : 0}
              width={WIDTH}
              height={day.uptime === null ? 4 : HEIGHT}
            />
            <rect class="degraded" width={WIDTH} height={lost(day, day.degraded_seconds + day.down_seconds)} />
            <rect class="down" width={WIDTH} height={lost(day, day.down_seconds)} />
          </g>
        ))}
      </svg>
      <figcaption class="bars-caption quiet small">
        <span>{days[0] && dayOf(days[0])}</span>
        <span>today (UTC days)</span>
      </figcaption>
    </figure>
  );
}

/** Its share of the time that is known: today is not over, and a monitor may have been off. */
function lost({ up_seconds: up, degraded_seconds: degraded, down_seconds: down }: Day, seconds: number): number {
  return seconds === 0 ? 0 : Math.max(6, (seconds / (up + degraded + down)) * HEIGHT);
}

/** Its noon is on the same date everywhere. */
function dayOf(day: Day): string {
  return date(Date.parse(`${day.date}T12:00`));
}

function dayWords(day: Day): string {
  const parts = [
    ['down', day.down_seconds],
    ['degraded', day.degraded_seconds],
    ['unknown', day.unknown_seconds],
    ['maintenance', day.maintenance_seconds],
  ] as const;
  const losses = parts
    .filter(([, seconds]) => seconds > 0)
    .map(([word, seconds]) => `${word} ${duration(seconds * 1_000)}`);
  return `${dayOf(day)}: ${day.uptime === null ? 'nothing known' : `uptime ${percent(day.uptime)}`}${losses.length > 0 ? ` (${losses.join(', ')})` : ''}`;
}
