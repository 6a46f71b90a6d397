import { type ComponentChildren, createContext } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import { asApiError } from '../api.ts';
import { useDashboard } from '../context.ts';
import { type Complaint, concerns } from './complaint.ts';
import { type Entry, type Json, withAt } from './entry.ts';
import { useGuard } from './guard.tsx';

/** Where to go once it is saved, and what to say then. */
export type Saved = readonly [to: string, words: string];

export interface FormState {
  /** What it was before anything was typed. */
  readonly stored: Entry;
  readonly draft: Entry;
  /** The draft as it is sent. */
  readonly entry: Entry;
  readonly complaints: readonly Complaint[];
  /** The paths of the fields that are shown. */
  readonly places: Set<string>;
  readonly busy: boolean;
  put(path: string, value: Json | undefined): void;
  /** Does something whose complaints belong to the fields, and to the one of `path` where they name none. */
  attempt(action: () => Promise<void>, path?: string): Promise<void>;
  save(action: () => Promise<Saved>): Promise<void>;
}

const Current = createContext<FormState | null>(null);

export function useFormState(): FormState {
  const form = useContext(Current);
  if (form === null) throw new Error('A field was rendered outside a form. Put it into Form.');
  return form;
}

/** An entry being typed. `begin`: where typing starts, if not at what is stored. Leaving it changed asks first. */
export function useForm(before: Entry, ready: (draft: Entry) => Entry, begin = before): FormState {
  const { router, say } = useDashboard();
  const [stored] = useState(before);
  const [draft, setDraft] = useState(begin);
  const [complaints, setComplaints] = useState<readonly Complaint[]>([]);
  const [busy, setBusy] = useState(false);
  const places = useRef(new Set<string>()).current;
  const entry = ready(draft);
  const free = useGuard(JSON.stringify(entry) !== JSON.stringify(ready(stored)));
  const attempt = async (action: () => Promise<void>, path = '') => {
    setComplaints([]);
    await action().then(
      () => setComplaints([]),
      (error: unknown) => {
        const { fields, message } = asApiError(error);
        setComplaints(fields.length > 0 ? fields : [{ path, message }]);
      },
    );
  };
  const save = async (action: () => Promise<Saved>) => {
    setBusy(true);
    await attempt(async () => {
      const [to, words] = await action();
      free();
      router.go(to);
      say(words);
    });
    setBusy(false);
  };
  const put = (path: string, value: Json | undefined) => setDraft((last) => withAt(last, path, value));
  return { stored, draft, entry, complaints, places, busy, put, attempt, save };
}

/** A form whose complaints stand at their fields; those of no field stand above. */
export function Form({
  form,
  label,
  kind = 'compact',
  onSave,
  children,
}: {
  form: FormState;
  label: string;
  kind?: string;
  onSave: () => Promise<Saved>;
  children: ComponentChildren;
}) {
  const element = useRef<HTMLFormElement>(null);
  const { complaints, places } = form;
  useEffect(() => element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(), [complaints]);
  // It opens within a page: there it is found by the focus.
  useEffect(() => {
    if (kind === 'compact') element.current?.querySelector<HTMLElement>('input:not([readonly]), select')?.focus();
  }, []);
  const unplaced = complaints.filter(({ path }) => ![...places].some((place) => concerns(path, place)));
  return (
    <Current.Provider value={form}>
      <form
        ref={element}
        class={kind}
        aria-label={label}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void form.save(onSave);
        }}
      >
        {unplaced.length > 0 && (
          <div class="notice-band bad" role="alert">
            {unplaced.map(({ path, message }) => (
              <p key={path + message}>
                {path !== '' && <code>{path}</code>} {message}
              </p>
            ))}
          </div>
        )}
        {children}
      </form>
    </Current.Provider>
  );
}

/** The way out of a form, and the ways out without it. */
export function FormButtons({
  kind = 'actions',
  save,
  cancel,
  children,
}: {
  kind?: string;
  save: string;
  cancel: string;
  children?: ComponentChildren;
}) {
  return (
    <div class={kind}>
      <button type="submit" class="primary" disabled={useFormState().busy}>
        {save}
      </button>
      {children}
      <a class="button plain-link" href={cancel}>
        Cancel
      </a>
    </div>
  );
}
