/** Why a pool is not well, in the order in which they speak: what says most comes first (contract, "Reason codes"). */
export const POOL_REASONS = [
  'pool_leak',
  'pool_exhausted',
  'pool_backlog',
  'replica_lag',
  'error_rate',
  'pool_utilization',
  'pool_waiting',
] as const;
export type PoolReason = (typeof POOL_REASONS)[number];

export function isPoolReason(code: string): code is PoolReason {
  return POOL_REASONS.some((reason) => reason === code);
}
