import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from './api.ts';

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

/** Reads once per `key`, and again on `reload`. A key of null reads nothing. Leaving the view ends the request. */
export function useLoad<T>(key: string | null, read: (key: string, signal: AbortSignal) => Promise<T>): Loaded<T> {
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
  }, [key, turn]);

  const current = kept.key === key ? kept : { value: null, error: null };
  return {
    value: current.value,
    error: current.error,
    reload: () => setTurn((last) => last + 1),
    put: (value) => keep({ key, value, error: null }),
  };
}

/** An ApiError as it is; anything else is a fault of this page and says so. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(
    `This page failed to use the monitor's answer: ${String(error)}. Reload the page; if it stays, report it.`,
    0,
  );
}
