import { randomUUID } from 'node:crypto';
import type { Channel, Clock } from '../core/ports.ts';
import { DeliveryError } from '../core/ports.ts';
import { testNotice } from '../core/test-notice.ts';

export interface TestChannelContext {
  readonly clock: Clock;
  readonly publicUrl: string;
  readonly location: string;
  readonly signal: AbortSignal;
}

export interface TestResult {
  readonly ok: boolean;
  /** What the receiver said, or why it could not be asked. */
  readonly answer: string;
  readonly ms: number;
}

/** Sends one test notice through a channel, once. Never rejects for a receiver that refuses or stays silent. */
export async function testChannel({ notifier }: Channel, context: TestChannelContext): Promise<TestResult> {
  const { clock, publicUrl, location, signal } = context;
  const notice = testNotice({ id: randomUUID(), at: clock.now(), publicUrl, location });
  const startedAt = clock.monotonic();
  const result = (ok: boolean, answer: string): TestResult => ({
    ok,
    answer,
    ms: Math.round(clock.monotonic() - startedAt),
  });
  try {
    return result(true, await notifier.send(notice, signal));
  } catch (error) {
    if (error instanceof DeliveryError) return result(false, error.message);
    throw error;
  }
}
