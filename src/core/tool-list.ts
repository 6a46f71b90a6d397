import type { Json } from './json.ts';

/** One tool as a server lists it: what its callers rely on. Text from the target, already cleaned and cut; null: not there. */
export interface ListedTool {
  readonly name: string;
  readonly title: string | null;
  readonly description: string | null;
  readonly inputSchema: Json;
  readonly outputSchema: Json;
  readonly annotations: Json;
}

/** A whole list of tools, sorted by name. Where a value was too large to keep, a text that names its digest stands for it. */
export interface ToolList {
  /** SHA-256 over the canonical list as it came: the same however tools and keys are ordered. */
  readonly hash: string;
  /** The same over what a call depends on: names, input and output schemas. */
  readonly contractHash: string;
  readonly tools: readonly ListedTool[];
}
