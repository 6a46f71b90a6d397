import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Beats, Incident, ServerEvent, ServerRow, Summary } from '../src/http/wire.ts';
import type { Api, ApiError } from './api.ts';
import { asApiError } from './api.ts';
import type { Live } from './live.ts';

/** Everything the overview and the banners show, kept current by events. */
export interface Fleet {
  /** null: not read yet. */
  readonly rows: ReadonlySignal<readonly ServerRow[] | null>;
  /** 48 letters per server id. */
  readonly beats: ReadonlySignal<ReadonlyMap<string, string>>;
  readonly summary: ReadonlySignal<Summary | null>;
  readonly open: ReadonlySignal<readonly Incident[]>;
  /** Why the last reading failed; null when it did not. */
  readonly error: ReadonlySignal<ApiError | null>;
  reload(): void;
  /** Puts an incident in its place at once, as after acknowledging it. */
  merge(incident: Incident): void;
}

/** Counts per hour and 24 h cells change slowly; they are read again this often. */
const SUMMARY_EVERY_MS = 10_000;
const BEATS_EVERY_MS = 60_000;
const NEW_BEATS_EVERY_MS = 2_000;

export function createFleet(api: Api, live: Live): Fleet {
  const kept = createKept();
  const read = readers(api, kept);
  const attempt = async (...reads: readonly (() => Promise<void>)[]) => {
    try {
      await Promise.all(reads.map((each) => each()));
      kept.error.value = null;
    } catch (reason) {
      kept.error.value = asApiError(reason);
    }
  };
  const everything = () => void attempt(read.rows, read.summary, read.beats, read.incidents);
  const summarySoon = atMostEvery(SUMMARY_EVERY_MS, () => attempt(read.summary));
  const newBeatsSoon = atMostEvery(NEW_BEATS_EVERY_MS, () => attempt(read.beats));
  const beatsSoon = atMostEvery(BEATS_EVERY_MS, () => attempt(read.beats));

  const mergeRows = ({ items, removed }: ServerEvent) => {
    const next = new Map(kept.rows.value ?? []);
    const isNew = items.some((row) => !next.has(row.id));
    for (const id of removed) next.delete(id);
    for (const row of items) next.set(row.id, row);
    kept.rows.value = next;
    summarySoon();
    if (isNew) newBeatsSoon();
    else beatsSoon();
  };
  const merge = (incident: Incident) => {
    const next = new Map(kept.incidents.value);
    if (incident.state === 'open') next.set(incident.id, incident);
    else next.delete(incident.id);
    kept.incidents.value = next;
    void attempt(read.summary);
  };

  live.listen((event) => {
    if (event.kind === 'server') mergeRows(event.event);
    else if (event.kind === 'incident') merge(event.incident);
    else everything();
  });
  everything();
  return {
    rows: computed(() => (kept.rows.value === null ? null : [...kept.rows.value.values()])),
    beats: kept.beats,
    summary: kept.summary,
    open: computed(() => [...kept.incidents.value.values()]),
    error: kept.error,
    reload: everything,
    merge,
  };
}

type Kept = ReturnType<typeof createKept>;

function createKept() {
  return {
    rows: signal<ReadonlyMap<string, ServerRow> | null>(null),
    beats: signal<ReadonlyMap<string, string>>(new Map()),
    summary: signal<Summary | null>(null),
    incidents: signal<ReadonlyMap<string, Incident>>(new Map()),
    error: signal<ApiError | null>(null),
  };
}

function readers(api: Api, kept: Kept) {
  return {
    rows: async () => {
      const take = (items: readonly ServerRow[]) => {
        kept.rows.value = new Map(items.map((row) => [row.id, row]));
      };
      // The first time what is worst is shown before the rest is there.
      take(await api.all<ServerRow>('/servers', undefined, kept.rows.peek() === null ? take : undefined));
    },
    summary: async () => {
      kept.summary.value = await api.get<Summary>('/summary');
    },
    beats: async () => {
      const { items } = await api.get<Beats>('/servers/beats');
      kept.beats.value = new Map(items.map((item) => [item.id, item.beats]));
    },
    incidents: async () => {
      const items = await api.all<Incident>('/incidents?state=open');
      kept.incidents.value = new Map(items.map((item) => [item.id, item]));
    },
  };
}

/** Calls `run` now if the last call is `ms` old, else once when it will be. */
export function atMostEvery(ms: number, run: () => unknown): () => void {
  let last = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const fire = () => {
    timer = null;
    last = performance.now();
    run();
  };
  return () => {
    if (timer !== null) return;
    const wait = last + ms - performance.now();
    if (wait <= 0) fire();
    else timer = setTimeout(fire, wait);
  };
}
