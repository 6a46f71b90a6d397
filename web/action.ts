import { useState } from 'preact/hooks';
import { asApiError } from './api.ts';
import { useDashboard } from './context.ts';

/**
 * Something a button does: one at a time, what came of it said. `run` names it, for "Pause did not work", and resolves
 * with what to say (empty: nothing).
 */
export function useAction(): {
  readonly busy: string | null;
  readonly run: (name: string, action: () => Promise<string>) => Promise<void>;
} {
  const { say } = useDashboard();
  const [busy, setBusy] = useState<string | null>(null);
  const run = async (name: string, action: () => Promise<string>) => {
    setBusy(name);
    try {
      const words = await action();
      if (words !== '') say(words);
    } catch (error) {
      say(`${name} did not work. ${asApiError(error).message}`);
    }
    setBusy(null);
  };
  return { busy, run };
}
