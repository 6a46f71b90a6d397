import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGate } from '../../src/engine/gate.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { settled } from './support.ts';

const never = new AbortController().signal;

test('no more than `total` are inside, and no more than `perOrigin` of one origin; the rest come in order of arrival', async () => {
  const gate = createGate({ total: 3, perOrigin: 2 }, createFakeClock());
  const inside: string[] = [];
  const leaves = new Map<string, () => void>();
  const enter = async (name: string, origin: string): Promise<void> => {
    leaves.set(name, await gate.enter(origin, never));
    inside.push(name);
  };
  for (const [name, origin] of ['a1 a', 'a2 a', 'a3 a', 'b1 b', 'c1 c', 'b2 b'].map((both) => both.split(' ')))
    void enter(name ?? '', origin ?? '');
  await settled();
  expect(inside).toEqual(['a1', 'a2', 'b1']);
  expect([gate.running, gate.waiting]).toEqual([3, 3]);
  leaves.get('b1')?.();
  await settled();
  expect(inside.slice(3)).toEqual(['c1']);
  leaves.get('a1')?.();
  await settled();
  expect(inside.slice(4)).toEqual(['a3']);
});

test('an origin can have a limit of its own', async () => {
  const gate = createGate({ total: 9, perOrigin: 4, ofOrigin: { stdio: 2 } }, createFakeClock());
  for (const origin of ['stdio', 'stdio', 'stdio', 'a', 'a', 'a']) void gate.enter(origin, never);
  await settled();
  expect([gate.running, gate.waiting]).toEqual([5, 1]);
});

test('origins that were slow last time share half of the places, until they are quick again', async () => {
  const clock = createFakeClock();
  const gate = createGate({ total: 4, perOrigin: 4 }, clock);
  const hanging = ['a', 'b', 'c', 'd'];
  const first = await Promise.all(hanging.map((origin) => gate.enter(origin, never)));
  clock.advance(10_000);
  for (const leave of first) leave();
  const again = hanging.map((origin) => gate.enter(origin, never));
  await settled();
  expect([gate.running, gate.waiting]).toEqual([2, 2]);
  const good = await gate.enter('good', never);
  good();
  expect([gate.running, gate.waiting]).toEqual([2, 2]);
  (await again[0])?.();
  (await again[1])?.();
  await settled();
  expect([gate.running, gate.waiting]).toEqual([2, 0]);
  await Promise.all(['a', 'b'].map((origin) => gate.enter(origin, never)));
  expect(gate.running).toBe(4);
});

test('leaving twice frees one place', async () => {
  const gate = createGate({ total: 1, perOrigin: 1 }, createFakeClock());
  const leave = await gate.enter('a', never);
  leave();
  leave();
  expect(gate.running).toBe(0);
  await gate.enter('a', never);
  expect(gate.running).toBe(1);
});

test('who gives up waiting takes no place', async () => {
  const gate = createGate({ total: 1, perOrigin: 1 }, createFakeClock());
  const leave = await gate.enter('a', never);
  const patience = new AbortController();
  const waiting = gate.enter('a', patience.signal);
  patience.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  expect(gate.waiting).toBe(0);
  leave();
  expect(gate.running).toBe(0);
});

test('who has given up before it came neither enters nor waits', async () => {
  const gate = createGate({ total: 1, perOrigin: 1 }, createFakeClock());
  const gone = AbortSignal.abort(new Error('enough'));
  await expect(gate.enter('a', gone)).rejects.toThrow('enough');
  const leave = await gate.enter('a', never);
  await expect(gate.enter('a', gone)).rejects.toThrow('enough');
  leave();
  expect([gate.running, gate.waiting]).toEqual([0, 0]);
});

test('whatever the order of coming, leaving and giving up: limits hold, and nobody waits for a place that is free', async () => {
  const move = fc.oneof(
    fc.record({ kind: fc.constant('enter' as const), origin: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ kind: fc.constant('leave' as const), which: fc.nat(20) }),
    fc.record({ kind: fc.constant('give up' as const), which: fc.nat(20) }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 3 }),
      fc.array(move),
      async (total, perOrigin, moves) => {
        const gate = createGate({ total, perOrigin }, createFakeClock());
        const inside: { origin: string; leave: () => void }[] = [];
        const waiting: { origin: string; patience: AbortController }[] = [];
        for (const one of moves) {
          if (one.kind === 'enter') {
            const mine = { origin: one.origin, patience: new AbortController() };
            waiting.push(mine);
            gate
              .enter(one.origin, mine.patience.signal)
              .then(
                (leave) => inside.push({ origin: one.origin, leave }),
                () => undefined,
              )
              .finally(() => waiting.splice(waiting.indexOf(mine), 1));
          } else if (one.kind === 'leave') inside.splice(one.which % Math.max(1, inside.length), 1)[0]?.leave();
          else waiting[one.which % Math.max(1, waiting.length)]?.patience.abort();
          await settled();
          const of = (origin: string) => inside.filter((each) => each.origin === origin).length;
          expect(inside.length).toBeLessThanOrEqual(total);
          for (const origin of ['a', 'b', 'c']) expect(of(origin)).toBeLessThanOrEqual(perOrigin);
          for (const { origin } of waiting) expect(inside.length === total || of(origin) === perOrigin).toBe(true);
          expect(gate).toMatchObject({ running: inside.length, waiting: waiting.length });
        }
      },
    ),
    { numRuns: 60 },
  );
});
