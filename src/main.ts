#!/usr/bin/env node
import { runCommand } from './cli/run.ts';
import { keepHeapSmall } from './heap.ts';

keepHeapSmall();
// Whoever read may leave (`| head`, a terminal that is closed): what is under way goes on, unheard.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
process.exitCode = await runCommand(process.argv.slice(2));
