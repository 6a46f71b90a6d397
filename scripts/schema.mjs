import { writeFile } from 'node:fs/promises';
import { configJsonSchema } from '../src/config/json-schema.ts';
import { notifierKinds } from '../src/notify/registry.ts';

// `npx tsx scripts/schema.mjs`
const file = new URL('../config.schema.json', import.meta.url);
await writeFile(file, `${JSON.stringify(configJsonSchema(notifierKinds), null, 2)}\n`);
console.log('config.schema.json is written.');
