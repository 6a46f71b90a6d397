/** The timed parts of a probe, in the order in which they run. */
export const STEP_NAMES = [
  'dns',
  'connect',
  'tls',
  'auth',
  'initialize',
  'initialized',
  'tools_list',
  'canary',
  'health_url',
  'close',
] as const;
export type StepName = (typeof STEP_NAMES)[number];
