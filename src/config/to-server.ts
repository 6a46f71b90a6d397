import type { Canary, Expectation, HealthUrl, LatencyRule, Schedule, Server, ServerSource } from '../core/server.ts';
import type { Target } from '../core/target.ts';
import type { ServerEntry } from './server-schema.ts';
import { toAuth } from './to-auth.ts';

// What holds where neither the entry nor `defaults` say otherwise (contract, Configuration file).
const INTERVAL_MS = 60_000;
const TIMEOUT_MS = 10_000;
/** Longer than the 5 to 10 s a server waits for a connection of its pool, so that its own answer is heard. */
const CANARY_TIMEOUT_MS = 12_000;
const CONFIRM = { down: 3, up: 2, recheckMs: 20_000 } as const;
const LATENCY = {
  of: 'initialize',
  p95Ms: 500,
  overMs: 3_600_000,
  minSamples: 20,
  confirmOverMs: 600_000,
  spike: 3,
} as const;

const DAY_MS = 86_400_000;
const TLS_WARNINGS = [21 * DAY_MS, 14 * DAY_MS, 7 * DAY_MS, DAY_MS] as const;

export interface Origin {
  readonly source: ServerSource;
  readonly clientName: string;
  /** The command as it may be shown. */
  readonly shown: readonly string[];
}

/** The server that an entry with the defaults merged in describes. */
export function toServer(entry: ServerEntry, { source, clientName, shown }: Origin): Server {
  return {
    id: entry.id,
    name: entry.name ?? entry.id,
    source,
    target: toTarget(entry, shown),
    headers: entry.headers ?? {},
    auth: toAuth(entry.auth, entry.url ?? ''),
    clientName: entry.client_name ?? clientName,
    canaries: toCanaries(entry.canary),
    healthUrl: toHealthUrl(entry.health_url),
    schedule: toSchedule(entry),
    timeoutMs: entry.timeout ?? TIMEOUT_MS,
    confirm: {
      down: entry.confirm?.down ?? CONFIRM.down,
      up: entry.confirm?.up ?? CONFIRM.up,
      recheckMs: entry.confirm?.recheck ?? CONFIRM.recheckMs,
    },
    latencyRules: toLatencyRules(entry.alerts?.latency),
    watchesPool: (entry.alerts?.pool ?? true) === true,
    watchesTools: (entry.alerts?.tools ?? true) === true,
    reminderMs: typeof entry.alerts?.reminder === 'number' ? entry.alerts.reminder : null,
    tlsWarnings: toTlsWarnings(entry.alerts?.tls),
    announceFirst: entry.announce_first ?? false,
    isPublic: entry.public ?? false,
    channels: [...new Set(entry.channels)],
    tags: [...new Set(entry.tags)],
    paused: entry.paused ?? false,
  };
}

function toTlsWarnings(written: NonNullable<ServerEntry['alerts']>['tls']): readonly number[] {
  const warnings = written === undefined ? TLS_WARNINGS : Array.isArray(written) ? written : [];
  return [...new Set(warnings)].toSorted((a, b) => b - a);
}

function toTarget({ url, command, env, transport, protocol }: ServerEntry, shown: readonly string[]): Target {
  const revision = protocol ?? 'auto';
  if (command !== undefined) return { kind: 'stdio', command, shown, env: env ?? {}, protocol: revision };
  return { kind: 'http', url: url ?? '', transport: transport ?? 'auto', protocol: revision };
}

function toSchedule({ interval, cron, timezone }: ServerEntry): Schedule {
  if (cron !== undefined) return { kind: 'cron', expression: cron, timezone: timezone ?? null };
  return { kind: 'interval', everyMs: interval ?? INTERVAL_MS };
}

function toHealthUrl(written: ServerEntry['health_url']): HealthUrl | null {
  if (written === undefined) return null;
  if (typeof written === 'string') return { ready: written, live: null, headers: {}, expectStatus: null };
  const { ready, live = null, headers = {}, expect_status: expectStatus = null } = written;
  return { ready, live, headers, expectStatus };
}

function toLatencyRules(written: NonNullable<ServerEntry['alerts']>['latency']): readonly LatencyRule[] {
  return (written ?? [{}]).map(({ of, p95, over, min_samples: minSamples, confirm_over: confirmOver, spike }) => ({
    of: of ?? LATENCY.of,
    p95Ms: p95 ?? LATENCY.p95Ms,
    overMs: over ?? LATENCY.overMs,
    minSamples: minSamples ?? LATENCY.minSamples,
    confirmOverMs: confirmOver ?? Math.min(LATENCY.confirmOverMs, over ?? LATENCY.overMs),
    spike: spike === undefined ? LATENCY.spike : typeof spike === 'number' ? spike : null,
  }));
}

type CanaryEntry = Exclude<NonNullable<ServerEntry['canary']>, readonly unknown[]>;

function toCanaries(written: ServerEntry['canary']): readonly Canary[] {
  if (written === undefined) return [];
  return (Array.isArray(written) ? written : [written]).map(toCanary);
}

function toCanary({
  tool,
  resource,
  arguments: given,
  timeout,
  expect,
  allow_destructive: allowed,
}: CanaryEntry): Canary {
  const timeoutMs = timeout ?? CANARY_TIMEOUT_MS;
  const expected = (expect ?? []).map(toExpectation);
  if (tool === undefined) return { kind: 'resource', resource: resource ?? '', timeoutMs, expect: expected };
  const allowDestructive = allowed ?? false;
  return { kind: 'tool', tool, arguments: given ?? {}, allowDestructive, timeoutMs, expect: expected };
}

function toExpectation(written: NonNullable<CanaryEntry['expect']>[number]): Expectation {
  const { path, equals, contains, less, greater, exists } = written;
  if (contains !== undefined) return { path, kind: 'contains', value: contains };
  if (less !== undefined) return { path, kind: 'less', value: less };
  if (greater !== undefined) return { path, kind: 'greater', value: greater };
  if (exists !== undefined) return { path, kind: 'exists', value: exists };
  return { path, kind: 'equals', value: equals ?? null };
}
