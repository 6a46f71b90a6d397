import type { Channel } from '../../src/http/wire.ts';
import { wordsIn } from '../parts/entry.ts';
import { Field, useAnswer } from '../parts/field.tsx';

/** Without an answer: those that `defaults` names. */
export function ChannelsField({ channels }: { channels: readonly Channel[] }) {
  const [answer, put] = useAnswer('channels');
  const chosen = wordsIn(answer);
  const known = channels.map(({ id }) => id);
  const gone = chosen.filter((id) => !known.includes(id));
  const all = [...channels, ...gone.map((id) => ({ id, target: 'no longer there' }))];
  return (
    <Field group label="Tell" path="channels" hint="“Defaults” follows the channels named in the configuration file.">
      {(wiring) => (
        <div class="choices">
          <label>
            <input
              {...wiring}
              type="checkbox"
              checked={answer === undefined}
              onChange={(event) => put(event.currentTarget.checked ? undefined : [])}
            />
            Defaults
          </label>
          {all.map(({ id, target }) => (
            <label key={id}>
              <input
                type="checkbox"
                checked={chosen.includes(id)}
                onChange={(event) =>
                  put(event.currentTarget.checked ? [...chosen, id] : chosen.filter((other) => other !== id))
                }
              />
              {id} <span class="quiet">{target}</span>
            </label>
          ))}
        </div>
      )}
    </Field>
  );
}
