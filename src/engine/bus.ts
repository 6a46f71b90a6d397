import type { MonitorEvent } from '../core/monitor.ts';
import type { Log } from '../core/ports.ts';

/** Tells whoever listens what has become true. A listener that throws is logged and does not disturb the others. */
export interface Bus {
  emit(event: MonitorEvent): void;
  subscribe(listen: (event: MonitorEvent) => void): () => void;
}

export function createBus({ log }: { readonly log: Log }): Bus {
  const listeners = new Set<(event: MonitorEvent) => void>();
  return {
    emit: (event) => {
      for (const listen of listeners) {
        try {
          listen(event);
        } catch (error) {
          log.error({ error, event: event.kind }, 'a listener failed');
        }
      }
    },
    subscribe: (listen) => {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
  };
}
