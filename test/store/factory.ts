import type { Store } from '../../src/core/store.ts';
import type { FakeClock } from '../fixtures/clock.ts';

/** A store to test, empty, with the clock it runs on. The factory closes it after the test. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly clock: FakeClock;
}

/** Makes an empty store for one test. */
export type StoreFactory = () => Promise<StoreUnderTest>;
