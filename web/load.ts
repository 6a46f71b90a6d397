import { useEffect, useRef, useState } from 'preact/hooks';
import { type ApiError, asApiError } from './api.ts';
import { useDashboard } from './context.ts';

/** What was read, the last good answer kept while a newer one is on its way or failed. */
export interface Loaded<T> {
  readonly value: T | null;
  readonly error: ApiError | null;
  readonly reload: () => void;
  /** Replaces the value by one that another answer brought. */
  readonly put: (value: T) => void;
}

interface Kept<T> {
  readonly key: string | null;
  readonly value: T | null;
  readonly error: ApiError | null;
}

/**
 * Reads once per `key`, and again on `reload` and for another `stamp`: then what was shown stays until the new answer is
 * here. A key of null reads nothing. Leaving the view ends the request.
 */
export function useLoad<T>(
  key: string | null,
  read: (key: string, signal: AbortSignal) => Promise<T>,
  stamp = '',
): Loaded<T> {
  const [kept, keep] = useState<Kept<T>>({ key, value: null, error: null });
  const [turn, setTurn] = useState(0);
  const reader = useRef(read);
  reader.current = read;

  // `turn` is what reload changes.
  useEffect(() => {
    if (key === null) return;
    const abort = new AbortController();
    reader.current(key, abort.signal).then(
      (value) => abort.signal.aborted || keep({ key, value, error: null }),
      (error: unknown) =>
        abort.signal.aborted ||
        keep((last) => ({ key, value: last.key === key ? last.value : null, error: asApiError(error) })),
    );
    return () => abort.abort();
  }, [key, stamp, turn]);

  const current = kept.key === key ? kept : { value: null, error: null };
  return {
    value: current.value,
    error: current.error,
    reload: () => setTurn((last) => last + 1),
    put: (value) => keep({ key, value, error: null }),
  };
}

/** Reads an address once, and again on `reload`. */
export function useRead<T>(path: string): Loaded<T> {
  const { api } = useDashboard();
  return useLoad(path, (key, signal) => api.get<T>(key, signal));
}

/**
 * Reads an address, and again for another `stamp`. What was shown stays until what was asked for instead is here, another
 * address too, so that nothing jumps: for views of one thing only.
 */
export function useLatest<T>(path: string, stamp: string | null): Loaded<T> {
  const { api } = useDashboard();
  return useLoad('', (_, signal) => api.get<T>(path, signal), path + stamp);
}

/** Reads a list to its end. */
export function useAll<T>(path: string): Loaded<T[]> {
  const { api } = useDashboard();
  return useLoad(path, (key, signal) => api.all<T>(key, signal));
}
