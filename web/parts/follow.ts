import { useEffect } from 'preact/hooks';
import { useDashboard } from '../context.ts';
import { atMostEvery } from '../fleet.ts';
import type { LiveEvent } from '../live.ts';

const AT_MOST_EVERY_MS = 2_000;

/** Calls `reload` when an event concerns what is shown, however many there are. */
export function useFollow(key: string, concerns: (event: LiveEvent) => boolean, reload: () => void): void {
  const { live } = useDashboard();
  // Both functions do the same in every rendering of one key.
  useEffect(() => {
    const soon = atMostEvery(AT_MOST_EVERY_MS, reload);
    return live.listen((event) => {
      if (event.kind === 'reset' || concerns(event)) soon();
    });
  }, [key, live]);
}
