import type { Server } from '../core/server.ts';

/**
 * Puts one object in place of all that are equal: servers of one file mostly differ in their address alone, and ten
 * thousand copies of the same defaults take 10 MB. What was seen is forgotten with the returned function.
 */
export function createSharing(): (server: Server) => Server {
  const [headers, canaries, schedule] = [
    one<Server['headers']>(),
    one<Server['canaries']>(),
    one<Server['schedule']>(),
  ];
  const [confirm, latencyRules] = [one<Server['confirm']>(), one<Server['latencyRules']>()];
  const [tlsWarnings, names] = [one<readonly number[]>(), one<readonly string[]>()];
  return (server) => ({
    ...server,
    headers: headers(server.headers),
    canaries: canaries(server.canaries),
    schedule: schedule(server.schedule),
    confirm: confirm(server.confirm),
    latencyRules: latencyRules(server.latencyRules),
    tlsWarnings: tlsWarnings(server.tlsWarnings),
    channels: names(server.channels),
    tags: names(server.tags),
  });
}

/** The first of all that are the same as JSON. */
function one<T>(): (part: T) => T {
  const known = new Map<string, T>();
  return (part) => {
    const key = JSON.stringify(part);
    const same = known.get(key) ?? part;
    known.set(key, same);
    return same;
  };
}
