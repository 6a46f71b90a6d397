import type { StopSignal } from '../core/stop.ts';
import type { RpcAnswer } from './rpc.ts';

/** Where answers arrive that come by another way than the requests go. One request is open at a time. */
export interface Mailbox {
  /** The answer to a request. Rejects with `wordsOf` the signal's reason, or with what the mailbox failed with. */
  wait(id: number, signal: StopSignal, wordsOf?: (reason: unknown) => unknown): Promise<RpcAnswer>;
  /** The id of the open request. While none is, one that is newer than any: everything that comes then is late. */
  openId(): number;
  /** Answers the open request. */
  deliver(answer: RpcAnswer): void;
  /** Ends the open request alone. */
  refuse(error: unknown): void;
  /** Ends the open request and all later ones; the first failure counts. */
  fail(error: Error): void;
  /** Throws what it failed with. */
  check(): void;
}

interface Open {
  readonly id: number;
  readonly resolve: (answer: RpcAnswer) => void;
  readonly reject: (error: unknown) => void;
}

export function createMailbox(): Mailbox {
  let open: Open | null = null;
  let failure: Error | null = null;
  return {
    wait: (id, signal, wordsOf = (reason) => reason) =>
      new Promise((resolve, reject) => {
        const stop = (): void => open?.reject(wordsOf(signal.reason));
        const settle = (end: () => void): void => {
          open = null;
          signal.removeEventListener('abort', stop);
          end();
        };
        const accept = (answer: RpcAnswer): void => settle(() => resolve(answer));
        open = { id, resolve: accept, reject: (error) => settle(() => reject(error)) };
        signal.addEventListener('abort', stop, { once: true });
        if (failure !== null) open.reject(failure);
        else if (signal.aborted) stop();
      }),
    openId: () => open?.id ?? Number.MAX_SAFE_INTEGER,
    deliver: (answer) => open?.resolve(answer),
    refuse: (error) => open?.reject(error),
    fail(error) {
      failure ??= error;
      open?.reject(failure);
    },
    check() {
      if (failure !== null) throw failure;
    },
  };
}
