import { loadConfig } from '../config/load.ts';
import { systemClock } from '../engine/system-clock.ts';
import { openChannel } from '../notify/channel.ts';
import { LIMITS } from '../notify/define.ts';
import { testChannel } from '../notify/test-channel.ts';
import { createHttpPost } from '../probe/http-post.ts';
import { report } from './check-config.ts';
import { defaultFile, EXIT, err, out, UsageError } from './io.ts';
import { loadDeps } from './load-deps.ts';
import { readArgs } from './options.ts';

export const TEST_CHANNEL_HELP = `alivemcp test-channel ID [--config FILE]

Sends a test notice through a channel of the configuration file (default ./config.yaml, else ./config.example.yaml) and prints the receiver's answer.

Exit code: 0 the receiver took it, 1 it did not, 2 there is no such channel or the configuration has mistakes.
`;

const DEADLINE_MS = 60_000;

/** `alivemcp test-channel ID`. */
export async function testChannelCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArgs('test-channel', {
    args: [...args],
    options: { config: { type: 'string' } },
    allowPositionals: true,
  });
  const [id, ...more] = positionals;
  if (id === undefined || more.length > 0)
    throw new UsageError('name one channel, such as `alivemcp test-channel ops`.');
  const file = values.config ?? defaultFile('; name the configuration with --config');
  const loaded = await loadConfig(file, loadDeps());
  if (!loaded.ok) {
    err(report(file, loaded));
    return EXIT.usage;
  }
  const { channels, monitor } = loaded.config;
  const found = channels.find((channel) => channel.id === id);
  if (found === undefined) {
    const known =
      channels.length === 0 ? 'It has none.' : `It has ${channels.map((channel) => channel.id).join(', ')}.`;
    throw new UsageError(`${file} has no channel \`${id}\`. ${known}`);
  }
  const clock = systemClock;
  const post = createHttpPost({ network: monitor.network, clock });
  const { quiet: _, ...spec } = found;
  const channel = openChannel({ ...spec, type: found.kind, source: 'config' }, { post, clock, limits: LIMITS });
  const publicUrl = monitor.publicUrl ?? `http://${monitor.listen.host}:${monitor.listen.port}`;
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const { ok, answer, ms } = await testChannel(channel, { clock, publicUrl, location: monitor.location, signal });
  out(`${ok ? 'Accepted' : 'Not accepted'} by ${channel.target} after ${ms} ms: ${answer}\n`);
  return ok ? EXIT.ok : EXIT.failed;
}
