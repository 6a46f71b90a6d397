import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { z } from 'zod';

export const ORDER_STATUSES = ['open', 'paid', 'shipped'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

const orderRow = z.object({
  id: z.number(),
  customer: z.string(),
  status: z.enum(ORDER_STATUSES),
  total_cents: z.number(),
});
export type Order = z.output<typeof orderRow>;

/** One open connection. Every method but `close` throws DatabaseUnreachableError once the database is gone. */
export interface Connection {
  isOpen(): boolean;
  /** `SELECT 1`. */
  check(): void;
  findOrder(id: number): Order | null;
  listOrders(status: OrderStatus | null, limit: number): readonly Order[];
  close(): void;
}

/** A real SQLite database in a folder of its own, which can be taken away and brought back. */
export interface Database {
  /** Throws DatabaseUnreachableError while the database is gone. */
  connect(): Connection;
  isGone(): boolean;
  /** Takes the file away and cuts every open connection. */
  kill(): void;
  revive(): void;
  /** Removes it from the disk. */
  close(): void;
}

/** The database cannot be opened, or went away under a connection. */
export class DatabaseUnreachableError extends Error {
  constructor(cause: unknown) {
    super(`database_unreachable: ${cause instanceof Error ? cause.message : cause}`, { cause });
    this.name = 'DatabaseUnreachableError';
  }
}

const CUSTOMERS = ['Ada', 'Grace', 'Edsger', 'Barbara', 'Donald', 'Radia', 'Ken', 'Frances'];

/** Makes a database of 48 invented orders. */
export function createDatabase(): Database {
  const folder = mkdtempSync(join(tmpdir(), 'alivemcp-demo-'));
  const file = join(folder, 'orders.db');
  const away = join(folder, 'orders.gone');
  const open = new Set<BetterSqlite3.Database>();
  let gone = false;
  fill(file);

  function cut(): void {
    for (const sqlite of open) sqlite.close();
    open.clear();
  }

  return {
    connect() {
      const sqlite = openFile(file);
      open.add(sqlite);
      return connection(sqlite, () => open.delete(sqlite));
    },
    isGone: () => gone,
    kill() {
      if (gone) return;
      cut();
      renameSync(file, away);
      gone = true;
    },
    revive() {
      if (!gone) return;
      renameSync(away, file);
      gone = false;
    },
    close() {
      cut();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function connection(sqlite: BetterSqlite3.Database, onClose: () => void): Connection {
  function ask(): BetterSqlite3.Database {
    if (!sqlite.open) throw new DatabaseUnreachableError('terminating connection: the database is gone');
    return sqlite;
  }
  return {
    isOpen: () => sqlite.open,
    check() {
      ask().prepare('SELECT 1').get();
    },
    findOrder(id) {
      const row = ask().prepare('SELECT * FROM orders WHERE id = ?').get(id);
      return row === undefined ? null : orderRow.parse(row);
    },
    listOrders: (status, limit) =>
      ask()
        .prepare('SELECT * FROM orders WHERE :status IS NULL OR status = :status ORDER BY id LIMIT :limit')
        .all({ status, limit })
        .map((row) => orderRow.parse(row)),
    close() {
      sqlite.close();
      onClose();
    },
  };
}

function openFile(file: string): BetterSqlite3.Database {
  try {
    return new BetterSqlite3(file, { readonly: true, fileMustExist: true });
  } catch (error) {
    throw new DatabaseUnreachableError(error);
  }
}

function fill(file: string): void {
  const sqlite = new BetterSqlite3(file);
  try {
    sqlite.exec(
      'CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT NOT NULL, status TEXT NOT NULL, total_cents INTEGER NOT NULL)',
    );
    const insert = sqlite.prepare('INSERT INTO orders VALUES (?, ?, ?, ?)');
    sqlite.transaction(() => {
      for (let n = 0; n < 48; n += 1) {
        insert.run(
          1000 + n,
          CUSTOMERS[n % CUSTOMERS.length],
          ORDER_STATUSES[n % ORDER_STATUSES.length],
          1_990 + ((n * 739) % 9_000),
        );
      }
    })();
  } finally {
    sqlite.close();
  }
}
