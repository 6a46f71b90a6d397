import { hash } from 'node:crypto';
import type { Day } from './day.ts';

/** Distinct texts remembered for each server; more than these within a day are stored again. */
const REMEMBERED = 8;

/** Stores texts once while they repeat: what a server says at one probe it mostly says at the next. */
export interface Texts {
  /** The number of that text of the server in the day, stored now if it is not among those remembered. */
  numberOf(day: Day, server: number, text: string): number;
  /** The numbers of those remembered. */
  remembered(day: Day, server: number): readonly number[];
  /** To be called when the transaction was undone, and when a server is removed. */
  forget(): void;
}

export function createTexts(): Texts {
  const servers = new Map<number, { day: Day; known: Map<string, number> }>();
  return {
    numberOf(day, server, text) {
      const held = servers.get(server);
      const memory = held?.day === day ? held : { day, known: new Map<string, number>() };
      servers.set(server, memory);
      const digest = hash('sha256', text, 'base64');
      const known = memory.known.get(digest);
      const number = known ?? day.lastText(server) + 1;
      if (known === undefined) day.insertText(server, number, text);
      // Used last, forgotten last: a Map keeps the order of insertion.
      memory.known.delete(digest);
      memory.known.set(digest, number);
      const [oldest] = memory.known.keys();
      if (memory.known.size > REMEMBERED && oldest !== undefined) memory.known.delete(oldest);
      return number;
    },
    remembered(day, server) {
      const held = servers.get(server);
      return held?.day === day ? [...held.known.values()] : [];
    },
    forget() {
      servers.clear();
    },
  };
}
