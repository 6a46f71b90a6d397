import type { CanaryOutcome } from '../../core/probe.ts';
import type { ReasonCode } from '../../core/reasons.ts';
import type { StopSignal } from '../../core/stop.ts';
import type { CallResult, ProtocolSession } from '../session.ts';
import type { ToolList } from './list-tools.ts';

/** One call that proves that real work gets done, ready to be asked of a session. */
export interface CanaryCheck {
  readonly canary: CanaryOutcome['canary'];
  /** Why it is not asked, decided from the list of tools; null: ask. `tools` null: the server offers none. */
  refuse(tools: ToolList | null): { readonly code: ReasonCode; readonly message: string } | null;
  ask(session: ProtocolSession, signal: StopSignal): Promise<CallResult>;
}
