#!/usr/bin/env node
import { runCommand } from './cli/run.ts';
import { keepHeapSmall } from './heap.ts';

keepHeapSmall();
process.exitCode = await runCommand(process.argv.slice(2));
