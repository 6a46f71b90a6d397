import type { ComponentChildren } from 'preact';
import type { Monitor } from '../../src/http/wire.ts';
import { bytes, figure, latency } from '../format.ts';
import { useRead } from '../load.ts';
import { ConfigErrors } from '../parts/config-errors.tsx';
import { useFollow } from '../parts/follow.ts';
import { Mark } from '../parts/mark.tsx';
import { Section } from '../parts/section.tsx';
import { Shown } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { Ago, Lasting } from '../parts/time.tsx';
import { useTitle } from '../parts/title.ts';
import { StatusPages } from './status-pages.tsx';
import { Ties } from './ties.tsx';
import { Windows } from './windows.tsx';

/** The watcher watched: its own figures. */
export function MonitorPage() {
  const monitor = useRead<Monitor>('/monitor');
  useFollow('monitor', (event) => event.kind !== 'incident', monitor.reload);
  useTitle('Monitor');
  return (
    <>
      <h1>Monitor</h1>
      <Shown of={monitor} what="The monitor's figures" lines={[60, 60, 60]}>
        {(value) => (
          <>
            <p class="quiet">
              AliveMCP {value.version}, probing from {value.location}, running for <Lasting at={value.started_at} />.
            </p>
            <Windows />
            <StatusPages />
            <Ties monitor={value} />
            {Object.entries(figuresOf(value)).map(([title, figures]) => (
              <Section key={title} title={title}>
                <dl class="figures">
                  {Object.entries(figures).map(([name, words]) => (
                    <div key={name}>
                      <dt>{name}</dt>
                      <dd>{words}</dd>
                    </div>
                  ))}
                </dl>
              </Section>
            ))}
            <Reload reload={value.reload} />
            <CronJobs jobs={value.cron} />
          </>
        )}
      </Shown>
    </>
  );
}

type Figures = Readonly<Record<string, ComponentChildren>>;

function figuresOf({ probes, slots, lag, event_loop, ...rest }: Monitor): Readonly<Record<string, Figures>> {
  const { store, outbox } = rest;
  return {
    Probing: {
      'probes in the last hour': figure(probes.last_hour),
      'running now': figure(probes.running),
      'waiting for their turn': figure(probes.waiting),
      'started late': figure(slots.late),
      'slots missed': figure(slots.missed),
      'lateness P50 · P99 · max': percentiles(lag),
    },
    Process: {
      'event loop P50 · P99 · max': percentiles(event_loop),
      memory: bytes(rest.rss_bytes),
      'open dashboards': figure(rest.streams),
    },
    'Store and outbox': {
      store: store.fault ?? bytes(store.bytes),
      schema: store.schema,
      'notices waiting': (
        <>
          {figure(outbox.pending)}
          {outbox.oldest_pending_at !== null && ', oldest '}
          {outbox.oldest_pending_at !== null && <Ago at={outbox.oldest_pending_at} />}
        </>
      ),
      'notices not delivered': figure(outbox.failed),
    },
  };
}

function percentiles({ p50_ms: p50, p99_ms: p99, max_ms: max }: Monitor['lag']): string {
  return [p50, p99, max].map(latency).join(' · ');
}

function Reload({ reload }: { reload: Monitor['reload'] }) {
  if (reload === null) return null;
  const good = reload.errors.length === 0;
  return (
    <Section title="Configuration file">
      <p>
        <Mark tone={good ? 'up' : 'down'} /> <code>{reload.file}</code> {good ? 'taken over' : 'not taken over'}{' '}
        <Ago at={reload.at} />
      </p>
      <ConfigErrors errors={reload.errors} />
    </Section>
  );
}

function CronJobs({ jobs }: { jobs: Monitor['cron'] }) {
  if (jobs.length === 0) return null;
  return (
    <Section title="Housekeeping">
      <Table
        label="Housekeeping jobs"
        heads={['job', 'expression', 'next', 'last']}
        rows={jobs.map(({ name, expression, next_at, last }) => [
          name.replace('_', ' '),
          <code key="">{expression}</code>,
          <Ago key="" at={next_at} />,
          <>
            {last && <Mark tone={last.ok ? 'up' : 'down'} label={last.ok ? 'good' : 'failed'} />}{' '}
            <Ago at={last?.at ?? null} /> <span class="quiet">{last?.message}</span>
          </>,
        ])}
      />
    </Section>
  );
}
