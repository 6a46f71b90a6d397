import type { ComponentChildren, VNode } from 'preact';
import { useDashboard } from '../context.ts';
import { useAll } from '../load.ts';
import { AddLink } from './add-link.tsx';
import { Do } from './do.tsx';
import { type Entry, patchOf } from './entry.ts';
import { useFollow } from './follow.ts';
import { Form, FormButtons, type FormState, useForm } from './form.tsx';
import { useReturn } from './return.ts';
import { Section } from './section.tsx';
import { Shown } from './states.tsx';

/** What is in the configuration file, or was made in the browser and can be changed there. */
export interface Listed {
  readonly id: string;
  readonly source: 'config' | 'ui';
  readonly config: Entry;
}

export interface EntryFormProps<T> {
  /** null: a new one. */
  readonly before: T | null;
  /** What the address says about a new one. */
  readonly begin: string;
  readonly onDone: () => void;
}

/** Where entries of one kind are. */
interface Kind {
  /** As in "Add window". */
  readonly name: string;
  /** In the API. */
  readonly path: string;
  /** The page that shows them. */
  readonly home: string;
}

/** A list of a page that lists several; one is added or edited in it, as the address says. */
export function Entries<T extends Listed>({
  title,
  kind,
  query,
  none,
  loss,
  fields: Fields,
  row,
}: {
  title: string;
  kind: Kind;
  /** `?page=` adds one, `?edit-page=main` edits that one. */
  query: string;
  none: string;
  loss: (item: T) => string;
  fields: (props: EntryFormProps<T>) => VNode;
  row: (item: T, actions: VNode | null) => VNode;
}) {
  const asked = useDashboard().router.place.value.query;
  const list = useAll<T>(kind.path);
  useFollow(kind.path, (event) => event.kind !== 'incident', list.reload);
  const begin = asked.get(query);
  const add = <AddLink href={`${kind.home}?${query}=`} what={kind.name} of={kind.path} />;
  return (
    <Section title={title} beside={add}>
      {begin !== null && <Fields before={null} begin={begin} onDone={list.reload} />}
      <Shown of={list} what={`The ${title.toLowerCase()}`} lines={[50, 50]}>
        {(items) => (
          <>
            {items.length === 0 && <p class="quiet">{none}</p>}
            <ul class="rows">
              {items.map((item) =>
                item.source === 'ui' && item.id === asked.get(`edit-${query}`) ? (
                  <li key={item.id}>
                    <Fields before={item} begin="" onDone={list.reload} />
                  </li>
                ) : (
                  row(item, <Manage of={item} kind={kind} query={`edit-${query}`} loss={loss} onDone={list.reload} />)
                ),
              )}
            </ul>
          </>
        )}
      </Shown>
    </Section>
  );
}

/** Changes or deletes what was made in the browser. */
export function Manage<T extends Listed>({
  of,
  kind: { name, path, home },
  query,
  loss,
  onDone,
}: {
  of: T;
  kind: Kind;
  query: string;
  loss: (item: T) => string;
  onDone: () => void;
}) {
  const { api, fleet } = useDashboard();
  const id = encodeURIComponent(of.id);
  const edit = useReturn(`${path}/${id}`);
  if (of.source === 'config') return null;
  const remove = async () => {
    await api.send('DELETE', `${path}/${id}`);
    onDone();
    fleet.reload();
    return `${of.id} is deleted.`;
  };
  const body = <p>{loss(of)}</p>;
  const first = { title: `Delete ${of.id}?`, body, yes: `Delete ${name}`, dangerous: true };
  return (
    <>
      <a ref={edit} class="button" href={`${home}?${query}=${id}`}>
        Edit
      </a>
      <Do name="Delete" first={first} act={remove} />
    </>
  );
}

/** The form of an entry. `begin`: how a new one begins; `told`: what is said beside that it is added. */
export function EntryForm({
  before,
  begin,
  ready,
  kind: { name, path, home },
  told = '',
  onDone,
  children,
}: {
  before: Listed | null;
  begin: Entry;
  ready: (draft: Entry) => Entry;
  kind: Kind;
  told?: string;
  onDone: () => void;
  children: (form: FormState) => ComponentChildren;
}) {
  const { api, fleet } = useDashboard();
  const config = before === null ? begin : { ...before.config, id: before.id };
  const form = useForm(config, ready);
  const title = before === null ? `Add a ${name}` : `Edit ${before.id}`;
  const rowPath = ({ id }: Pick<Listed, 'id'>) => `${path}/${encodeURIComponent(id)}`;
  const save = async () => {
    const { id } =
      before === null
        ? await api.send<Listed>('POST', path, form.entry)
        : await api.send<Listed>('PATCH', rowPath(before), patchOf(config, form.entry));
    fleet.reload();
    onDone();
    return [
      `${home}#${rowPath({ id })}`,
      `The ${name} is ${before === null ? 'added' : 'saved'}.${before === null ? told : ''}`,
    ] as const;
  };
  return (
    <Form form={form} label={title} onSave={save}>
      <h2>{title}</h2>
      {children(form)}
      <FormButtons save="Save" cancel={`${home}#${before === null ? path : rowPath(before)}`} />
    </Form>
  );
}
