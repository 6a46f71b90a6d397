import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
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
  /** Settles when everything was read, or could not be, for the first time. */
  readonly whole: Promise<unknown>;
  /** Puts an incident in its place at once, as after acknowledging it. */
  merge(incident: Incident): void;
}

/** Counts per hour and 24 h cells change slowly; they are read again this often. */
const SUMMARY_EVERY_MS = 10_000;
const BEATS_EVERY_MS = 60_000;
const NEW_BEATS_EVERY_MS = 2_000;
/** They are read with everything else as the page opens: what comes meanwhile does not make that longer. */
const JUST_READ_MS = 2_000;
/** Rows and counts that change one after the other, as when a whole network goes, are drawn together. */
const ROWS_EVERY_MS = 250;

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
  const everything = () => attempt(read.rows, read.summary, read.beats, read.incidents);
  const summarySoon = atMostEvery(SUMMARY_EVERY_MS, () => attempt(read.summary), JUST_READ_MS);
  const newBeatsSoon = atMostEvery(NEW_BEATS_EVERY_MS, () => attempt(read.beats));
  const beatsSoon = atMostEvery(BEATS_EVERY_MS, () => attempt(read.beats), JUST_READ_MS);

  const showSoon = atMostEvery(ROWS_EVERY_MS, () => kept.rows.peek() && show(kept));
  const countsSoon = atMostEvery(ROWS_EVERY_MS, () => attempt(read.summary));

  const mergeRows = (event: ServerEvent) => {
    const isNew = kept.missed === null && event.items.some((row) => !kept.byId.has(row.id));
    kept.missed?.push(event);
    apply(kept, event.items, event.removed);
    showSoon();
    summarySoon();
    if (isNew) newBeatsSoon();
    else beatsSoon();
  };
  const merge = (incident: Incident) => {
    const next = new Map(kept.incidents.value);
    if (incident.state === 'open') next.set(incident.id, incident);
    else next.delete(incident.id);
    kept.incidents.value = next;
    countsSoon();
  };

  live.listen((event) => {
    if (event.kind === 'server') mergeRows(event.event);
    else if (event.kind === 'incident') merge(event.incident);
    else void everything();
  });
  return {
    rows: kept.rows,
    beats: kept.beats,
    summary: kept.summary,
    open: computed(() => [...kept.incidents.value.values()]),
    error: kept.error,
    reload: () => void everything(),
    whole: everything(),
    merge,
  };
}

interface Kept {
  readonly byId: Map<string, ServerRow>;
  /** Events since the reading under way began: they know better than its pages. null: none is under way. */
  missed: ServerEvent[] | null;
  readonly rows: Signal<readonly ServerRow[] | null>;
  readonly beats: Signal<ReadonlyMap<string, string>>;
  readonly summary: Signal<Summary | null>;
  readonly incidents: Signal<ReadonlyMap<string, Incident>>;
  readonly error: Signal<ApiError | null>;
}

function createKept(): Kept {
  return {
    byId: new Map(),
    missed: null,
    rows: signal(null),
    beats: signal(new Map()),
    summary: signal(null),
    incidents: signal(new Map()),
    error: signal(null),
  };
}

function apply({ byId }: Kept, items: readonly ServerRow[], removed: readonly string[] = []): void {
  for (const id of removed) byId.delete(id);
  for (const row of items) byId.set(row.id, row);
}

function show(kept: Kept): void {
  kept.rows.value = [...kept.byId.values()];
}

function readers(api: Api, kept: Kept) {
  return {
    rows: async () => {
      const missed: ServerEvent[] = [];
      kept.missed = missed;
      const take = (items: readonly ServerRow[]) => {
        kept.byId.clear();
        apply(kept, items);
        for (const event of missed) apply(kept, event.items, event.removed);
        show(kept);
      };
      try {
        // The first time what is worst is shown before the rest is there.
        take(await api.all('/servers', undefined, (items: readonly ServerRow[]) => kept.rows.peek() ?? take(items)));
      } finally {
        kept.missed = null;
      }
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

/** Calls `run` now if the last call is `ms` old, else once when it will be; the first time `afterMs` from now or later. */
export function atMostEvery(ms: number, run: () => unknown, afterMs = 0): () => void {
  let last = performance.now() + afterMs - ms;
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
