import { useState } from 'preact/hooks';
import type { Channel, ServerDetail, Tool } from '../../src/http/wire.ts';
import { ApiError } from '../api.ts';
import { useDashboard } from '../context.ts';
import { CopyBlock } from '../parts/copy.tsx';
import { type Entry, patchOf, text } from '../parts/entry.ts';
import { ChoiceField, TextField, TickField } from '../parts/fields.tsx';
import { Form, FormButtons, useForm, useFormState } from '../parts/form.tsx';
import { serverPath } from '../paths.ts';
import { entryYaml } from '../yaml.ts';
import { AuthField } from './auth-field.tsx';
import { CanaryField } from './canary-field.tsx';
import { ChannelsField } from './channels-field.tsx';
import { copyOf, entryOf, idFrom, mistakesOf, opened, withoutSecrets } from './entry.ts';
import { HeadersField } from './headers-field.tsx';
import { TestRun, useTestRun } from './test-run.tsx';
import { UrlField } from './url-field.tsx';

const PUBLIC = 'Everybody may see it on status pages, badges and embeds';

/**
 * Adds a server, or changes one that was added in the browser (`before`: its entry, secrets hidden). A new one may start
 * like another (`like`), all but its id and its secrets.
 */
export function ServerForm({
  before,
  like,
  channels,
}: {
  before: Entry | null;
  like: Entry | null;
  channels: readonly Channel[];
}) {
  const { api } = useDashboard();
  const isNew = before === null;
  const stored = isNew ? {} : opened(before);
  const form = useForm(stored, entryOf, like === null ? stored : copyOf(like));
  const { draft, entry } = form;
  const { run, start } = useTestRun();
  const tools = run.probe?.tools ?? [];
  const id = text(entry['id']);
  const check = () => {
    const mistakes = mistakesOf(draft, tools);
    if (mistakes.length > 0) throw new ApiError('', 422, mistakes);
  };
  const save = async () => {
    check();
    const { id: saved, name } = isNew
      ? await api.send<ServerDetail>('POST', '/servers', entry)
      : await api.send<ServerDetail>('PATCH', serverPath(id), patchOf(before, entry));
    return [
      serverPath(saved),
      isNew ? `${name} is watched from now on.` : `${name} is saved and probed again.`,
    ] as const;
  };
  // For a server that is there already the monitor adds what the patch leaves out, its secrets too.
  const test = () =>
    form.attempt(async () => {
      check();
      await start(isNew ? entry : { ...patchOf(before, entry), id });
    });

  return (
    <Form form={form} kind="editor" label={isNew ? 'Add a server' : 'Edit the server'} onSave={save}>
      <div class="editor-fields">
        <UrlField isNew={isNew} />
        <FormButtons kind="editor-bar" save={isNew ? 'Save and watch' : 'Save'} cancel={isNew ? '/' : serverPath(id)}>
          <button type="button" disabled={run.running} onClick={test}>
            {run.running ? 'Testing …' : 'Test'}
          </button>
        </FormButtons>
        <TestRun run={run} />
        {tools.length > 0 && draft['canary'] === undefined && <CanaryHint tools={tools} />}
        <div class="field-pair">
          <TextField label="Name" path="name" placeholder={id || 'Orders MCP'} />
          <TextField
            label="Id"
            path="id"
            hint={isNew ? 'Stays for good: the history hangs on it.' : 'Cannot be changed.'}
            placeholder={idFrom(text(draft['name']) || text(draft['url'])) || 'orders'}
            readOnly={!isNew}
          />
        </div>
        <CanaryField tools={tools} />
        <TextField
          label="Health URL"
          path={typeof draft['health_url'] === 'object' ? 'health_url.ready' : 'health_url'}
          hint="Where the server says itself whether it is ready. Any 2xx is good."
          placeholder="https://orders.example.com/ready"
          look="wide"
        />
        <AuthField />
        <HeadersField />
        <EveryField />
        <ChannelsField channels={channels} />
        <TextField
          label="Tags"
          path="tags"
          hint="Words to filter by, separated by commas."
          placeholder="prod, postgres"
          look="wide"
        />
        <TickField label="Public" path="public" words={PUBLIC} />
      </div>
      <aside class="editor-yaml" aria-label="The same as YAML">
        <h2>The same in the configuration file</h2>
        <CopyBlock label="YAML of this server" text={entryYaml(withoutSecrets(entry), id)} />
        <p class="quiet small">
          Goes under <code>servers</code>. Secrets are references to environment variables.
        </p>
      </aside>
    </Form>
  );
}

/** One that is made for it, else the first that needs nothing. */
function CanaryHint({ tools }: { tools: readonly Tool[] }) {
  const { put } = useFormState();
  const named = (wanted: RegExp) => tools.find(({ name }) => wanted.test(name));
  const tool = (named(/^health_check$/) ?? named(/health|^ping/i) ?? tools[0])?.name ?? '';
  return (
    <p class="hint-line">
      Call one tool on every probe, and you learn when real work fails. Pick one that only reads.{' '}
      <button type="button" onClick={() => put('canary', { tool })}>
        Call {tool}
      </button>
    </p>
  );
}

const WAYS = { interval: 'at an interval', cron: 'by a cron expression' } as const;

function EveryField() {
  const { draft, put } = useFormState();
  const [isCron, setCron] = useState(false);
  const way = isCron || draft['cron'] !== undefined ? 'cron' : 'interval';
  const choose = (next: string) => {
    setCron(next === 'cron');
    put(way, undefined);
  };
  return (
    <div class="field-pair">
      <ChoiceField label="Probe" path="schedule" options={WAYS} chosen={way} onChoose={choose} />
      {way === 'cron' ? (
        <TextField label="Cron expression" path="cron" hint="As in */5 * * * *" placeholder="*/5 * * * *" />
      ) : (
        <TextField label="Interval" path="interval" hint="As in 30s, 5m, 1h. Empty: the default." placeholder="60s" />
      )}
    </div>
  );
}
