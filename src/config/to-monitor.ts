import type { MonitorSettings } from './config.ts';
import { asRange } from './fields.ts';
import { parseListen } from './listen.ts';
import type { MonitorEntry } from './monitor-schema.ts';

const DAY_MS = 86_400_000;

/** The monitor's own settings, with what holds where the file says nothing (contract, Configuration file). */
export function toMonitorSettings(entry: MonitorEntry): MonitorSettings {
  const { retention, concurrency, network } = entry;
  return {
    listen: parseListen(entry.listen ?? '') ?? { host: '127.0.0.1', port: 8080 },
    publicUrl: entry.public_url?.replace(/\/+$/, '') ?? null,
    store: { kind: 'sqlite', path: (entry.store ?? 'sqlite:data/alivemcp.db').slice('sqlite:'.length) },
    location: entry.location ?? 'local',
    clientName: entry.client_name ?? 'AliveMCP',
    password: emptyAsNull(entry.password),
    retentionProbesMs: retention?.probes ?? 14 * DAY_MS,
    retentionRollupsMs: retention?.rollups ?? 400 * DAY_MS,
    concurrency: { total: concurrency?.total ?? 50, perOrigin: concurrency?.per_origin ?? 4 },
    network: {
      mode: network?.mode ?? 'private',
      allow: (network?.allow ?? []).map(asRange),
      deny: (network?.deny ?? []).map(asRange),
    },
    controlUrl: emptyAsNull(entry.control?.url),
    heartbeat: toHeartbeat(entry.heartbeat),
    demo: entry.demo ?? false,
  };
}

function toHeartbeat({ url, every }: NonNullable<MonitorEntry['heartbeat']> = {}): MonitorSettings['heartbeat'] {
  const written = emptyAsNull(url);
  return written === null ? null : { url: written, everyMs: every ?? 60_000 };
}

function emptyAsNull(text = ''): string | null {
  return text === '' ? null : text;
}
