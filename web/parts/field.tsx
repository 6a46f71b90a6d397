import type { ComponentChildren } from 'preact';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

interface Complaint {
  readonly path: string;
  readonly message: string;
}

/** What was said against the form's fields, by the paths of the entry. */
export const Complaints = createContext<readonly Complaint[]>([]);

interface Wiring {
  readonly id: string;
  readonly 'aria-invalid'?: 'true';
  readonly 'aria-describedby'?: string;
}

interface FieldProps {
  readonly label: string;
  /** The path in the entry; also what complaints name. `canary` takes `canary.tool`, too, unless `exactly`. */
  readonly path: string;
  readonly exactly?: boolean;
  readonly hint?: ComponentChildren;
  readonly children: (wiring: Wiring) => ComponentChildren;
}

/** A label, its control, a hint, and what is wrong with it, tied together for those who cannot see. */
export function Field({ label, path, exactly = false, hint, children }: FieldProps) {
  const complaints = useContext(Complaints).filter((complaint) => concerns(complaint.path, path, exactly));
  const id = `field-${path.replace(/[^\w]+/g, '-')}`;
  const described = [hint === undefined ? '' : `${id}-hint`, complaints.length === 0 ? '' : `${id}-error`].filter(
    Boolean,
  );
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        ...(complaints.length === 0 ? {} : { 'aria-invalid': 'true' as const }),
        ...(described.length === 0 ? {} : { 'aria-describedby': described.join(' ') }),
      })}
      {complaints.length > 0 && (
        <p class="field-error" id={`${id}-error`}>
          {complaints.map(({ message }) => message).join(' ')}
        </p>
      )}
      {hint !== undefined && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

export function concerns(complaint: string, path: string, exactly: boolean): boolean {
  return complaint === path || (!exactly && complaint.startsWith(`${path}.`));
}
