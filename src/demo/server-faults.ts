import { createFlag, createGate, type Fault, flagFault } from './fault.ts';

/** What the faults that every server has do to it. */
export interface ServerFaults {
  readonly faults: readonly Fault[];
  isFailing(): boolean;
  latencyMs(): number;
  readonly tool: ToolFaults;
}

/** What the faults do to one tool of a server. */
export interface ToolFaults {
  isDropped(): boolean;
  /** Waits while the tool hangs. Rejects with the signal's reason when the caller leaves. */
  pass(signal: AbortSignal): Promise<void>;
}

/** The port the server listens on, as far as a fault needs it. */
export interface Door {
  isListening(): boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export const DEFAULT_LATENCY_MS = 1_500;

/** `door` is asked for when it is needed: it can only be built with these faults. */
export function createServerFaults(tool: string, door: () => Door): ServerFaults {
  const dropped = createFlag();
  const hanging = createGate();
  const failing = createFlag();
  let latencyMs = 0;
  return {
    isFailing: failing.isOn,
    latencyMs: () => latencyMs,
    tool: { isDropped: dropped.isOn, pass: hanging.pass },
    faults: [
      flagFault(hanging, {
        name: 'hang_tool',
        label: `Hang ${tool}`,
        effect: 'Its calls get no answer, while tools/list stays fast.',
      }),
      flagFault(dropped, { name: 'drop_tool', label: `Drop ${tool}`, effect: 'New sessions no longer list the tool.' }),
      {
        name: 'add_latency',
        label: 'Add latency',
        effect: `initialize takes ${spell(DEFAULT_LATENCY_MS)} longer.`,
        addsUp: false,
        standing: () => ({ on: latencyMs > 0, detail: latencyMs > 0 ? `+${spell(latencyMs)}` : null }),
        async set(on, ms = DEFAULT_LATENCY_MS) {
          latencyMs = on ? ms : 0;
        },
      },
      flagFault(failing, {
        name: 'answer_500',
        label: 'Answer 500',
        effect: 'Every MCP request is answered with HTTP 500.',
      }),
      {
        name: 'stop_listening',
        label: 'Stop listening',
        effect: 'Sessions end and connections are refused.',
        addsUp: false,
        standing: () => ({ on: !door().isListening(), detail: null }),
        set: (on) => (on ? door().stop() : door().start()),
      },
    ],
  };
}

function spell(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`;
}
