import type { z } from 'zod';
import type { CheckedPage, CheckedWindow } from '../core/entries.ts';
import type { JsonObject } from '../core/json.ts';
import type { Server } from '../core/server.ts';
import type { Severity } from '../core/signal.ts';

/** An entry as a person wrote it: keys of the configuration file, JSON values. */
export type Entry = JsonObject;

/** Keys from the root to a value: `['servers', 0, 'url']`. */
export type Path = readonly (string | number)[];

/** What the file says, defaults filled in, references resolved, secrets in the clear. It never leaves the process. */
export interface Config {
  /** As it was given on the command line. */
  readonly file: string;
  /** There is nothing in the file, or comments alone. */
  readonly isBlank: boolean;
  readonly monitor: MonitorSettings;
  /** What servers added in the browser start from, references resolved. Holds secrets. */
  readonly defaults: Entry;
  readonly servers: readonly ConfiguredServer[];
  readonly channels: readonly ConfiguredChannel[];
  readonly maintenance: readonly CheckedWindow[];
  readonly statusPages: readonly CheckedPage[];
}

export interface MonitorSettings {
  readonly listen: ListenAddress;
  /** For links, without a slash at the end. null: `http://` and the address it listens on. */
  readonly publicUrl: string | null;
  readonly store: StoreAddress;
  readonly location: string;
  readonly clientName: string;
  readonly password: string | null;
  readonly retentionProbesMs: number;
  readonly retentionRollupsMs: number;
  readonly concurrency: { readonly total: number; readonly perOrigin: number };
  readonly network: NetworkRules;
  /** Answers whenever our own network is there; null: none is named. */
  readonly controlUrl: string | null;
  /** The dead man's switch and how often it is told; null: there is none. */
  readonly heartbeat: { readonly url: string; readonly everyMs: number } | null;
  readonly demo: boolean;
}

export interface ListenAddress {
  /** A name or an address, IPv6 without brackets. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/** `path` is relative to the working directory unless it starts with `/`. */
export interface StoreAddress {
  readonly kind: 'sqlite';
  readonly path: string;
}

/** `allow` and `deny` are CIDR ranges; `deny` wins. */
export interface NetworkRules {
  readonly mode: 'private' | 'public';
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

export interface ConfiguredServer {
  readonly server: Server;
  /** As written: without defaults, references unresolved, secrets as `{ set: true }`. */
  readonly entry: Entry;
  /** Where the secrets of the entry are. */
  readonly secrets: readonly Path[];
}

export interface ConfiguredChannel {
  readonly id: string;
  readonly kind: string;
  /** Lowest severity told; null: all. */
  readonly severity: Severity | null;
  /** Told only for servers with one of these tags; empty: all. */
  readonly tags: readonly string[];
  /** Left out: it may be told at any time. */
  readonly quiet?: QuietSettings;
  /** What the kind's schema lets through. Holds secrets. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** As written, with its `id`, references unresolved, secrets as `{ set: true }`. */
  readonly entry: Entry;
  readonly line: number;
}

/** Quiet hours as the file says them: minutes after midnight by the clocks of a zone (null: of this machine). */
export interface QuietSettings {
  readonly from: number;
  readonly to: number;
  readonly timezone: string | null;
  readonly except: Severity | null;
}

/** What a kind of channel adds to `type`, `severity`, `tags` and `quiet`. `settings` is strict and without transforms. */
export interface ChannelKind {
  readonly settings: z.ZodObject;
  /** Settings that are secret, whole or in part. */
  readonly secrets: readonly string[];
}

/** One mistake in a file. `message` names the key, what was expected and what was found, and never holds a secret. */
export interface ConfigMistake {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Dotted: `servers.0.url`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

export type LoadedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly errors: readonly ConfigMistake[] };

/** A mistake before it has a place in a file. `at` says whether the key or its value is to be pointed at. */
export interface Mistake {
  readonly path: Path;
  readonly at: 'key' | 'value';
  readonly message: string;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A mistake that already has its place in the file. */
export interface PlacedMistake extends Place {
  readonly path: Path;
  readonly message: string;
}
