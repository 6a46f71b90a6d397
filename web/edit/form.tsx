import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Channel, ServerDetail } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { asApiError } from '../load.ts';
import { CopyBlock } from '../parts/copy.tsx';
import { Complaints, concerns, Field } from '../parts/field.tsx';
import { entryYaml } from '../yaml.ts';
import { AuthField } from './auth-field.tsx';
import { CanaryField } from './canary-field.tsx';
import { ChannelsField } from './channels-field.tsx';
import { type Draft, draftOf, EMPTY, type Entry, idFrom } from './draft.ts';
import { entryOf, type Mistake, mistakesOf, patchOf, withoutSecrets } from './entry.ts';
import { useGuard } from './guard.tsx';
import { HeadersField } from './headers-field.tsx';
import { TestRun, useTestRun } from './test-run.tsx';
import { UrlField } from './url-field.tsx';

/** Adds a server, or changes one that was added in the browser (`before`: its entry, secrets hidden). */
export function ServerForm({ before, channels }: { before: Entry | null; channels: readonly Channel[] }) {
  const stored = useMemo(() => (before === null ? EMPTY : draftOf(before)), [before]);
  const [draft, setDraft] = useState<Draft>(stored);
  const [mistakes, setMistakes] = useState<readonly Mistake[]>([]);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const { run, start } = useTestRun();
  const { api, router, say } = useDashboard();
  const change = (part: Partial<Draft>) => setDraft((last) => ({ ...last, ...part }));
  const entry = entryOf(draft, before);
  const free = useGuard(JSON.stringify(draft) !== JSON.stringify(stored));
  useFirstMistake(form.current, mistakes);

  const attempt = async (action: () => Promise<void>) => {
    const own = mistakesOf(draft);
    setMistakes(own);
    if (own.length > 0) return;
    setBusy(true);
    try {
      await action();
    } catch (error) {
      const { fields, message } = asApiError(error);
      setMistakes(fields.length > 0 ? fields : [{ path: '', message }]);
    }
    setBusy(false);
  };
  const save = () =>
    attempt(async () => {
      const server =
        before === null
          ? await api.send<ServerDetail>('POST', '/servers', entry)
          : await api.send<ServerDetail>('PATCH', `/servers/${encodeURIComponent(draft.id)}`, patchOf(before, entry));
      free();
      router.go(`/servers/${encodeURIComponent(server.id)}`);
      say(before === null ? `${server.name} is watched from now on.` : `${server.name} is saved and probed again.`);
    });
  const test = () => attempt(() => start(before === null ? entry : { ...patchOf(before, entry), id: draft.id }));
  const unplaced = mistakes.filter(({ path }) => !isPlaced(path));

  return (
    <Complaints.Provider value={mistakes}>
      <form
        ref={form}
        class="editor"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <div class="editor-fields">
          {unplaced.length > 0 && (
            <div class="notice-band bad" role="alert">
              {unplaced.map(({ path, message }) => (
                <p key={path + message}>
                  {path !== '' && <code>{path}</code>} {message}
                </p>
              ))}
            </div>
          )}
          <UrlField draft={draft} isNew={before === null} onChange={change} />
          <div class="editor-bar">
            <button type="submit" class="primary" disabled={busy}>
              {before === null ? 'Save and watch' : 'Save'}
            </button>
            <button type="button" disabled={run.kind === 'running'} onClick={() => void test()}>
              {run.kind === 'running' ? 'Testing …' : 'Test'}
            </button>
            <a class="button plain-link" href={before === null ? '/' : `/servers/${encodeURIComponent(draft.id)}`}>
              Cancel
            </a>
          </div>
          <TestRun run={run} />
          {run.probe?.tool_count != null && run.probe.tool_count > 0 && draft.canary.kind === 'none' && (
            <p class="hint-line">
              Call one tool on every probe, and you learn when real work fails. Many servers have one for this.{' '}
              <button
                type="button"
                onClick={() => change({ canary: { kind: 'tool', tool: 'health_check', arguments: '' } })}
              >
                Call health_check
              </button>
            </p>
          )}
          <div class="field-pair">
            <Field label="Name" path="name">
              {(wiring) => (
                <input
                  {...wiring}
                  value={draft.name}
                  placeholder={entry['id'] === '' ? 'Orders MCP' : String(entry['id'])}
                  onInput={(event) => change({ name: event.currentTarget.value })}
                />
              )}
            </Field>
            <Field
              label="Id"
              path="id"
              hint={before === null ? 'Stays for good: the history hangs on it.' : 'Cannot be changed.'}
            >
              {(wiring) => (
                <input
                  {...wiring}
                  spellcheck={false}
                  readOnly={before !== null}
                  value={draft.id}
                  placeholder={idFrom(draft.name || draft.url) || 'orders'}
                  onInput={(event) => change({ id: event.currentTarget.value })}
                />
              )}
            </Field>
          </div>
          <CanaryField canary={draft.canary} onChange={(canary) => change({ canary })} />
          <Field
            label="Health URL"
            path="health_url"
            hint="Where the server says itself whether it is ready. Any 2xx is good."
          >
            {(wiring) => (
              <input
                {...wiring}
                class="wide"
                inputMode="url"
                spellcheck={false}
                placeholder="https://orders.example.com/ready"
                value={draft.healthUrl}
                onInput={(event) => change({ healthUrl: event.currentTarget.value.trim() })}
              />
            )}
          </Field>
          <AuthField auth={draft.auth} stored={stored.auth} onChange={(auth) => change({ auth })} />
          <HeadersField headers={draft.headers} onChange={(headers) => change({ headers })} />
          <EveryField every={draft.every} onChange={(every) => change({ every })} />
          <ChannelsField
            channels={channels}
            chosen={draft.channels}
            onChange={(chosen) => change({ channels: chosen })}
          />
          <Field label="Tags" path="tags" hint="Words to filter by, separated by commas.">
            {(wiring) => (
              <input
                {...wiring}
                class="wide"
                placeholder="prod, postgres"
                value={draft.tags}
                onInput={(event) => change({ tags: event.currentTarget.value })}
              />
            )}
          </Field>
        </div>
        <aside class="editor-yaml" aria-label="The same as YAML">
          <h2>The same in the configuration file</h2>
          <CopyBlock label="YAML of this server" text={entryYaml(withoutSecrets(entry), String(entry['id']))} />
          <p class="quiet small">
            Under <code>servers:</code>. Secrets are references to environment variables.
          </p>
        </aside>
      </form>
    </Complaints.Provider>
  );
}

const FIELDS = [
  'url',
  'name',
  'id',
  'canary.tool',
  'canary.arguments',
  'canary.resource',
  'health_url',
  'auth.token',
  'auth.username',
  'auth.password',
  'headers',
  'interval',
  'cron',
  'channels',
  'tags',
];

/** Whether some field shows what is said about `path`; the rest is said above the form. */
function isPlaced(path: string): boolean {
  return path === 'canary' || path === 'auth' || FIELDS.some((field) => concerns(path, field, false));
}

function EveryField({ every, onChange }: { every: Draft['every']; onChange: (every: Draft['every']) => void }) {
  const isCron = every.kind === 'cron';
  return (
    <div class="field-pair">
      <Field label="Probe" path="schedule">
        {(wiring) => (
          <select
            {...wiring}
            value={every.kind}
            onChange={(event) =>
              onChange({ kind: event.currentTarget.value === 'cron' ? 'cron' : 'interval', text: '' })
            }
          >
            <option value="interval">at an interval</option>
            <option value="cron">by a cron expression</option>
          </select>
        )}
      </Field>
      <Field
        label={isCron ? 'Cron expression' : 'Interval'}
        path={every.kind}
        hint={isCron ? 'As in */5 * * * *' : 'As in 30s, 5m, 1h. Empty: the default.'}
      >
        {(wiring) => (
          <input
            {...wiring}
            spellcheck={false}
            placeholder={isCron ? '*/5 * * * *' : '60s'}
            value={every.text}
            onInput={(event) => onChange({ ...every, text: event.currentTarget.value })}
          />
        )}
      </Field>
    </div>
  );
}

/** Moves to the first field with a complaint. */
function useFirstMistake(form: HTMLFormElement | null, mistakes: readonly Mistake[]): void {
  useEffect(() => {
    if (mistakes.length > 0) form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [form, mistakes]);
}
