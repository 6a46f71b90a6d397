/** A caller already has as many calls under way as it may have. */
export class TooManyCallsError extends Error {
  constructor(limit: number) {
    super(`RESOURCE_LIMIT: Too many concurrent calls from this caller (limit ${limit}). Retry in a moment.`);
    this.name = 'TooManyCallsError';
  }
}

/** At most `limit` calls of one caller at a time, so that one agent cannot take the whole pool. */
export function createLimiter(limit: number) {
  const underWay = new Map<string, number>();
  return async <T>(caller: string, call: () => Promise<T>): Promise<T> => {
    const count = underWay.get(caller) ?? 0;
    if (count >= limit) throw new TooManyCallsError(limit);
    underWay.set(caller, count + 1);
    try {
      return await call();
    } finally {
      underWay.set(caller, (underWay.get(caller) ?? 1) - 1);
    }
  };
}

export type Limiter = ReturnType<typeof createLimiter>;
