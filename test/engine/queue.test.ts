import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createQueue } from '../../src/engine/queue.ts';

test('whatever is put in, moved and taken out, the one that is due first comes first', () => {
  const step = fc.record({ id: fc.nat(20), dueAt: fc.nat(50), isTakenOut: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const queue = createQueue<{ dueAt: number; place: number }>();
      const items = Array.from({ length: 21 }, () => ({ dueAt: 0, place: -1 }));
      const inside = new Set<(typeof items)[number]>();
      for (const { id, dueAt, isTakenOut } of steps) {
        const item = items[id] ?? { dueAt: 0, place: -1 };
        item.dueAt = isTakenOut ? item.dueAt : dueAt;
        if (isTakenOut) queue.remove(item);
        else queue.put(item);
        if (isTakenOut) inside.delete(item);
        else inside.add(item);
        expect(queue.first()?.dueAt).toBe(
          inside.size === 0 ? undefined : Math.min(...[...inside].map((each) => each.dueAt)),
        );
      }
    }),
  );
});
