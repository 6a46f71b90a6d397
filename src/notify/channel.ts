import type { Channel } from '../core/ports.ts';
import type { NotifierDeps } from './define.ts';
import { notifierKinds } from './registry.ts';

/** A channel entry as configured: what every channel has, and the settings of its kind. */
export interface ChannelSpec extends Pick<Channel, 'id' | 'source' | 'severity' | 'tags' | 'quiet'> {
  readonly type: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Makes a configured channel ready to send. Throws when the type is unknown or its settings do not fit. */
export function openChannel({ type, settings, ...common }: ChannelSpec, deps: NotifierDeps): Channel {
  const kind = notifierKinds.get(type);
  if (!kind)
    throw new Error(
      `channel ${common.id}: there is no type “${type}”; known are ${[...notifierKinds.keys()].join(', ')}`,
    );
  return { ...common, kind: type, audience: kind.audience, ...kind.open(settings, deps) };
}
