import { setTimeout as wait } from 'node:timers/promises';
import { openPlace } from '../test/fixtures/program.ts';
import { authorityFile } from './certificate.ts';
import { type Cost, configure, type Figures, type Fleet, measure, openStream } from './fleet.ts';
import { cpuMsOf, machine, startTarget, table } from './processes.ts';

/**
 * What watching costs the built `serve`, from outside: processor time of each probe beside bare undici doing the same
 * requests with connections as fresh, at the same pace, right after, evenly and in the ticks in which probes start; memory;
 * how punctual it is; what browsers cost.
 * Where more is due than can be done, also beside bare undici flat out with as many under way at once: its cost and its
 * probes a second, and what ratio and what share of these the monitor comes to.
 * `npm run bench -- serve [SECONDS [FLEET]]`: 60 of each fleet, of all, unless said otherwise.
 */
const seconds = Number(process.argv[2] ?? 60);
const tls = await authorityFile();
const FLEETS: readonly (readonly [string, Omit<Fleet, 'seconds'>])[] = [
  ['1,000 × 20 s', { servers: 1000, everyMs: 20_000, tls: null }],
  ['1,000 × 20 s, TLS 1.3', { servers: 1000, everyMs: 20_000, tls }],
  ['3,000 × 60 s', { servers: 3000, everyMs: 60_000, tls: null }],
  ['10,000 × 60 s', { servers: 10_000, everyMs: 60_000, tls: null }],
  ['10,000 × 60 s, TLS 1.3', { servers: 10_000, everyMs: 60_000, tls }],
  ['flat out: 2,000 × 1 s', { servers: 2000, everyMs: 1000, isTooMuch: true, tls: null }],
];

const HEAD = [
  'probes/s',
  'CPU ms a probe',
  'bare undici',
  'ratio',
  'bare undici in ticks: ms, ratio',
  'bare undici flat out: ms, probes/s',
  'ratio, share',
  '% of a core',
  'RSS MB',
  'lag p99 / max ms',
  'loop p99 / max ms',
  'missed',
];
const only = process.argv[3];
const rows: (readonly (string | number)[])[] = [];
try {
  for (const [name, fleet] of FLEETS) {
    if (only !== undefined && !name.includes(only)) continue;
    rows.push([name, ...cells(await measure({ ...fleet, seconds }))]);
    console.error(rows.at(-1)?.join(' · '));
  }
  console.log(`\n${machine()}; ${seconds} s each\n`);
  console.log(table(['fleet', ...HEAD], rows));
  if (only === undefined || only === 'events') console.log(`\n${await events()}`);
} finally {
  await tls.remove();
}

function cells(figures: Figures): readonly (string | number)[] {
  const { cost, floor, floorInTicks, floorFlatOut } = figures;
  const pair = (a: number | null, b: number | null): string => [a, b].map((ms) => ms?.toFixed(1) ?? '–').join(' / ');
  return [
    cost.perSecond.toFixed(1),
    cost.msEach.toFixed(2),
    floor.msEach.toFixed(2),
    (cost.msEach / floor.msEach).toFixed(2),
    floorInTicks === null
      ? '–'
      : `${floorInTicks.msEach.toFixed(2)}, ${(cost.msEach / floorInTicks.msEach).toFixed(2)}`,
    floorFlatOut === null ? '–' : `${floorFlatOut.msEach.toFixed(2)}, ${floorFlatOut.perSecond.toFixed(0)}`,
    floorFlatOut === null ? '–' : besides(cost, floorFlatOut),
    ((cost.msEach * cost.perSecond) / 10).toFixed(1),
    Math.round(figures.rssMb),
    pair(figures.lagP99Ms, figures.lagMaxMs),
    pair(figures.loopP99Ms, figures.loopMaxMs),
    figures.missed,
  ];
}

function besides(cost: Cost, floor: Cost): string {
  return `${(cost.msEach / floor.msEach).toFixed(2)}, ${((cost.perSecond / floor.perSecond) * 100).toFixed(0)} %`;
}

/** What 100 open dashboards add at 1,000 servers × 60 s. */
async function events(): Promise<string> {
  const CLIENTS = 100;
  const target = await startTarget(null);
  const here = await openPlace();
  try {
    await configure(here, target.origin, { servers: 1000, everyMs: 60_000 });
    const { url, pid } = await here.serve();
    await wait(70_000);
    const shareOf = async (): Promise<number> => {
      const before = cpuMsOf(pid);
      await wait(seconds * 1000);
      return (cpuMsOf(pid) - before) / (seconds * 10);
    };
    const alone = await shareOf();
    const streams = await Promise.all(Array.from({ length: CLIENTS }, () => openStream(url)));
    const watched = await shareOf();
    for (const stream of streams) stream.destroy();
    return table(
      ['/events, 1,000 servers × 60 s', '% of a core'],
      [
        ['nobody looks', alone.toFixed(2)],
        [`${CLIENTS} dashboards`, watched.toFixed(2)],
        ['what they add', (watched - alone).toFixed(2)],
      ],
    );
  } finally {
    await here.close();
    target.close();
  }
}
