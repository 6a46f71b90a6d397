import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Beats, Incident, ServerEvent, ServerRow, Summary } from '../src/http/wire.ts';
import { type Api, ApiError } from './api.ts';
import type { Live, LiveEvent } from './live.ts';

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

export function createFleet(api: Api, live: Live): Fleet {
  const rows = signal<ReadonlyMap<string, ServerRow> | null>(null);
  const beats = signal<ReadonlyMap<string, string>>(new Map());
  const summary = signal<Summary | null>(null);
  const incidents = signal<ReadonlyMap<string, Incident>>(new Map());
  const error = signal<ApiError | null>(null);

  const attempt = async (read: () => Promise<void>) => {
    try {
      await read();
      error.value = null;
    } catch (reason) {
      if (!(reason instanceof ApiError)) throw reason;
      error.value = reason;
    }
  };
  const readRows = async () => {
    const items = await api.all<ServerRow>('/servers');
    rows.value = new Map(items.map((row) => [row.id, row]));
  };
  const readSummary = async () => {
    summary.value = await api.get<Summary>('/summary');
  };
  const readBeats = async () => {
    const { items } = await api.get<Beats>('/servers/beats');
    beats.value = new Map(items.map((item) => [item.id, item.beats]));
  };
  const readIncidents = async () => {
    const items = await api.all<Incident>('/incidents?state=open');
    incidents.value = new Map(items.map((item) => [item.id, item]));
  };
  const everything = () =>
    attempt(async () => void (await Promise.all([readRows(), readSummary(), readBeats(), readIncidents()])));
  const summarySoon = atMostEvery(SUMMARY_EVERY_MS, () => attempt(readSummary));
  const beatsSoon = atMostEvery(BEATS_EVERY_MS, () => attempt(readBeats));

  const mergeRows = ({ items, removed }: ServerEvent) => {
    const next = new Map(rows.value ?? []);
    const known = next.size;
    for (const id of removed) next.delete(id);
    for (const row of items) next.set(row.id, row);
    rows.value = next;
    summarySoon();
    if (next.size === known) beatsSoon();
    else void attempt(readBeats);
  };
  const merge = (incident: Incident) => {
    const next = new Map(incidents.value);
    if (incident.state === 'open') next.set(incident.id, incident);
    else next.delete(incident.id);
    incidents.value = next;
    void attempt(readSummary);
  };
  const follow = (event: LiveEvent) => {
    if (event.kind === 'server') mergeRows(event.event);
    else if (event.kind === 'incident') merge(event.incident);
    else void everything();
  };

  live.listen(follow);
  void everything();
  return {
    rows: computed(() => (rows.value === null ? null : [...rows.value.values()])),
    beats,
    summary,
    open: computed(() => [...incidents.value.values()]),
    error,
    reload: () => void everything(),
    merge,
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
