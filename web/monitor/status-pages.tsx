import type { StatusPage } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { idFrom } from '../edit/entry.ts';
import { Entries, EntryForm, type EntryFormProps } from '../parts/entries.tsx';
import { type Entry, text, wordsIn } from '../parts/entry.ts';
import { ServersField, TextField } from '../parts/fields.tsx';
import { Row } from '../parts/rows.tsx';
import { Snippets } from '../parts/snippets.tsx';
import { serverPath } from '../paths.ts';
import { sourceWords, whichServers } from '../words.ts';

const PAGE = { name: 'status page', path: '/status-pages', home: '/monitor' } as const;

/** Pages that everybody may see: which servers they show, and how to link to them. */
export function StatusPages() {
  return (
    <Entries<StatusPage>
      title="Status pages"
      kind={PAGE}
      query="page"
      none="None. A status page shows how your public servers stand to anybody, without a password."
      loss={({ url }) => `${url} is gone at once, its feeds too. Servers and their history stay.`}
      fields={PageForm}
      row={(page, actions) => {
        const isWhole = page.hidden.length === 0 && page.shown.length > 0;
        return (
          <Row
            key={page.id}
            tone={isWhole ? 'up' : 'degraded'}
            label={isWhole ? 'shows all it names' : 'does not show all it names'}
            actions={actions}
            after={<Share page={page} />}
          >
            <Words of={page} />
          </Row>
        );
      }}
    />
  );
}

function Words({ of: page }: { of: StatusPage }) {
  const { title, url, hidden, shown } = page;
  return (
    <>
      <p>
        <b>{title}</b> <a href={url}>{url}</a>
      </p>
      <p class="small">for {whichServers(page, 'all public servers')}</p>
      {shown.length === 0 && hidden.length === 0 && (
        <p class="small tone-degraded">No server is on it: none is public. Tick “Public” in the form of a server.</p>
      )}
      {hidden.length > 0 && (
        <p class="small tone-degraded">
          Not on it, because not public:{' '}
          {hidden.map((id, index) => (
            <span key={id}>
              {index > 0 && ', '}
              <a href={`${serverPath(id)}/edit`}>{id}</a>
            </span>
          ))}
        </p>
      )}
      <p class="quiet small">{sourceWords(page)}</p>
    </>
  );
}

/** Where else the page can be read, and badges of what it shows. */
function Share({ page: { url, shown } }: { page: StatusPage }) {
  return (
    <details class="row-after">
      <summary>Feeds, badges and embeds</summary>
      <p>
        <a href={`${url}/feed.atom`}>Atom</a> · <a href={`${url}/feed.rss`}>RSS</a> · <a href={`${url}.json`}>JSON</a>
      </p>
      {shown.length > 0 && <Snippets url={url} servers={shown} />}
    </details>
  );
}

/** `begin`: the servers of a new one. */
function PageForm({ before, begin, onDone }: EntryFormProps<StatusPage>) {
  const { fleet } = useDashboard();
  return (
    <EntryForm
      before={before}
      begin={begin === '' ? {} : { servers: begin }}
      ready={entryOf}
      kind={PAGE}
      onDone={onDone}
    >
      {({ entry }) => (
        <>
          <TextField label="Title" path="title" placeholder="Status" />
          <TextField
            label="Id"
            path="id"
            hint={`The page is at ${location.origin}/status/${text(entry['id'])}${before === null ? '' : ' for good'}.`}
            placeholder={text(entry['id'])}
            readOnly={before !== null}
          />
          <ServersField hint="Their ids, in the order of the page. Only those that are public are shown." />
          <TextField
            label="Groups by tag"
            path="tags"
            hint="Each tag is a group under its name. No servers and no tags: all public servers."
            among={[...new Set((fleet.rows.value ?? []).flatMap(({ tags }) => tags))]}
          />
          <TextField label="Notes" path="notes" rows={4} hint="Plain text above the servers." />
        </>
      )}
    </EntryForm>
  );
}

function entryOf({ id, servers, tags, ...more }: Entry): Entry {
  const [named, tagged] = [wordsIn(servers), wordsIn(tags)];
  return {
    id: text(id) || idFrom(text(more['title'])) || 'main',
    ...more,
    ...(named.length > 0 && { servers: named }),
    ...(tagged.length > 0 && { tags: tagged }),
  };
}
