import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createToolHashing } from '../../src/probe/checks/tool-hashes.ts';
import { aServer } from '../fixtures/facts.ts';

const tool = fc.record({ name: fc.constantFrom('a', 'b'), title: fc.string({ maxLength: 2 }), inputSchema: fc.json() });

test('whatever a server listed before, a list is hashed as if it were the first', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(tool, { maxLength: 3 }), { minLength: 1, maxLength: 5 }), async (lists) => {
      const remembering = createToolHashing();
      const [one, other] = [aServer({ id: 'one' }), aServer({ id: 'other' })];
      for (const list of [...lists, ...lists]) {
        const fresh = await createToolHashing()(one, list);
        expect(await remembering(one, list)).toEqual(fresh);
        expect(await remembering(other, [...list].reverse())).toEqual(fresh);
      }
    }),
  );
});
