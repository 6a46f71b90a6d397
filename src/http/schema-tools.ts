import { z } from 'zod';
import { DRIFT_GRADES } from '../core/drift-grade.ts';
import { anything, count, Probe, time } from './schema-probe.ts';

/** `breaking`: calls that worked may fail · `additive`: more can be called · `wording`: only words changed. */
export const driftGrade = z.enum(DRIFT_GRADES);

export const ToolDifference = z.object({
  tool: z.string(),
  /** Where in the tool, dotted; empty: the tool as a whole. */
  path: z.string(),
  grade: driftGrade,
  message: z.string(),
  /** JSON text, cut; null: there was, or is, none. */
  before: z.string().nullable(),
  after: z.string().nullable(),
});

const diff = {
  /** Worst first. */
  differences: z.array(ToolDifference),
  /** How many more there are. */
  omitted: count,
};

export const Tool = z.object({
  name: z.string(),
  title: z.string().nullable(),
  description: z.string().nullable(),
  input_schema: anything,
  output_schema: anything,
  annotations: anything,
});

/** A probe of an entry that is not saved, and the tools it found: what a canary can be picked from. */
export const Trial = Probe.extend({ tools: z.array(Tool) });

/** The last list. All null and empty where none was seen yet. */
export const Tools = z.object({
  server: z.string(),
  hash: z.string().nullable(),
  /** Since when the list is this one. */
  since: time.nullable(),
  accepted_hash: z.string().nullable(),
  accepted_at: time.nullable(),
  /** How it differs from the accepted list; null: it does not. */
  drift: z.object({ grade: driftGrade, ...diff }).nullable(),
  items: z.array(Tool),
});

export const ToolChange = z.object({
  id: z.string(),
  at: time,
  from_hash: z.string(),
  to_hash: z.string(),
  grade: driftGrade,
  ...diff,
});
