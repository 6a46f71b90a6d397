import type { ChannelHealth } from '../core/channel-health.ts';
import { FRESH, rested } from '../core/channel-health.ts';
import type { Due } from '../core/pace.ts';
import { nextSending } from '../core/pace.ts';
import type { Channel, Clock } from '../core/ports.ts';

/** How the channels fare, in memory; the store has it too. */
export interface ChannelHealths {
  of(channel: string): ChannelHealth;
  set(channel: string, health: ChannelHealth): void;
  /** It need not rest any longer. */
  retry(channel: string): void;
  isForPeople(channel: string): boolean;
  /** When its next message may be sent, and which; null: nothing waits. */
  nextOf(channel: string, due: Due): ReturnType<typeof nextSending>;
}

export interface HealthsOptions {
  /** How they fared when the monitor stopped. */
  readonly health: ReadonlyMap<string, ChannelHealth>;
  readonly channels: () => ReadonlyMap<string, Channel>;
  readonly clock: Clock;
}

export function createChannelHealths({ health, channels, clock }: HealthsOptions): ChannelHealths {
  const healths = new Map(health);
  const of = (channel: string): ChannelHealth => healths.get(channel) ?? FRESH;
  const isForPeople = (channel: string): boolean => channels().get(channel)?.audience === 'people';
  return {
    of,
    set: (channel, next) => void healths.set(channel, next),
    retry: (channel) => void healths.set(channel, rested(of(channel), clock.now())),
    isForPeople,
    nextOf: (channel, due) => nextSending(due, of(channel), { isForPeople: isForPeople(channel), now: clock.now() }),
  };
}
