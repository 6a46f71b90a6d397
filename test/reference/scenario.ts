import type { CauseCode } from '../../src/core/verdict.ts';
import type { Cluster } from './cluster.ts';
import type { ReferenceOptions } from './options.ts';
import type { Reference, ReferenceProcess } from './reference.ts';

/** A reference server with what it runs on. */
export interface Lane {
  readonly reference: Reference;
  /** The process it runs in, which it has for itself where its ground says so. */
  readonly process: ReferenceProcess;
  readonly cluster: Cluster;
  readonly standby: Cluster | null;
  /** 0..1, from the run's seed. */
  readonly random: () => number;
}

/** How a server is written and what it runs on. */
export interface Ground {
  readonly options: Partial<ReferenceOptions>;
  /** Its database: one of its own; or a primary with a standby, both its own. */
  readonly needs: 'shared' | 'own' | 'pair';
  /** It runs in a process of its own. */
  readonly isAlone: boolean;
}

/** One way in which servers really break. */
export interface Scenario {
  readonly name: string;
  readonly cause: CauseCode;
  /** How the server is written, where that is part of it. */
  readonly options: (random: () => number) => Partial<ReferenceOptions>;
  /** Whether it can break a server that is written so; left out: any. */
  readonly suits?: (options: Partial<ReferenceOptions>) => boolean;
  readonly needs: Ground['needs'];
  readonly isAlone?: boolean;
  /** How long it may take to be noticed; left out: 40 s. */
  readonly noticedWithinMs?: number;
  /** Breaks it. Resolves with how to mend it. */
  begin(lane: Lane): Promise<() => Promise<void>>;
}

/** A ground for this scenario only. */
export function groundFor({ options, needs, isAlone = false }: Scenario, random: () => number): Ground {
  return { options: options(random), needs, isAlone };
}

export function canBreak({ needs, isAlone = false, suits = () => true }: Scenario, ground: Ground): boolean {
  const hasPlace = needs === 'shared' || needs === ground.needs || ground.needs === 'pair';
  return hasPlace && (!isAlone || ground.isAlone) && suits(ground.options);
}

/** A whole number of `from`…`to`. */
export function between(random: () => number, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1));
}

export function oneOf<const T>(random: () => number, values: readonly [T, ...T[]]): T {
  return values[Math.floor(random() * values.length)] ?? values[0];
}

/** As different authors publish the same thing. */
export function styleOf(random: () => number): Partial<ReferenceOptions> {
  return {
    errors: oneOf(random, ['driver', 'wrapped']),
    figures: oneOf(random, ['with-max', 'camel', 'plain', 'counted']),
    counts: oneOf(random, ['holding', 'after']),
  };
}

/** A few callers, as a server has; on a server that nobody calls every figure stands still. */
export const TRAFFIC = { name: 'traffic', on: true, callers: 1, everyMs: 300 } as const;
