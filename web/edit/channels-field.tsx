import type { Channel } from '../../src/http/wire.ts';
import { wordsIn } from '../parts/entry.ts';
import { Field, useAnswer } from '../parts/field.tsx';
import { Tick } from '../parts/fields.tsx';

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
          <Tick wiring={wiring} on={answer === undefined} onTick={(on) => put(on ? undefined : [])}>
            Defaults
          </Tick>
          {all.map(({ id, target }) => (
            <Tick
              key={id}
              on={chosen.includes(id)}
              onTick={(on) => put(on ? [...chosen, id] : chosen.filter((other) => other !== id))}
            >
              {id} <span class="quiet">{target}</span>
            </Tick>
          ))}
        </div>
      )}
    </Field>
  );
}
