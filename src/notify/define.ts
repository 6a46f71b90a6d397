import { z } from 'zod';
import type { Audience, ChannelField, ChannelForm } from '../core/channel-kind.ts';
import type { Clock, HttpPost, Notifier } from '../core/ports.ts';

/** How long a receiver may take, in milliseconds. */
export interface Limits {
  /** Until the receiver of an HTTP request has answered (contract, Notices). */
  readonly httpMs: number;
  /** A whole mail, from the lookup to the server's yes. */
  readonly mailMs: number;
  readonly smtpConnectMs: number;
  readonly smtpGreetingMs: number;
  /** Silence within an SMTP conversation. */
  readonly smtpSocketMs: number;
}

export const LIMITS: Limits = {
  httpMs: 10_000,
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

/** How a form asks for a setting. */
type Question = Pick<ChannelField, 'label' | 'example'> & { readonly hint?: string };

/** What every kind of channel says of itself, whichever way it sends. */
export interface KindOfChannel<Settings extends z.ZodObject> {
  /** The channel's `type` in the configuration. */
  readonly kind: string;
  /** As people know it: `Slack`. */
  readonly name: string;
  readonly audience: Audience;
  /** What this kind needs beyond what every channel has. Strict, without transforms: what goes in comes out. */
  readonly settings: Settings;
  /** Settings that are secret, whole or in part: sealed on disk, never answered. */
  readonly secrets: readonly (keyof z.output<Settings> & string)[];
  readonly form: { readonly [Key in keyof z.output<Settings> & string]-?: Question };
  /** Where it goes, in words and without secrets. */
  target(settings: z.output<Settings>): string;
}

interface Definition<Settings extends z.ZodObject> extends KindOfChannel<Settings> {
  create(settings: z.output<Settings>, deps: NotifierDeps): Notifier;
}

/** A kind of channel, whatever its settings look like. */
export interface NotifierKind {
  readonly kind: string;
  readonly audience: Audience;
  readonly settings: z.ZodObject;
  readonly secrets: readonly string[];
  readonly form: ChannelForm;
  /** Throws ZodError when `settings` are not what the schema says. */
  open(settings: unknown, deps: NotifierDeps): { readonly target: string; readonly notifier: Notifier };
}

export function defineNotifier<Settings extends z.ZodObject>(definition: Definition<Settings>): NotifierKind {
  const { kind, audience, settings: schema, secrets, target, create } = definition;
  return {
    kind,
    audience,
    settings: schema,
    secrets,
    form: formOf(definition),
    open(settings, deps) {
      const parsed = schema.parse(settings);
      return { target: target(parsed), notifier: create(parsed, deps) };
    },
  };
}

function formOf({ kind, name, audience, settings, secrets, form }: KindOfChannel<z.ZodObject>): ChannelForm {
  const fields = Object.entries(form).map(([key, { label, hint = '', example }]) => {
    const setting = settings.shape[key];
    return {
      key,
      label,
      hint,
      example,
      isSecret: secrets.includes(key),
      isRequired: setting instanceof z.ZodType && !setting.safeParse(undefined).success,
      isList: setting instanceof z.ZodArray,
    };
  });
  return { type: kind, name, audience, fields };
}
