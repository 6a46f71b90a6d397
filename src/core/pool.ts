
export type PoolKind = 'postgres' | 'redis' | 'http' | 'firestore' | 'other';

/** One pool as its server publishes it, in our names. A figure the server does not give is null, never 0. */
export interface Pool {
  readonly name: string;
  readonly kind: PoolKind;
  readonly total: number | null;
  readonly idle: number | null;
  readonly used: number | null;
  readonly waiting: number | null;
  readonly max: number | null;
  /** 0..1 of `max`; null where `max` is unknown. */
  readonly utilization: number | null;
  /** 0..1. */
  readonly errorRate: number | null;
  readonly lagSeconds: number | null;
}

