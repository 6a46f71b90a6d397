import type { ServerRow } from '../../src/http/wire.ts';
import { useAction } from '../action.ts';
import { asApiError } from '../api.ts';
import { useDashboard } from '../context.ts';
import { counted } from '../format.ts';
import { Options } from '../parts/options.tsx';
import { serverPath } from '../paths.ts';

const WAYS = { pause: 'Pause', resume: 'Resume', tag: 'Tag' } as const;

/** Does one thing with every server that the filters show. */
export function Bulk({ rows }: { rows: readonly ServerRow[] }) {
  const { api, ask, fleet } = useDashboard();
  const { busy, run } = useAction();
  const many = counted(rows.length, 'server');

  const start = async (way: keyof typeof WAYS) => {
    let tag = '';
    const yes = `${WAYS[way]} ${many}`;
    const body = (
      <>
        <p>
          {rows
            .slice(0, 5)
            .map(({ name }) => name)
            .join(', ')}
          {rows.length > 5 && ` and ${rows.length - 5} more`}
        </p>
        {way === 'tag' && (
          <input
            aria-label="Tag"
            placeholder="prod"
            onInput={(event) => {
              tag = event.currentTarget.value.trim();
            }}
          />
        )}
      </>
    );
    if (!(await ask({ title: `${yes}?`, body, yes })) || (way === 'tag' && tag === '')) return;
    await run(WAYS[way], async () => {
      const refusals: string[] = [];
      for (const { id, tags } of rows) {
        const asked =
          way === 'tag'
            ? api.send('PATCH', serverPath(id), { tags: [...new Set([...tags, tag])] })
            : api.send('POST', `${serverPath(id)}/${way}`, {});
        await asked.catch((error: unknown) => refusals.push(asApiError(error).message));
      }
      fleet.reload();
      const done = `${WAYS[way]}: ${rows.length - refusals.length} of ${many} done.`;
      return refusals.length === 0 ? done : `${done} ${refusals[0]}`;
    });
  };

  return (
    <select
      aria-label={`With the ${many} shown`}
      disabled={busy !== null || rows.length === 0}
      value=""
      onChange={(event) => {
        const way = event.currentTarget.value;
        event.currentTarget.value = '';
        if (way === 'pause' || way === 'resume' || way === 'tag') void start(way);
      }}
    >
      <option value="">{busy === null ? `with all ${rows.length} …` : `${busy} …`}</option>
      <Options of={WAYS} />
    </select>
  );
}
