import type { Incident } from '../core/incident.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { Route } from '../core/routing.ts';
import type { SelfChange, SelfContext, Trouble } from '../core/self.ts';
import { openSelf, resolveSelf, SELF_ID } from '../core/self.ts';
import type { Store } from '../core/store.ts';
import type { Bus } from './bus.ts';
import { createTurns } from './in-turn.ts';

/** Keeps the incidents about the monitor itself. Neither method rejects: what the store refuses is logged. */
export interface Self {
  /** Opens an incident and tells of it, unless one about the same is open. `except`: channels that are not told. */
  raise(trouble: Trouble, except?: readonly string[]): Promise<void>;
  /** Ends the open incident about that, if there is one. */
  settle(about: string): Promise<void>;
}

export interface SelfOptions {
  readonly store: Pick<Store, 'openIncidents' | 'saveIncident'>;
  readonly routes: () => readonly Route[];
  readonly location: string;
  readonly publicUrl: string;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly bus: Bus;
  readonly log: Log;
  /** There are notices to send. */
  readonly wake: () => void;
}

export function createSelf(options: SelfOptions): Self {
  const { store, routes, clock, bus, log, wake } = options;
  const inTurn = createTurns();

  const openAbout = async (about: string): Promise<Incident | undefined> =>
    (await store.openIncidents()).find((incident) => incident.serverId === SELF_ID && incident.about === about);

  const context = (except: readonly string[] = []): SelfContext => {
    const { location, publicUrl, newId } = options;
    return { routes: routes(), location, publicUrl, newId, at: clock.now(), except };
  };

  const save = async ({ incident, notices }: SelfChange): Promise<void> => {
    await store.saveIncident(incident, notices);
    bus.emit({ kind: 'incident', incident });
    wake();
  };

  const attempt = (about: string, work: () => Promise<void>): Promise<void> =>
    inTurn(work).catch((error: unknown) => log.error({ about, error }, 'an incident of the monitor was not kept'));

  return {
    raise: (trouble, except) =>
      attempt(trouble.about, async () => {
        if ((await openAbout(trouble.about)) === undefined) await save(openSelf(trouble, context(except)));
      }),
    settle: (about) =>
      attempt(about, async () => {
        const incident = await openAbout(about);
        if (incident !== undefined) await save(resolveSelf(incident, context()));
      }),
  };
}
