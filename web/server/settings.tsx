import type { ServerDetail } from '../../src/http/wire.ts';
import { CopyBlock } from '../parts/copy.tsx';
import { serverPath } from '../paths.ts';
import { entryYaml } from '../yaml.ts';

/** The entry as configured, and where it can be changed. */
export function Settings({ server }: { server: ServerDetail }) {
  return (
    <div class="settings">
      <SourceLine server={server} />
      <CopyBlock label={`YAML of ${server.name}`} text={entryYaml({ id: server.id, ...server.config }, server.id)} />
      <p class="quiet small">
        Secrets are never shown. In the YAML each is a reference to an environment variable of your choice.
      </p>
    </div>
  );
}

export function SourceLine({ server }: { server: ServerDetail }) {
  if (server.defined_at === null) {
    return (
      <p>
        Added in the browser. <a href={`${serverPath(server.id)}/edit`}>Edit it</a>, or move it to the configuration
        file with this:
      </p>
    );
  }
  return (
    <p>
      From the configuration file,{' '}
      <code>
        {server.defined_at.file}:{server.defined_at.line}
      </code>
      . Change it there; the edit is picked up without a restart.
    </p>
  );
}
