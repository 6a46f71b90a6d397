import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './io.ts';

/** `parseArgs` whose complaint names the command to ask for help. */
export function readArgs<T extends ParseArgsConfig>(command: string, config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${said.split('. To specify')[0]?.replace(/\.$/, '')}. See \`alivemcp ${command} --help\`.`);
  }
}
