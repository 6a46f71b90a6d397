import type { Survey } from '../core/offline.ts';
import { hostOf, isThisMachine } from '../core/offline.ts';
import type { Lookout } from '../core/ports.ts';
import type { StopSignal } from '../core/stop.ts';
import type { Member } from './roster.ts';

/** So many hosts are knocked at, at most: enough to tell, and next to nothing for each. */
const MAX_HOSTS = 12;

/** Looks at our own network without going where no probe goes: this machine's addresses, and hosts of the list. */
export async function survey(lookout: Lookout, members: readonly Member[], signal: StopSignal): Promise<Survey> {
  const hasAddress = lookout.hasAddress();
  const urls = hasAddress ? pick(reachedHosts(members)) : [];
  return { hasAddress, sights: await Promise.all(urls.map((url) => lookout.knock(url, signal))) };
}

/** One URL of each host elsewhere that was well until now: one that was down before has nothing to tell. */
function reachedHosts(members: readonly Member[]): readonly string[] {
  const byHost = new Map<string, string>();
  for (const { server, status, pause } of members) {
    if (server.target.kind !== 'http' || pause !== null || !isReached(status)) continue;
    const host = hostOf(server.target.url);
    if (!isThisMachine(host) && !byHost.has(host)) byHost.set(host, server.target.url);
  }
  return [...byHost.values()];
}

/** Was it reached, as far as is confirmed? */
export function isReached({ signals }: Pick<Member['status'], 'signals'>): boolean {
  return signals.protocol.level === 'ok' || signals.protocol.level === 'warn';
}

/** Spread over the whole list: neighbours often live in one place. */
function pick(urls: readonly string[]): readonly string[] {
  const step = Math.max(1, urls.length / MAX_HOSTS);
  return Array.from({ length: Math.min(urls.length, MAX_HOSTS) }, (_, at) => urls[Math.floor(at * step)]).filter(
    (url) => url !== undefined,
  );
}
