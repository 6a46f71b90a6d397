import type { ReadonlySignal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Api } from './api.ts';
import type { Fleet } from './fleet.ts';
import type { Live } from './live.ts';
import type { Question } from './parts/ask.tsx';
import type { Router } from './router.ts';
import type { ThemeSwitch } from './theme.ts';
import type { Trends } from './trends.ts';

/** What every view works with; made once in main.tsx. */
export interface Dashboard {
  readonly api: Api;
  readonly router: Router;
  readonly live: Live;
  readonly fleet: Fleet;
  readonly theme: ThemeSwitch;
  readonly trends: Trends;
  readonly now: ReadonlySignal<number>;
  /** Asks before something that cannot be taken back; resolves with false when it is not wanted. */
  ask(question: Question): Promise<boolean>;
  /** Says what was done, on screen for a while and to screen readers. */
  say(words: string): void;
}

export const DashboardContext = createContext<Dashboard | null>(null);

export function useDashboard(): Dashboard {
  const dashboard = useContext(DashboardContext);
  if (dashboard === null) throw new Error('A view was rendered outside the dashboard. Wrap it in DashboardContext.');
  return dashboard;
}
