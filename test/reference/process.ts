import { z } from 'zod';
import { ReferenceOptions } from './options.ts';
import { startReferenceServer } from './server.ts';

/*
 * Reference servers in a process of their own; the first argument is the list of their options as JSON. Tells whoever
 * started it where they are, drains on SIGTERM and ends with whoever started it.
 */
const options = z.array(ReferenceOptions).parse(JSON.parse(process.argv[2] ?? '[]'));
const servers = await Promise.all(options.map(startReferenceServer));

process.once('SIGTERM', () => {
  void Promise.all(servers.map((server) => server.drain())).then(() => process.exit(0));
});
process.once('disconnect', () => process.exit());
process.send?.(servers.map(({ origin, controlOrigin }) => ({ origin, controlOrigin })));
