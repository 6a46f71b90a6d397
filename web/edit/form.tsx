import { useMemo, useState } from 'preact/hooks';
import type { Channel, ServerDetail, Tool } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import type { Complaint } from '../parts/complaint.ts';
import { CopyBlock } from '../parts/copy.tsx';
import { complaintsOf, Form } from '../parts/form.tsx';
import { ChoiceField, TextField } from '../parts/text-field.tsx';
import { serverPath } from '../paths.ts';
import { entryYaml } from '../yaml.ts';
import { AuthField } from './auth-field.tsx';
import { CanaryField } from './canary-field.tsx';
import { ChannelsField } from './channels-field.tsx';
import { copyOf, type Draft, draftOf, EMPTY, type Entry, idFrom } from './draft.ts';
import { entryOf, mistakesOf, patchOf, withoutSecrets } from './entry.ts';
import { useGuard } from './guard.tsx';
import { HeadersField } from './headers-field.tsx';
import { TestRun, useTestRun } from './test-run.tsx';
import { UrlField } from './url-field.tsx';

const FIELDS =
  'url name id canary! canary.tool canary.arguments canary.resource health_url auth! auth.token auth.username auth.password auth.issuer auth.client_id auth.client_secret auth.scope headers interval cron channels tags'.split(
    ' ',
  );

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
  const { api, router, say } = useDashboard();
  const stored = useMemo(() => (before === null ? EMPTY : draftOf(before)), [before]);
  const [draft, setDraft] = useState<Draft>(() => (like === null ? stored : copyOf(like)));
  const [complaints, setComplaints] = useState<readonly Complaint[]>([]);
  const [saving, setSaving] = useState(false);
  const { run, start } = useTestRun();
  const free = useGuard(JSON.stringify(draft) !== JSON.stringify(stored));
  const change = (part: Partial<Draft>) => setDraft((last) => ({ ...last, ...part }));
  const entry = entryOf(draft, before ?? like);
  const isNew = before === null;
  const tools = run.probe?.tools ?? [];

  const attempt = async (action: () => Promise<void>) => {
    const own = mistakesOf(draft);
    setComplaints(own);
    if (own.length === 0) await action().catch((error: unknown) => setComplaints(complaintsOf(error)));
  };
  const write = async () => {
    const server = isNew
      ? await api.send<ServerDetail>('POST', '/servers', entry)
      : await api.send<ServerDetail>('PATCH', serverPath(draft.id), patchOf(before, entry));
    free();
    router.go(serverPath(server.id));
    say(isNew ? `${server.name} is watched from now on.` : `${server.name} is saved and probed again.`);
  };
  const save = async () => {
    setSaving(true);
    await attempt(write);
    setSaving(false);
  };
  // For a server that is there already the monitor adds what the patch leaves out, its secrets too.
  const test = () => attempt(() => start(isNew ? entry : { ...patchOf(before, entry), id: draft.id }));

  return (
    <Form
      kind="editor"
      label={isNew ? 'Add a server' : 'Edit the server'}
      fields={FIELDS}
      complaints={complaints}
      onSubmit={save}
    >
      <div class="editor-fields">
        <UrlField draft={draft} isNew={isNew} onChange={change} />
        <div class="editor-bar">
          <button type="submit" class="primary" disabled={saving}>
            {isNew ? 'Save and watch' : 'Save'}
          </button>
          <button type="button" disabled={run.kind === 'running'} onClick={() => void test()}>
            {run.kind === 'running' ? 'Testing …' : 'Test'}
          </button>
          <a class="button plain-link" href={isNew ? '/' : serverPath(draft.id)}>
            Cancel
          </a>
        </div>
        <TestRun run={run} />
        {tools.length > 0 && draft.canary.kind === 'none' && <CanaryHint tools={tools} onTake={change} />}
        <div class="field-pair">
          <TextField
            label="Name"
            path="name"
            value={draft.name}
            placeholder={String(entry['id']) || 'Orders MCP'}
            onInput={(name) => change({ name })}
          />
          <TextField
            label="Id"
            path="id"
            hint={isNew ? 'Stays for good: the history hangs on it.' : 'Cannot be changed.'}
            readOnly={!isNew}
            value={draft.id}
            placeholder={idFrom(draft.name || draft.url) || 'orders'}
            onInput={(id) => change({ id })}
          />
        </div>
        <CanaryField canary={draft.canary} tools={tools} onChange={(canary) => change({ canary })} />
        <TextField
          wide
          label="Health URL"
          path="health_url"
          hint="Where the server says itself whether it is ready. Any 2xx is good."
          placeholder="https://orders.example.com/ready"
          value={draft.healthUrl}
          onInput={(healthUrl) => change({ healthUrl: healthUrl.trim() })}
        />
        <AuthField auth={draft.auth} stored={stored.auth} onChange={(auth) => change({ auth })} />
        <HeadersField headers={draft.headers} onChange={(headers) => change({ headers })} />
        <EveryField every={draft.every} onChange={(every) => change({ every })} />
        <ChannelsField
          channels={channels}
          chosen={draft.channels}
          onChange={(chosen) => change({ channels: chosen })}
        />
        <TextField
          wide
          label="Tags"
          path="tags"
          hint="Words to filter by, separated by commas."
          placeholder="prod, postgres"
          value={draft.tags}
          onInput={(tags) => change({ tags })}
        />
      </div>
      <aside class="editor-yaml" aria-label="The same as YAML">
        <h2>The same in the configuration file</h2>
        <CopyBlock label="YAML of this server" text={entryYaml(withoutSecrets(entry), String(entry['id']))} />
        <p class="quiet small">
          Under <code>servers:</code>. Secrets are references to environment variables.
        </p>
      </aside>
    </Form>
  );
}

/** One that is made for it, else the first that needs nothing. */
function CanaryHint({ tools, onTake }: { tools: readonly Tool[]; onTake: (part: Partial<Draft>) => void }) {
  const named = (wanted: RegExp) => tools.find(({ name }) => wanted.test(name));
  const tool = (named(/^health_check$/) ?? named(/health|^ping/i) ?? tools[0])?.name ?? '';
  return (
    <p class="hint-line">
      Call one tool on every probe, and you learn when real work fails. Pick one that only reads.{' '}
      <button type="button" onClick={() => onTake({ canary: { kind: 'tool', tool, arguments: '' } })}>
        Call {tool}
      </button>
    </p>
  );
}

const WAYS = { interval: 'at an interval', cron: 'by a cron expression' } as const;

function EveryField({ every, onChange }: { every: Draft['every']; onChange: (every: Draft['every']) => void }) {
  const isCron = every.kind === 'cron';
  return (
    <div class="field-pair">
      <ChoiceField
        label="Probe"
        path="schedule"
        options={WAYS}
        chosen={every.kind}
        onChoose={(key) => onChange({ kind: key === 'cron' ? key : 'interval', text: '' })}
      />
      <TextField
        label={isCron ? 'Cron expression' : 'Interval'}
        path={every.kind}
        hint={isCron ? 'As in */5 * * * *' : 'As in 30s, 5m, 1h. Empty: the default.'}
        placeholder={isCron ? '*/5 * * * *' : '60s'}
        value={every.text}
        onInput={(text) => onChange({ ...every, text })}
      />
    </div>
  );
}
