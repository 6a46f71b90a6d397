import { randomBytes } from 'node:crypto';
import type { Clock } from '../core/ports.ts';

/** Makes ids that sort by the time they were made: base 36, without dots, as `webhook-id` demands. */
export function createIds(clock: Clock): () => string {
  return () => `${clock.now().toString(36).padStart(9, '0')}${randomBytes(6).toString('hex')}`;
}
