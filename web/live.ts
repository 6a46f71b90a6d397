import { type ReadonlySignal, signal } from '@preact/signals';
import type { Incident, ServerEvent } from '../src/http/wire.ts';
import { trusted } from './trust.ts';

/** Whether what the page shows follows the monitor. `since`: when the connection was lost; `shownAt`: what is on screen is of then. */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'lost'; readonly since: number; readonly shownAt: number };

export type LiveEvent =
  | { readonly kind: 'server'; readonly event: ServerEvent }
  | { readonly kind: 'incident'; readonly incident: Incident }
  | { readonly kind: 'config' }
  /** Something was missed: read everything again. */
  | { readonly kind: 'reset' };

export interface Live {
  readonly connection: ReadonlySignal<Connection>;
  listen(listener: (event: LiveEvent) => void): () => void;
  /** Tries at once instead of waiting. */
  retry(): void;
}

/** The monitor writes a comment every 15 s, but a script cannot see comments; the browser notices the closed socket itself. */
const RETRY_MS = 3_000;
/** A browser keeps six connections per host over HTTP/1.1: pages that nobody looks at give theirs back. */
const HIDDEN_MS = 60_000;

/** Follows `/api/v1/events`. The browser reconnects and sends Last-Event-ID; where it gives up, we begin anew and ask for all; `onRefused` looks why. */
export function createLive(onRefused: () => void): Live {
  const connection = signal<Connection>({ kind: 'connecting' });
  const listeners = new Set<(event: LiveEvent) => void>();
  let lastHeard = Date.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource | null = null;

  const tell = (event: LiveEvent) => {
    lastHeard = Date.now();
    for (const listener of listeners) listener(event);
  };

  function open(afresh: boolean): void {
    clearTimeout(timer);
    source?.close();
    const stream = new EventSource('/api/v1/events');
    source = stream;
    let missed = afresh;
    stream.onopen = () => {
      lastHeard = Date.now();
      connection.value = { kind: 'live' };
      if (missed) tell({ kind: 'reset' });
      missed = false;
    };
    stream.onerror = () => {
      if (connection.value.kind !== 'lost') connection.value = { kind: 'lost', since: Date.now(), shownAt: lastHeard };
      if (stream.readyState !== EventSource.CLOSED) return;
      onRefused();
      timer = setTimeout(() => open(true), RETRY_MS);
    };
    stream.addEventListener('server', (event) => tell({ kind: 'server', event: parse<ServerEvent>(event) }));
    stream.addEventListener('incident', (event) => tell({ kind: 'incident', incident: parse<Incident>(event) }));
    stream.addEventListener('config', () => tell({ kind: 'config' }));
    stream.addEventListener('reset', () => tell({ kind: 'reset' }));
  }

  open(false);
  let rest: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener('visibilitychange', () => {
    clearTimeout(rest);
    if (document.visibilityState === 'hidden') rest = setTimeout(() => source?.close(), HIDDEN_MS);
    else if (source?.readyState === EventSource.CLOSED) open(true);
  });
  addEventListener('pagehide', () => source?.close());
  addEventListener('pageshow', (event) => {
    if (event.persisted) open(true);
  });
  return {
    connection,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    retry: () => open(true),
  };
}

function parse<T>(event: MessageEvent<string>): T {
  return trusted<T>(JSON.parse(event.data));
}
