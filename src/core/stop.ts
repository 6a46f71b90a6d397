/**
 * Tells work to stop. The part of AbortSignal that we use, so one of those may stand for it; our own costs a thirtieth, and
 * a probe needs ten.
 */
export interface StopSignal {
  readonly aborted: boolean;
  /** Why, once it is aborted. */
  readonly reason: unknown;
  /** `run` is called once, when it aborts; never where it is aborted already. */
  addEventListener(type: 'abort', run: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', run: () => void): void;
}

export interface Stop {
  readonly signal: StopSignal;
  /** Aborts the signal. Later calls do nothing. */
  abort(reason: unknown): void;
}

export function createStop(): Stop {
  const listeners: (() => void)[] = [];
  // Data, not getters: V8 gives each object that has a getter of its own a shape of its own, which lives long.
  const signal: { -readonly [key in keyof StopSignal]: StopSignal[key] } = {
    aborted: false,
    reason: undefined,
    addEventListener(_, run) {
      if (!signal.aborted) listeners.push(run);
    },
    removeEventListener(_, run) {
      const at = listeners.indexOf(run);
      if (at >= 0) listeners.splice(at, 1);
    },
  };
  return {
    signal,
    abort(reason) {
      if (signal.aborted) return;
      signal.aborted = true;
      signal.reason = reason;
      for (const run of listeners.splice(0)) run();
    },
  };
}

/** Aborts also when `parent` does, for its reason, until it lets go of it with `release`. null: there is none. */
export function stopUnder(parent: StopSignal | null): Stop & { release(): void } {
  const stop = createStop();
  const follow = (): void => stop.abort(parent?.reason);
  if (parent?.aborted === true) follow();
  else parent?.addEventListener('abort', follow, { once: true });
  return { ...stop, release: () => parent?.removeEventListener('abort', follow) };
}

/** For packages that want one of the platform's own. */
export function asAbortSignal(signal: StopSignal): AbortSignal {
  const controller = new AbortController();
  const follow = (): void => controller.abort(signal.reason);
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  return controller.signal;
}
