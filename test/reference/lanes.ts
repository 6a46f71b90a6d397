import { type Api, openApi } from '../fixtures/api.ts';
import { openPlace, type Program } from '../fixtures/program.ts';
import { until } from '../fixtures/until.ts';
import { APP_PASSWORD, APP_ROLE, type Cluster, startCluster, startPair } from './cluster.ts';
import { startReferences } from './reference.ts';
import type { Lane, Scenario } from './scenarios.ts';

/** A lane that the running program watches. */
export interface WatchedLane {
  readonly id: string;
  readonly scenario: Scenario;
  readonly lane: Lane;
}

export interface Lanes {
  readonly program: Program;
  readonly api: Api;
  readonly lanes: readonly WatchedLane[];
  close(): Promise<void>;
}

/** What the program made of one fault. */
export interface Observation {
  /** The cause that whoever was told reads. */
  readonly named: string;
  /** Signals whose incident was opened, in that order, each with its reason. */
  readonly signals: readonly string[];
  /** From the fault to the first incident that stands for itself, and from the mending until all are over. */
  readonly noticedMs: number;
  readonly recoveredMs: number;
  /** What a person reads. */
  readonly sentence: string;
  readonly explanation: string;
}

/** The defaults' rules on short intervals. */
const PACE = { interval: '2s', confirm: { down: 3, up: 2, recheck: '1s' } };

/** A few callers, as a server has; on a server that nobody calls every figure stands still. */
const TRAFFIC = { name: 'traffic', on: true, callers: 1, everyMs: 300 } as const;

/** The built program, watching a reference server for each scenario. Servers that do not touch their database share one. */
export async function openLanes(scenarios: readonly Scenario[], random: () => number): Promise<Lanes> {
  const clusters: Cluster[] = [];
  const kept = async (opening: Promise<readonly Cluster[]>): Promise<readonly Cluster[]> => {
    const opened = await opening;
    clusters.push(...opened);
    return opened;
  };
  const shared = await kept(startCluster({ maxConnections: 200 }).then((one) => [one]));
  const places = await Promise.all(
    scenarios.map(({ needs }) => {
      if (needs === 'shared') return shared;
      return kept(needs === 'pair' ? startPair() : startCluster({ maxConnections: 30 }).then((one) => [one]));
    }),
  );
  const references = await startReferences(
    scenarios.map(({ options }, at) => {
      const [primary, standby] = places[at] ?? [];
      const database = { port: primary?.port ?? 0, user: APP_ROLE, password: APP_PASSWORD };
      return { database, replicaPort: standby?.port ?? null, ...options(random) };
    }),
  );
  const lanes = scenarios.flatMap((scenario, at): readonly WatchedLane[] => {
    const reference = references.servers[at];
    const [cluster, standby = null] = places[at] ?? [];
    if (reference === undefined || cluster === undefined) return [];
    return [{ id: `lane-${at}`, scenario, lane: { reference, cluster, standby, random } }];
  });
  for (const { lane } of lanes) await lane.reference.fault(TRAFFIC);

  const here = await openPlace();
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db' },
    defaults: { ...PACE, canary: { tool: 'health_check', timeout: '4s', expect: [{ path: 'ok', equals: true }] } },
    servers: lanes.map(({ id, lane }) => ({ id, ...lane.reference.entry })),
  });
  const program = await here.serve();
  const api = openApi(program.url);
  for (const { id } of lanes) await api.becomes(id, 'up', 30_000);
  return {
    program,
    api,
    lanes,
    async close() {
      await program.stop();
      await here.close();
      await references.close();
      await Promise.all(clusters.map((cluster) => cluster.close()));
    },
  };
}

/** Breaks a lane, waits until somebody would be told, mends it and waits until it is well again. */
export async function inject({ api }: Pick<Lanes, 'api'>, { id, scenario, lane }: WatchedLane): Promise<Observation> {
  const before = new Set((await api.incidents(`&server=${id}`)).map((one) => one.id));
  const seen = async () => (await api.incidents(`&server=${id}`)).filter((one) => !before.has(one.id)).toReversed();
  const mend = await scenario.begin(lane);
  const brokenAt = performance.now();
  let noticedMs = 0;
  let named: Awaited<ReturnType<typeof seen>>[number] | undefined;
  try {
    await until(async () => (await seen()).some(isTold), { what: `${scenario.name} is noticed`, ms: 40_000 });
    noticedMs = performance.now() - brokenAt;
    named = await until(async () => worst((await seen()).filter(isTold), performance.now() - brokenAt - noticedMs), {
      what: `${scenario.name} is told`,
      ms: 10_000,
    });
  } finally {
    await mend();
  }
  const mendedAt = performance.now();
  await until(async () => (await seen()).every(({ state }) => state === 'resolved'), {
    what: `${scenario.name} is over`,
    ms: 40_000,
  });
  const recoveredMs = performance.now() - mendedAt;
  await api.becomes(id, 'up', 30_000);
  const signals = (await seen()).map(({ signal, reason }) => `${signal} ${reason.code}`);
  const { likely_cause: cause, sentence } = named;
  return {
    named: cause?.code ?? '-',
    signals,
    noticedMs,
    recoveredMs,
    sentence,
    explanation: cause?.explanation ?? '-',
  };
}

interface Told {
  readonly attached_to: string | null;
  readonly severity: string;
}

function isTold({ attached_to }: Told): boolean {
  return attached_to === null;
}

/** A warning may be followed by what it warned of, so it is given a moment. */
const WARNING_MS = 4000;

function worst<T extends Told>(told: readonly T[], passedMs: number): T | null {
  const critical = told.find(({ severity }) => severity === 'critical');
  return critical ?? (passedMs > WARNING_MS ? (told[0] ?? null) : null);
}
