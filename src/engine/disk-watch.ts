import type { Clock } from '../core/ports.ts';
import { reason } from '../core/reasons.ts';
import type { Store } from '../core/store.ts';
import type { Cron } from './cron.ts';
import type { Self } from './self.ts';

interface DiskWatchOptions {
  readonly store: Pick<Store, 'room'>;
  readonly self: Self;
  readonly cron: Pick<Cron, 'add'>;
  readonly clock: Clock;
}

const ABOUT = 'disk';
const MB = 2 ** 20;
const GB = 2 ** 30;
/** A day of 5,000 servers; of a small disk a tenth. */
const LOW_BYTES = 512 * MB;
const LOW_SHARE = 0.1;
/** So much more must be free again before it is over. */
const OVER = 1.25;

/** Tells while the disk with the store has little room left, when there is still time to do something. */
export function watchDisk({ store, self, cron, clock }: DiskWatchOptions): void {
  const look = async (): Promise<string> => {
    const room = await store.room();
    if (room === null) return 'nothing to look after';
    const { freeBytes, totalBytes } = room;
    const low = Math.min(LOW_BYTES, LOW_SHARE * totalBytes);
    const left = freeBytes < GB ? `${Math.floor(freeBytes / MB)} MB` : `${(freeBytes / GB).toFixed(1)} GB`;
    const message = `The disk with the store has ${left} left. Free some space, or keep probes for a shorter time (\`monitor.retention\`).`;
    const facts = [{ label: 'room left', value: left }];
    if (freeBytes < low)
      await self.raise({ about: ABOUT, reason: reason('monitor_disk_low', null, message), facts, since: clock.now() });
    else if (freeBytes >= low * OVER) await self.settle(ABOUT);
    return `${left} left on the disk`;
  };
  cron.add({ name: 'disk', expression: '*/5 * * * *', timezone: null, run: look });
}
