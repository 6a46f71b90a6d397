import type { Json, JsonObject } from './json.ts';
import { isJsonObject } from './json.ts';
import type { MaintenanceWindow } from './maintenance.ts';
import { InvalidEntryError } from './monitor.ts';
import type { Channel } from './ports.ts';
import type { Place, Server } from './server.ts';
import type { StatusPage } from './status-page.ts';

export type Entry = JsonObject;

/** Throws InvalidEntryError where a person sent something other than an object. */
export function asEntry(value: Json, what: 'server' | 'channel' | 'window' | 'status page'): Entry {
  if (isJsonObject(value)) return value;
  throw new InvalidEntryError([{ path: '', message: `A ${what} is an object with keys such as \`id\`.` }]);
}

/** A server entry that passed every check, in the three forms it is needed in. */
export interface CheckedServer {
  readonly server: Server;
  /** As written, secrets as `{ set: true }`: what may be shown. */
  readonly masked: Entry;
  /** Where the secrets are, each as the keys that lead to it. */
  readonly secrets: readonly (readonly string[])[];
}

/** A channel entry that passed every check. */
export interface CheckedChannel {
  readonly channel: Channel;
  readonly masked: Entry;
  readonly secrets: readonly (readonly string[])[];
  /** Where the file has it; left out: it was made in the browser. */
  readonly place?: Place;
}

/** A maintenance window's entry that passed every check. It has no secrets. */
export interface CheckedWindow {
  readonly window: MaintenanceWindow;
  /** As written, with its id. */
  readonly entry: Entry;
}

/** A status page's entry that passed every check. It has no secrets. */
export interface CheckedPage {
  readonly page: StatusPage;
  /** As written. */
  readonly entry: Entry;
}

/**
 * The rules for entries that people make in the browser: those of the configuration file. `server`, `channel`,
 * `window` and `page` throw InvalidEntryError naming every mistake.
 */
export interface EntryRules {
  /** `channelIds`: the channels it may name. */
  server(entry: Json, channelIds: readonly string[]): CheckedServer;
  channel(entry: Json): CheckedChannel;
  window(entry: Json): CheckedWindow;
  page(entry: Json): CheckedPage;
  /** RFC 7396 over a stored entry: a secret left out or sent back masked is kept, null removes. */
  merge(stored: Entry, patch: Json): Json;
}
