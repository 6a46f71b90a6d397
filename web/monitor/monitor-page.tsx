import type { ComponentChildren } from 'preact';
import type { Monitor } from '../../src/http/wire.ts';
import { bytes, figure, latency } from '../format.ts';
import { useRead } from '../load.ts';
import { ConfigErrors } from '../parts/config-errors.tsx';
import { useFollow } from '../parts/follow.ts';
import { Mark } from '../parts/mark.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { Lines, Shown } from '../parts/states.tsx';
import { Ago, Lasting } from '../parts/time.tsx';
import { useTitle } from '../parts/title.ts';
import { Windows } from './windows.tsx';

/** The watcher watched: its own figures. */
export function MonitorPage() {
  const monitor = useRead<Monitor>('/monitor');
  useFollow('monitor', (event) => event.kind !== 'incident', monitor.reload);
  useTitle('Monitor');
  return (
    <>
      <h1>Monitor</h1>
      <Shown of={monitor} what="The monitor's figures" shape={<Lines widths={[60, 60, 60]} />}>
        {(value) => <Figures monitor={value} />}
      </Shown>
    </>
  );
}

function Figures({ monitor }: { monitor: Monitor }) {
  const { probes, slots, lag, event_loop: loop, store, outbox } = monitor;
  return (
    <>
      <p class="quiet">
        AliveMCP {monitor.version}, probing from {monitor.location}, running for <Lasting at={monitor.started_at} />.
      </p>
      <Windows />
      <Group title="Probing">
        <Row name="probes in the last hour">{figure(probes.last_hour)}</Row>
        <Row name="running now">{figure(probes.running)}</Row>
        <Row name="waiting for their turn">{figure(probes.waiting)}</Row>
        <Row name="started late">{figure(slots.late)}</Row>
        <Row name="slots missed">{figure(slots.missed)}</Row>
        <Row name="lateness P50 · P99 · max">
          {latency(lag.p50_ms)} · {latency(lag.p99_ms)} · {latency(lag.max_ms)}
        </Row>
      </Group>
      <Group title="Process">
        <Row name="event loop P50 · P99 · max">
          {latency(loop.p50_ms)} · {latency(loop.p99_ms)} · {latency(loop.max_ms)}
        </Row>
        <Row name="memory">{bytes(monitor.rss_bytes)}</Row>
        <Row name="open dashboards">{figure(monitor.streams)}</Row>
      </Group>
      <Group title="Store and outbox">
        <Row name="store">{store.fault ?? bytes(store.bytes)}</Row>
        <Row name="schema">{store.schema}</Row>
        <Row name="notices waiting">
          {figure(outbox.pending)}
          {outbox.oldest_pending_at !== null && (
            <>
              , oldest <Ago at={outbox.oldest_pending_at} />
            </>
          )}
        </Row>
        <Row name="notices not delivered">{figure(outbox.failed)}</Row>
      </Group>
      <Reload reload={monitor.reload} />
      <CronJobs jobs={monitor.cron} />
    </>
  );
}

function Group({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="section">
      <h2>{title}</h2>
      <dl class="figures">{children}</dl>
    </section>
  );
}

function Row({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Reload({ reload }: { reload: Monitor['reload'] }) {
  if (reload === null) return null;
  const good = reload.errors.length === 0;
  return (
    <section class="section">
      <h2>Configuration file</h2>
      <p>
        <Mark tone={good ? 'up' : 'down'} /> <code>{reload.file}</code> {good ? 'taken over' : 'not taken over'}{' '}
        <Ago at={reload.at} />
      </p>
      <ConfigErrors errors={reload.errors} />
    </section>
  );
}

function CronJobs({ jobs }: { jobs: Monitor['cron'] }) {
  if (jobs.length === 0) return null;
  return (
    <section class="section" aria-labelledby="cron-title">
      <h2 id="cron-title">Housekeeping</h2>
      <Scroll label="Housekeeping jobs">
        <table class="plain-table">
          <thead>
            <tr>
              <th scope="col">job</th>
              <th scope="col">expression</th>
              <th scope="col">next</th>
              <th scope="col">last</th>
            </tr>
          </thead>
          <tbody>
            {jobs.map((job) => (
              <tr key={job.name}>
                <th scope="row">{job.name}</th>
                <td class="mono">{job.expression}</td>
                <td>
                  <Ago at={job.next_at} />
                </td>
                <td>
                  {job.last !== null && (
                    <Mark tone={job.last.ok ? 'up' : 'down'} label={job.last.ok ? 'good' : 'failed'} />
                  )}{' '}
                  <Ago at={job.last?.at ?? null} /> <span class="quiet">{job.last?.message}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}
