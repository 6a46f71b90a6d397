import type { Revision } from '../core/target.ts';
import type { EraMemory } from './era-memory.ts';
import { MODERN } from './modern-session.ts';
import type { Run } from './run.ts';
import type { ProtocolSession } from './session.ts';
import { openDeadline } from './steps.ts';

/** How long a server may take to tell. It is asked once a day, when the probe proper is over. */
const ASK_MS = 1000;

/**
 * Does a server that was opened by `initialize` speak revision 2026-07-28 as well? Whatever comes of the question is no
 * fault of the server: one that does not know it refuses it in ways of its own.
 */
export async function askAlsoSpeaks(
  modern: () => ProtocolSession,
  eras: EraMemory,
  { server, clock, signal }: Run,
): Promise<readonly Revision[]> {
  const known = eras.recall(server)?.alsoSpeaks ?? null;
  if (known !== null || signal.aborted) return known ?? [];
  // Opened when the question is sent: what comes before it, loading the SDK, is no time of the server's.
  const deadlines: ReturnType<typeof openDeadline>[] = [];
  const enter = (): AbortSignal => {
    const deadline = openDeadline(clock, ASK_MS, signal);
    deadlines.push(deadline);
    return deadline.signal;
  };
  try {
    const { protocolVersion } = await modern().open(enter);
    eras.told(server, protocolVersion === MODERN ? [MODERN] : []);
  } catch {
    if (!signal.aborted) eras.told(server, []);
  } finally {
    for (const deadline of deadlines) deadline.close();
  }
  return eras.recall(server)?.alsoSpeaks ?? [];
}
