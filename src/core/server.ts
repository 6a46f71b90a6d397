import type { Json } from './json.ts';
import type { Target } from './target.ts';

/**
 * A server we watch, as the probe and the judge see it: the configured entry with the defaults merged in, every
 * reference to the environment resolved and every secret in the clear. It never leaves the process.
 * All durations are milliseconds.
 */
export interface Server {
  readonly id: string;
  readonly name: string;
  readonly source: ServerSource;
  readonly target: Target;
  readonly headers: Readonly<Record<string, string>>;
  readonly auth: Auth | null;
  readonly clientName: string;
  readonly canaries: readonly Canary[];
  readonly healthUrl: HealthUrl | null;
  readonly schedule: Schedule;
  /** Deadline of each step; a canary has its own. */
  readonly timeoutMs: number;
  readonly confirm: Confirm;
  readonly latencyRules: readonly LatencyRule[];
  /** Does a list of tools that is not the accepted one turn the signal `tools`? */
  readonly watchesTools: boolean;
  /** How long before its certificate ends that is told, in milliseconds, longest first; none: never. */
  readonly tlsWarnings: readonly number[];
  /** Do figures of its pools that are bad turn the signal `pool`? */
  readonly watchesPool: boolean;
  /** After what time an incident is told again that nobody acknowledged; each wait is twice the one before. null: never. */
  readonly reminderMs: number | null;
  readonly announceFirst: boolean;
  /** May everybody see how it stands: badge, embed, status pages? */
  readonly isPublic: boolean;
  readonly channels: readonly string[];
  readonly tags: readonly string[];
  /** `paused: true` in the entry. A pause by hand is kept by the store. */
  readonly paused: boolean;
}

export type ServerSource = ({ readonly kind: 'config' } & Place) | { readonly kind: 'ui' };

/** Where something stands in the configuration file. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

export type Auth =
  | { readonly type: 'bearer'; readonly token: string }
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | {
      readonly type: 'client_credentials';
      /** Exactly as the authorization server names itself. */
      readonly issuer: string;
      readonly clientId: string;
      readonly proof:
        | { readonly kind: 'secret'; readonly secret: string }
        /** PEM. */
        | { readonly kind: 'key'; readonly privateKey: string; readonly algorithm: SigningAlgorithm };
      readonly scope: string | null;
      /** What the token is for (RFC 8707); null: not said. */
      readonly resource: string | null;
    };

/** RFC 7518 3.1: those that authorization servers take in practice. */
export const SIGNING_ALGORITHMS = ['RS256', 'PS256', 'ES256'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

export type Schedule =
  | { readonly kind: 'interval'; readonly everyMs: number }
  | { readonly kind: 'cron'; readonly expression: string; readonly timezone: string | null };

export interface Confirm {
  /** Bad probes in a row until a good signal turns bad. */
  readonly down: number;
  /** Good probes in a row until a bad signal turns good. */
  readonly up: number;
  /** While a signal is turning, the next probe comes after min(recheckMs, interval). */
  readonly recheckMs: number;
}

/** One call per probe that proves that real work gets done. */
export type Canary = {
  readonly timeoutMs: number;
  readonly expect: readonly Expectation[];
} & (
  | {
      readonly kind: 'tool';
      readonly tool: string;
      readonly arguments: Readonly<Record<string, Json>>;
      readonly allowDestructive: boolean;
    }
  | { readonly kind: 'resource'; readonly resource: string }
);

/** `path` is dotted (`pool.waiting`, `items.0.id`) into the canary's parsed JSON; an empty path is the whole value. */
export type Expectation = { readonly path: string } & (
  | { readonly kind: 'equals'; readonly value: Json }
  | { readonly kind: 'contains'; readonly value: string }
  | { readonly kind: 'less'; readonly value: number }
  | { readonly kind: 'greater'; readonly value: number }
  | { readonly kind: 'exists'; readonly value: boolean }
);

export interface HealthUrl {
  readonly ready: string;
  readonly live: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** null: any 2xx is good. */
  readonly expectStatus: readonly number[] | null;
}

/**
 * Latency fails when the P95 of `of` over both windows exceeds `p95Ms`, or three probes in a row take more than `spike`
 * times what is usual.
 */
export interface LatencyRule {
  readonly of: 'initialize' | 'tools_list' | 'canary' | 'health_url' | 'connect';
  readonly p95Ms: number;
  readonly overMs: number;
  readonly minSamples: number;
  readonly confirmOverMs: number;
  /** null: off. */
  readonly spike: number | null;
}
