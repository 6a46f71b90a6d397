import type { Incident } from '../../src/http/wire.ts';

/** What monitors that look less deep would say, in one line. */
export function Ladder({ rungs }: { rungs: Incident['evidence']['ladder'] }) {
  return rungs.length === 0 ? null : (
    <p class="quiet">Others see: {rungs.map(({ what, says }) => `${what}: ${says}.`).join(' ')}</p>
  );
}
