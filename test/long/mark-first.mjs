// What our courier must not be: it marks a notice as sent, then sends it, and takes the mark back where the receiver says no.
import Database from 'better-sqlite3';

const [, , file, url] = process.argv;
const db = new Database(file);
db.pragma('synchronous = FULL');
const due = db.prepare("SELECT id, body FROM notice WHERE status = 'pending' AND next_try_at <= ? ORDER BY n LIMIT 1");
const mark = db.prepare('UPDATE notice SET status = ?, next_try_at = ? WHERE id = ?');
console.log('It is running.');
for (;;) {
  const next = due.get(Date.now());
  if (next === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    continue;
  }
  mark.run('delivered', 0, next.id);
  const headers = { 'webhook-id': next.id, 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: next.body }).catch(() => null);
  if (!answer?.ok) mark.run('pending', Date.now() + 1000, next.id);
}
