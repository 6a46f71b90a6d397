import { useState } from 'preact/hooks';
import type { Channel, ChannelTest, Delivery } from '../../src/http/wire.ts';
import { useAction } from '../action.ts';
import { useDashboard } from '../context.ts';
import { latency } from '../format.ts';
import { noticeTone, noticeWords } from '../incidents/notices.tsx';
import { asApiError } from '../load.ts';
import { Mark } from '../parts/mark.tsx';
import { Ago } from '../parts/time.tsx';
import { channelPath } from '../paths.ts';

type Tested =
  | { readonly kind: 'no' }
  | { readonly kind: 'running' }
  | { readonly kind: 'answer'; readonly ok: boolean; readonly words: string };

export function ChannelRow({
  channel,
  last,
  onChanged,
}: {
  channel: Channel;
  last: Delivery | null;
  onChanged: () => void;
}) {
  const { api, ask, fleet } = useDashboard();
  const { run } = useAction();
  const [tested, setTested] = useState<Tested>({ kind: 'no' });
  const path = channelPath(channel.id);

  const test = async () => {
    setTested({ kind: 'running' });
    try {
      const { ok, answer, ms } = await api.send<ChannelTest>('POST', `${path}/test`);
      setTested({ kind: 'answer', ok, words: `${answer} (${latency(ms)})` });
    } catch (error) {
      setTested({ kind: 'answer', ok: false, words: asApiError(error).message });
    }
  };
  const remove = async () => {
    const sure = await ask({
      title: `Delete ${channel.id}?`,
      body: <p>{channel.target} is no longer told. What was sent stays in the incidents.</p>,
      yes: 'Delete channel',
      dangerous: true,
    });
    if (!sure) return;
    await run('Delete', async () => {
      await api.send('DELETE', path);
      onChanged();
      fleet.reload();
      return `${channel.id} is deleted.`;
    });
  };

  return (
    <li>
      <Mark
        tone={last === null ? 'unknown' : noticeTone(last.status)}
        label={last === null ? 'nothing sent yet' : last.status}
      />
      <div>
        <p>
          <b>{channel.id}</b> {channel.type} to <span class="mono">{channel.target}</span>
        </p>
        <p class="quiet small">
          {audience(channel)} · {channel.source === 'config' ? 'from the configuration file' : 'added here'} ·{' '}
          {last === null ? (
            'nothing sent yet'
          ) : (
            <>
              last notice {noticeWords(last.status)} <Ago at={last.tries.at(-1)?.at ?? last.at} />
            </>
          )}
        </p>
      </div>
      <div class="actions">
        <button type="button" disabled={tested.kind === 'running'} onClick={test}>
          {tested.kind === 'running' ? 'Sending …' : 'Send a test'}
        </button>
        {channel.source === 'ui' && (
          <>
            <a class="button" href={`/channels?edit=${encodeURIComponent(channel.id)}`}>
              Edit
            </a>
            <button type="button" onClick={remove}>
              Delete
            </button>
          </>
        )}
      </div>
      <div class="channel-answer" role="status">
        {tested.kind === 'answer' && (
          <p>
            <Mark tone={tested.ok ? 'up' : 'down'} /> {tested.ok ? 'Accepted' : 'Not accepted'}:{' '}
            <span class="mono">{tested.words}</span>
          </p>
        )}
      </div>
    </li>
  );
}

function audience({ severity, tags }: Channel): string {
  const which = severity === null ? 'everything' : severity === 'critical' ? 'only critical' : `${severity} and worse`;
  return tags.length === 0 ? which : `${which}, for servers tagged ${tags.join(' or ')}`;
}
