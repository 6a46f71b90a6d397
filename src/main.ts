import { runCommand } from './cli/run.ts';
import { keepHeapSmall } from './heap.ts';

keepHeapSmall();
// Whoever read may leave (`| head`, a terminal that is closed): what is under way goes on, unheard.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
// Of a command that came to no end.
process.exitCode = 1;
void runCommand(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
