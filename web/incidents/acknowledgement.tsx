import { useState } from 'preact/hooks';
import type { Incident } from '../../src/http/wire.ts';
import { useAction } from '../action.ts';
import { useDashboard } from '../context.ts';
import { Ago } from '../parts/time.tsx';
import { incidentPath } from '../paths.ts';

/** Says that someone is on it. The note is for those who look next. */
export function Acknowledgement({ incident, onDone }: { incident: Incident; onDone: () => void }) {
  const { api, fleet } = useDashboard();
  const { busy, run } = useAction();
  const [note, setNote] = useState('');
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
  const acknowledge = () =>
    run('Acknowledge', async () => {
      const body = note.trim() === '' ? {} : { note: note.trim() };
      fleet.merge(await api.send<Incident>('POST', `${incidentPath(incident.id)}/acknowledge`, body));
      onDone();
      return 'Acknowledged.';
    });
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
      <button type="submit" class="primary" disabled={busy !== null}>
        Acknowledge
      </button>
    </form>
  );
}
