import { register } from 'tsx/esm/api';

// The thread of src/exports.ts where nothing is built: Node reads a thread's file itself, and cannot read TypeScript.
register();
await import('../src/export-thread.ts');
