import type { Channel, Monitor } from '../../src/http/wire.ts';
import { Faring, faring } from '../channels/faring.tsx';
import { duration } from '../format.ts';
import { useAll } from '../load.ts';
import { useFollow } from '../parts/follow.ts';
import { Row } from '../parts/rows.tsx';
import { Section } from '../parts/section.tsx';
import { Ago, Moment } from '../parts/time.tsx';

/** What watching and telling rest on: our own network, the dead man's switch, and each channel. */
export function Ties({ monitor: { network, heartbeat } }: { monitor: Monitor }) {
  const channels = useAll<Channel>('/channels');
  useFollow('ties', (event) => event.kind !== 'server', channels.reload);
  return (
    <Section title="Network, heartbeat and channels">
      <ul class="rows">
        <Network network={network} />
        {heartbeat === null ? (
          <Row tone="unknown" label="not configured">
            <p>
              <b>Heartbeat</b> not configured
            </p>
            <p class="quiet small">
              With <code>monitor.heartbeat.url</code> a service elsewhere tells you when this monitor itself falls
              silent.
            </p>
          </Row>
        ) : (
          <Row {...toneOf(heartbeat.ok)}>
            <p>
              <b>Heartbeat</b> {heartbeat.host} is told every {duration(heartbeat.every_ms)} that servers are watched
            </p>
            <p class="quiet small">
              <Last of={heartbeat} good="last told" bad="not told" />
            </p>
          </Row>
        )}
        {channels.value?.map((channel) => (
          <Row key={channel.id} {...faring(channel)}>
            <p>
              <a href="/channels">
                <b>{channel.id}</b>
              </a>{' '}
              {channel.type} to <span class="mono">{channel.target}</span>
            </p>
            <p class="quiet small">
              <Faring of={channel} />
            </p>
          </Row>
        ))}
      </ul>
    </Section>
  );
}

function Network({ network: { offline_since: since, control } }: Pick<Monitor, 'network'>) {
  return (
    <Row {...toneOf(since === null)}>
      <p>
        <b>Network</b>{' '}
        {since === null ? (
          'is there, as far as is known'
        ) : (
          <>
            is gone since <Moment at={since} />: what fails is not held against the servers
          </>
        )}
      </p>
      <p class="quiet small">
        {control === null ? (
          <>
            With <code>monitor.control.url</code> an outage of this network is told apart from one of the servers.
          </>
        ) : (
          <>
            Control address {control.host} <Last of={control} good="answered" bad="did not answer" />
          </>
        )}
      </p>
    </Row>
  );
}

function toneOf(ok: boolean | null) {
  if (ok === null) return { tone: 'unknown', label: 'not known yet' } as const;
  return ok ? ({ tone: 'up', label: 'good' } as const) : ({ tone: 'down', label: 'bad' } as const);
}

type Asked = NonNullable<Monitor['network']['control']>;

function Last({ of: { at, ok, message }, good, bad }: { of: Omit<Asked, 'host'>; good: string; bad: string }) {
  if (ok === null) return <>not asked yet</>;
  return (
    <>
      {ok ? good : bad} <Ago at={at} />
      {!ok && `: ${message}`}
    </>
  );
}
