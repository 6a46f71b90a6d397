import { writeSync } from 'node:fs';
import Database from 'better-sqlite3';

/**
 * Another program that holds the write lock of a database for some time, saying so first. Usage: lock-holder.ts FILE MS
 */
const [, , file = '', ms = '0'] = process.argv;
const db = new Database(file);
db.exec('BEGIN IMMEDIATE');
writeSync(1, 'held\n');
setTimeout(() => {
  db.exec('COMMIT');
  db.close();
}, Number(ms));
