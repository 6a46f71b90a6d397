import { useState } from 'preact/hooks';
import type { Channel, ChannelTest } from '../../src/http/wire.ts';
import { asApiError } from '../api.ts';
import { useDashboard } from '../context.ts';
import { latency } from '../format.ts';
import { Do } from '../parts/do.tsx';
import { Manage } from '../parts/entries.tsx';
import { Mark } from '../parts/mark.tsx';
import { Row } from '../parts/rows.tsx';
import { channelPath } from '../paths.ts';
import { sourceWords } from '../words.ts';
import { AUDIENCES, CHANNEL } from './channel-form.tsx';
import { Faring, faring } from './faring.tsx';

export function ChannelRow({ channel, onChanged }: { channel: Channel; onChanged: () => void }) {
  const { api } = useDashboard();
  const [tested, setTested] = useState<Pick<ChannelTest, 'ok' | 'answer'> | null>(null);
  const { id, type, target } = channel;

  const test = async () => {
    setTested(null);
    try {
      const { ok, answer, ms } = await api.send<ChannelTest>('POST', `${channelPath(id)}/test`);
      setTested({ ok, answer: `${answer} (${latency(ms)})` });
    } catch (error) {
      setTested({ ok: false, answer: asApiError(error).message });
    }
    return '';
  };
  return (
    <Row
      {...faring(channel)}
      actions={
        <>
          <Do name="Send a test" busy="Sending …" act={test} />
          <Manage of={channel} kind={CHANNEL} query="edit" loss={loss} onDone={onChanged} />
        </>
      }
      after={
        <div class="row-after" role="status">
          {tested !== null && (
            <p>
              <Mark tone={tested.ok ? 'up' : 'down'} /> {tested.ok ? 'Accepted' : 'Not accepted'}:{' '}
              <span class="mono">{tested.answer}</span>
            </p>
          )}
        </div>
      }
    >
      <p>
        <b>{id}</b> {type} to <span class="mono">{target}</span>
      </p>
      <p class="quiet small">
        {audience(channel)} · {sourceWords(channel)} · <Faring of={channel} />
      </p>
    </Row>
  );
}

function loss({ target }: Channel): string {
  return `${target} is no longer told. What was sent stays in the incidents.`;
}

function audience({ severity, tags }: Channel): string {
  const which = AUDIENCES[severity ?? ''];
  return tags.length === 0 ? which : `${which}, for servers tagged ${tags.join(' or ')}`;
}
