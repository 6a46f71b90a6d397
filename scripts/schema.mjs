import { writeFile } from 'node:fs/promises';
import { configJsonSchema } from '../dist/config/json-schema.js';
import { notifierKinds } from '../dist/notify/registry.js';

// Needs a build first: `npm run build && node scripts/schema.mjs`.
const file = new URL('../config.schema.json', import.meta.url);
await writeFile(file, `${JSON.stringify(configJsonSchema(notifierKinds), null, 2)}\n`);
console.log('config.schema.json is written.');
