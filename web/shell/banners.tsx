import type { Summary } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { clock, counted, relative } from '../format.ts';
import { ConfigErrors } from '../parts/config-errors.tsx';
import { Ago } from '../parts/time.tsx';

/** What concerns every page: a lost connection, a file not taken over, words that reached nobody. */
export function Banners() {
  const { fleet } = useDashboard();
  const summary = fleet.summary.value;
  return (
    <>
      <ConnectionBanner />
      {summary !== null && <ConfigBanner errors={summary.config_errors} />}
      {summary !== null && summary.channels === 0 && summary.reached_nobody !== null && (
        <NobodyBanner reached={summary.reached_nobody} />
      )}
      {summary !== null && summary.deliveries_failed > 0 && (
        <div class="notice-band bad">
          <p>
            <strong>{counted(summary.deliveries_failed, 'notice')} could not be delivered.</strong> Correct the channel,
            then send again.
          </p>
          <a class="button" href="/channels">
            See deliveries
          </a>
        </div>
      )}
    </>
  );
}

function ConnectionBanner() {
  const { live, now } = useDashboard();
  const connection = live.connection.value;
  if (connection.kind !== 'lost') return null;
  return (
    <div class="notice-band stale">
      <span class="hidden" role="alert">
        Connection to the monitor lost
      </span>
      <p>
        <strong>Connection lost</strong> {relative(connection.since, now.value)}, showing{' '}
        {clock(connection.shownAt, true)}. It is tried again every few seconds.
      </p>
      <button type="button" onClick={() => live.retry()}>
        Try now
      </button>
    </div>
  );
}

function ConfigBanner({ errors }: { errors: Summary['config_errors'] }) {
  if (errors === null) return null;
  return (
    <div class="notice-band bad">
      <div>
        <p>
          <strong>The last edit of {errors.file} was not taken over</strong> (<Ago at={errors.at} />
          ). Probing goes on as before it. Correct and save the file:
        </p>
        <ConfigErrors errors={errors.errors} />
      </div>
    </div>
  );
}

function NobodyBanner({ reached }: { reached: NonNullable<Summary['reached_nobody']> }) {
  return (
    <div class="notice-band">
      <p>
        <strong>This reached nobody. Add a channel.</strong> {counted(reached.count, 'notice')} had no one to go to, the
        last <Ago at={reached.last_at} />.
      </p>
      <a class="button" href="/channels?new=email">
        Add a channel
      </a>
    </div>
  );
}
