import { type Api, openApi } from '../fixtures/api.ts';
import { openPlace, type Program } from '../fixtures/program.ts';
import { until } from '../fixtures/until.ts';
import { APP_PASSWORD, APP_ROLE, type Cluster, startCluster, startPair } from './cluster.ts';
import { type ReferenceOptionsInput, startReferences } from './reference.ts';
import { type Ground, type Lane, type Scenario, TRAFFIC } from './scenario.ts';

/** A lane that the running program watches. */
export interface WatchedLane {
  readonly id: string;
  readonly ground: Ground;
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
  readonly name: string;
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

/** The built program, watching a reference server on each ground. Those that do not touch their database share one. */
export async function openLanes(grounds: readonly Ground[], random: () => number): Promise<Lanes> {
  const clusters: Cluster[] = [];
  const kept = async (opening: Promise<readonly Cluster[]>): Promise<readonly Cluster[]> => {
    const opened = await opening;
    clusters.push(...opened);
    return opened;
  };
  const shared = await kept(startCluster({ maxConnections: 200 }).then((one) => [one]));
  const places = await Promise.all(
    grounds.map(({ needs }) => {
      if (needs === 'shared') return shared;
      return kept(needs === 'pair' ? startPair() : startCluster({ maxConnections: 30 }).then((one) => [one]));
    }),
  );
  const optionsOf = ({ options }: Ground, at: number): ReferenceOptionsInput => {
    const [primary, standby] = places[at] ?? [];
    const database = { port: primary?.port ?? 0, user: APP_ROLE, password: APP_PASSWORD };
    return { database, replicaPort: standby?.port ?? null, ...options };
  };
  const given = grounds.map((ground, at) => ({ ground, at, options: optionsOf(ground, at) }));
  const groups = [
    given.filter(({ ground }) => !ground.isAlone),
    ...given.filter(({ ground }) => ground.isAlone).map((one) => [one]),
  ].filter((group) => group.length > 0);
  const processes = await Promise.all(groups.map((group) => startReferences(group.map(({ options }) => options))));
  const lanes = groups.flatMap((group, of) =>
    group.flatMap(({ ground, at }, member): readonly WatchedLane[] => {
      const process = processes[of];
      const reference = process?.servers[member];
      const [cluster, standby = null] = places[at] ?? [];
      if (process === undefined || reference === undefined || cluster === undefined) return [];
      return [{ id: `lane-${at}`, ground, lane: { reference, process, cluster, standby, random } }];
    }),
  );
  for (const { lane } of lanes) await lane.reference.fault(TRAFFIC);

  const here = await openPlace();
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db' },
    defaults: { ...PACE, canary: { tool: 'health_check', timeout: '4s', expect: [{ path: 'ok', equals: true }] } },
    servers: lanes.map(({ id, lane }) => ({ id, ...lane.reference.entry })),
  });
  const program = await here.serve();
  const api = openApi(program.url);
  for (const { id } of lanes) await api.becomes(id, 'up', 60_000);
  return {
    program,
    api,
    lanes,
    async close() {
      await program.stop();
      await here.close();
      await Promise.all(processes.map((process) => process.close()));
      await Promise.all(clusters.map((cluster) => cluster.close()));
    },
  };
}

/** How often it is looked for: what is measured is that exact. */
const LOOK_MS = 150;

/** Breaks a lane, waits until somebody would be told, mends it and waits until it is well again. */
export async function inject(
  { api }: Pick<Lanes, 'api'>,
  { id, lane }: WatchedLane,
  scenario: Scenario,
): Promise<Observation> {
  const { name, noticedWithinMs = 40_000 } = scenario;
  const before = new Set((await api.incidents(`&server=${id}`)).map((one) => one.id));
  const seen = async () => (await api.incidents(`&server=${id}`)).filter((one) => !before.has(one.id)).toReversed();
  const mend = await scenario.begin(lane);
  const brokenAt = performance.now();
  let noticedMs = 0;
  let named: Awaited<ReturnType<typeof seen>>[number] | undefined;
  try {
    await until(async () => (await seen()).some(isTold), {
      what: `${name} is noticed`,
      ms: noticedWithinMs,
      everyMs: LOOK_MS,
    });
    noticedMs = performance.now() - brokenAt;
    named = await until(async () => worst((await seen()).filter(isTold), performance.now() - brokenAt - noticedMs), {
      what: `${name} is told`,
      everyMs: LOOK_MS,
    });
  } finally {
    await mend();
  }
  const mendedAt = performance.now();
  await until(async () => (await seen()).every(({ state }) => state === 'resolved'), {
    what: `${name} is over`,
    ms: 60_000,
    everyMs: LOOK_MS,
  });
  const recoveredMs = performance.now() - mendedAt;
  await api.becomes(id, 'up', 60_000);
  const { likely_cause: cause, sentence } = named;
  return {
    name,
    named: cause?.code ?? '-',
    signals: (await seen()).map(({ signal, reason }) => `${signal} ${reason.code}`),
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
