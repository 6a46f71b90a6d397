import type { Database } from 'better-sqlite3';

/** Which number stands for which server id in every other table. All in memory; new ids are rows at once. */
export interface Roster {
  /** The ids' numbers. An id without one gets the next: one more than the highest. */
  numbersOf(ids: readonly string[]): Map<string, number>;
  numberOf(id: string): number;
  /** undefined when the id was never seen. */
  find(id: string): number | undefined;
  idOf(number: number): string;
  ids(): readonly string[];
}

export function createRoster(db: Database): Roster {
  const insert = db.prepare<[number, string]>('INSERT INTO server (n, id) VALUES (?, ?)');
  const ids = db.prepare<[], string>('SELECT id FROM server ORDER BY n').pluck().all();
  const numbers = new Map(ids.map((id, n) => [id, n]));
  const add = db.transaction((unknown: readonly string[]) => {
    for (const [at, id] of unknown.entries()) insert.run(ids.length + at, id);
  });
  const learn = (wanted: readonly string[]) => {
    const unknown = [...new Set(wanted)].filter((id) => !numbers.has(id));
    if (unknown.length === 0) return;
    add.immediate(unknown);
    for (const id of unknown) numbers.set(id, ids.push(id) - 1);
  };
  const numberOf = (id: string) => {
    learn([id]);
    return numbers.get(id) ?? -1;
  };
  return {
    numbersOf(wanted) {
      learn(wanted);
      return new Map(wanted.map((id) => [id, numberOf(id)]));
    },
    numberOf,
    find: (id) => numbers.get(id),
    idOf: (number) => ids[number] ?? '',
    ids: () => ids,
  };
}
