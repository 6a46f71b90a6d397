import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { asApiError } from '../load.ts';
import { type Complaint, concerns } from './complaint.ts';
import { Complaints } from './field.tsx';

/** A form whose complaints stand at their fields; those of no field stand above. `fields`: the paths it shows. */
export function Form({
  kind,
  label,
  fields,
  complaints,
  onSubmit,
  children,
}: {
  kind: string;
  label: string;
  fields: readonly string[];
  complaints: readonly Complaint[];
  onSubmit: () => Promise<void>;
  children: ComponentChildren;
}) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (complaints.length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [complaints]);
  const unplaced = complaints.filter(({ path }) => !fields.some((field) => concerns(path, field)));
  return (
    <Complaints.Provider value={complaints}>
      <form
        ref={form}
        class={kind}
        aria-label={label}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void onSubmit();
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
    </Complaints.Provider>
  );
}

/** What the monitor said against an entry, by field where it named fields. */
export function complaintsOf(error: unknown): readonly Complaint[] {
  const { fields, message } = asApiError(error);
  return fields.length > 0 ? fields : [{ path: '', message }];
}
