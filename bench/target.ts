import { startDemo } from '../src/demo/demo.ts';

/** The bundled server without faults, in a process of its own so that only the prober's work is measured. Says its URL first. */
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const demo = await startDemo({ host: '127.0.0.1', log: quiet });
const steady = demo.servers.find(({ id }) => id === 'steady');
console.log(steady?.url);
process.stdin.on('end', () => void demo.close()).resume();
