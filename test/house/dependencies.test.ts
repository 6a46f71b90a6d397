import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

const repository = join(import.meta.dirname, '../..');
const Package = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
});

test('every dependency has its reason in ADR 9, and no reason lacks its dependency', async () => {
  const { dependencies, devDependencies } = Package.parse(
    JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')),
  );
  const decision = await readFile(join(repository, 'docs/adr/0009-dependencies.md'), 'utf8');
  const firstCells = decision.split('\n').flatMap((line) => /^\| (`.*?) \| /.exec(line)?.[1] ?? []);
  const explained = firstCells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  const installed = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !name.startsWith('@types/'));
  expect(explained.filter((name) => name !== '@types/*').toSorted()).toEqual(installed.toSorted());
});
