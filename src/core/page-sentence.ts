/** The one sentence at the top of a status page. `down` and `degraded` are the names of those servers. */
export function pageSentence(down: readonly string[], degraded: readonly string[], all: number, known: number): string {
  if (all === 0) return 'No server is shown here yet.';
  if (down.length > 0) return `${listed(down)} ${down.length === 1 ? 'does' : 'do'} not work at the moment.`;
  if (degraded.length > 0) return `${listed(degraded)} ${degraded.length === 1 ? 'works' : 'work'} with trouble.`;
  if (known === 0) return 'Nothing is known at the moment.';
  return all === 1 ? 'Everything works.' : `All ${known === all ? all : `${known} known`} servers work.`;
}

const NAMED = 3;

function listed(names: readonly string[]): string {
  if (names.length > NAMED) return `${names.slice(0, NAMED).join(', ')} and ${names.length - NAMED} more`;
  const [last, ...rest] = names.toReversed();
  return rest.length === 0 ? (last ?? '') : `${rest.reverse().join(', ')} and ${last}`;
}
