import type { Monitor } from '../core/monitor.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { EventHub } from './event-hub.ts';
import { incidentAnswer } from './incident-answer.ts';
import { rowAnswer } from './server-answer.ts';
import type { Uptimes } from './uptimes.ts';
import type { ServerEvent } from './wire.ts';

/** Changed rows go out together, at most this often; a changed state goes at once and takes along what waits. */
const MERGE_MS = 1000;

export interface FeedParts {
  readonly monitor: Monitor;
  readonly hub: EventHub;
  readonly uptimes: Uptimes;
  readonly clock: Clock;
  readonly log: Log;
}

/** Publishes what the monitor tells. The returned function ends it. */
export function feedEvents({ monitor, hub, uptimes, clock, log }: FeedParts): () => void {
  const changed = new Set<string>();
  let cancel: (() => void) | null = null;
  let sentAt = Number.NEGATIVE_INFINITY;

  async function flush(): Promise<void> {
    cancel?.();
    cancel = null;
    sentAt = clock.monotonic();
    if (!hub.wasHeard()) {
      changed.clear();
      return;
    }
    const shares = await uptimes.all().catch((error: unknown) => {
      log.warn({ error: String(error) }, 'no uptime for live rows: the store did not answer');
      return new Map<string, number | null>();
    });
    const ids = [...changed];
    changed.clear();
    if (ids.length > 0) hub.publish('server', eventOf(monitor, ids, shares));
  }

  function schedule(): void {
    cancel ??= clock.after(Math.max(0, sentAt + MERGE_MS - clock.monotonic()), () => void flush());
  }

  const unsubscribe = monitor.subscribe((event) => {
    switch (event.kind) {
      case 'server':
        changed.add(event.id);
        if (event.stateChanged) void flush();
        else schedule();
        return;
      case 'incident':
        hub.publish('incident', incidentAnswer(event.incident, clock.now()));
        return;
      case 'config':
        hub.publish('config', {});
        return;
      case 'delivery':
        return;
    }
  });
  return () => {
    unsubscribe();
    cancel?.();
  };
}

function eventOf(monitor: Monitor, ids: readonly string[], shares: ReadonlyMap<string, number | null>): ServerEvent {
  const items = ids.flatMap((id) => {
    const watched = monitor.server(id);
    return watched === null ? [] : [rowAnswer(watched, shares.get(id) ?? null)];
  });
  return { items, removed: ids.filter((id) => monitor.server(id) === null) };
}
