import { useState } from 'preact/hooks';
import type { Incident } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { asApiError } from '../load.ts';
import { Ago } from '../parts/time.tsx';

/** Says that someone is on it. The note is for those who look next. */
export function Acknowledgement({ incident, onDone }: { incident: Incident; onDone: () => void }) {
  const { api, fleet, say } = useDashboard();
  const [note, setNote] = useState('');
  const [error, setError] = useState<string | null>(null);
  const { acknowledged, state } = incident;
  if (acknowledged !== null) {
    return (
      <p class="notice-band good">
        <span>
          Acknowledged <Ago at={acknowledged.at} />
          {acknowledged.note !== null && <>: “{acknowledged.note}”</>}
        </span>
      </p>
    );
  }
  if (state === 'resolved') return null;
  const acknowledge = async () => {
    try {
      const path = `/incidents/${encodeURIComponent(incident.id)}/acknowledge`;
      fleet.merge(await api.send<Incident>('POST', path, note.trim() === '' ? {} : { note: note.trim() }));
      say('Acknowledged.');
      onDone();
    } catch (reason) {
      setError(asApiError(reason).message);
    }
  };
  return (
    <form
      class="acknowledge"
      onSubmit={(event) => {
        event.preventDefault();
        void acknowledge();
      }}
    >
      <label>
        <span>Note (optional)</span>
        <input
          value={note}
          maxLength={500}
          placeholder="Who looks at it, what is tried"
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="primary">
        Acknowledge
      </button>
      {error !== null && (
        <p class="field-error" role="alert">
          Not acknowledged. {error}
        </p>
      )}
    </form>
  );
}
