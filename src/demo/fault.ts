/** What can be made to go wrong, as the control page and its API name it. */
export const FAULT_NAMES = [
  'exhaust_pool',
  'leak_connection',
  'kill_database',
  'hang_tool',
  'drop_tool',
  'add_latency',
  'answer_500',
  'stop_listening',
] as const;
export type FaultName = (typeof FAULT_NAMES)[number];

/** How a fault stands. */
export interface FaultStanding {
  readonly on: boolean;
  /** The figure that goes with it (`3 leaked`, `+1500 ms`); null where there is none. */
  readonly detail: string | null;
}

/** One thing that can be made to go wrong with one server. */
export interface Fault {
  readonly name: FaultName;
  readonly label: string;
  /** What a monitor should see, for the control page. */
  readonly effect: string;
  /** true: switching it on again adds one more. */
  readonly addsUp: boolean;
  standing(): FaultStanding;
  /** Switches it; `ms` is the amount, for faults that have one. Rejects when it cannot be done. */
  set(on: boolean, ms?: number): Promise<void>;
}

/** A switch that something in the server asks about. */
export interface Flag {
  isOn(): boolean;
  set(on: boolean): void;
}

export function createFlag(): Flag {
  let on = false;
  return {
    isOn: () => on,
    set(next) {
      on = next;
    },
  };
}

/** A way through that can be shut: who comes while it is shut waits until it opens or the caller leaves. */
export interface Gate extends Flag {
  /** Rejects with the signal's reason when the caller leaves first. */
  pass(signal: AbortSignal): Promise<void>;
}

export function createGate(): Gate {
  const flag = createFlag();
  const waiting = new Set<() => void>();
  return {
    isOn: flag.isOn,
    set(on) {
      flag.set(on);
      if (!on) for (const resume of waiting) resume();
    },
    async pass(signal) {
      if (!flag.isOn()) return;
      signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        const leave = () => {
          waiting.delete(leave);
          signal.removeEventListener('abort', leave);
          resolve();
        };
        waiting.add(leave);
        signal.addEventListener('abort', leave, { once: true });
      });
      signal.throwIfAborted();
    },
  };
}

/** A fault that is nothing but a switch. */
export function flagFault(flag: Flag, text: Pick<Fault, 'name' | 'label' | 'effect'>): Fault {
  return {
    ...text,
    addsUp: false,
    standing: () => ({ on: flag.isOn(), detail: null }),
    async set(on) {
      flag.set(on);
    },
  };
}
