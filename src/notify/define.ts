import type { z } from 'zod';
import type { Clock, HttpPost, Notifier } from '../core/ports.ts';

/** How long a receiver may take, in milliseconds. */
export interface Limits {
  /** Until the receiver of a webhook has answered (contract, Notices). */
  readonly webhookMs: number;
  /** A whole mail, from the lookup to the server's yes. */
  readonly mailMs: number;
  readonly smtpConnectMs: number;
  readonly smtpGreetingMs: number;
  /** Silence within an SMTP conversation. */
  readonly smtpSocketMs: number;
}

export const LIMITS: Limits = {
  webhookMs: 10_000,
  mailMs: 40_000,
  smtpConnectMs: 10_000,
  smtpGreetingMs: 10_000,
  smtpSocketMs: 30_000,
};

/** What a notifier may need from the rest of the program. */
export interface NotifierDeps {
  readonly post: HttpPost;
  readonly clock: Clock;
  readonly limits: Limits;
}

interface Definition<Settings extends z.ZodObject> {
  /** The channel's `type` in the configuration. */
  readonly kind: string;
  /** What this kind needs beyond what every channel has. Strict, without transforms: what goes in comes out. */
  readonly settings: Settings;
  /** Settings that are secret, whole or in part: sealed on disk, never answered. */
  readonly secrets: readonly (keyof z.output<Settings> & string)[];
  /** Where it goes, in words and without secrets. */
  target(settings: z.output<Settings>): string;
  create(settings: z.output<Settings>, deps: NotifierDeps): Notifier;
}

/** A kind of channel, whatever its settings look like. */
export interface NotifierKind {
  readonly kind: string;
  readonly settings: z.ZodObject;
  readonly secrets: readonly string[];
  /** Throws ZodError when `settings` are not what the schema says. */
  open(settings: unknown, deps: NotifierDeps): { readonly target: string; readonly notifier: Notifier };
}

export function defineNotifier<Settings extends z.ZodObject>(definition: Definition<Settings>): NotifierKind {
  const { kind, settings: schema, secrets, target, create } = definition;
  return {
    kind,
    settings: schema,
    secrets,
    open(settings, deps) {
      const parsed = schema.parse(settings);
      return { target: target(parsed), notifier: create(parsed, deps) };
    },
  };
}
