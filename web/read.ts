import { useDashboard } from './context.ts';
import { type Loaded, useLoad } from './load.ts';

/** Reads an address once, and again on `reload` and for another `stamp`. */
export function useRead<T>(path: string, stamp: string | null = null): Loaded<T> {
  const { api } = useDashboard();
  return useLoad(`${path}#${stamp}`, (_, signal) => api.get<T>(path, signal));
}
