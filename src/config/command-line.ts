import type { Entry } from '../core/entries.ts';

/** A word of a shell: bare, with escapes, and with quoted parts. */
const WORD = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*(?:"|$)|'[^']*(?:'|$))+/gs;
const ASSIGNED = /^([A-Za-z_]\w*)=(.*)$/s;
const PROGRAM = /^[\w@.~/\\:+-]+$/;

/**
 * A command as a person types it into a shell (`TOKEN=x npx -y some-server`) as an entry; null where the text is
 * something else. Nothing is expanded, and a pipe or a `;` is a word like any other.
 */
export function commandLine(text: string): Entry | null {
  const line = text.trim().replace(/\\\r?\n/g, ' ');
  if (/\n|^- |: |:$|^[{["']|^\w+:\/\//.test(line)) return null;
  const words = (line.match(WORD) ?? []).map(unquoted);
  const start = words.findIndex((word) => !ASSIGNED.test(word));
  const command = start < 0 ? [] : words.slice(start);
  const [program] = command;
  if (program === undefined || !PROGRAM.test(program)) return null;
  const env = words.slice(0, start).map((word) => [ASSIGNED.exec(word)?.[1] ?? '', ASSIGNED.exec(word)?.[2] ?? '']);
  return { name: nameOf(command), command, ...(env.length > 0 && { env: Object.fromEntries(env) }) };
}

function unquoted(word: string): string {
  return word.replace(/"((?:[^"\\]|\\.)*)(?:"|$)|'([^']*)(?:'|$)|\\(.)/gs, (_, double, single, escaped) =>
    double === undefined ? (single ?? escaped) : double.replace(/\\(.)/gs, '$1'),
  );
}

/** After what is run: `npx -y @acme/orders@2` is `orders`. */
function nameOf([program = '', ...words]: readonly string[]): string {
  const what = words.find((word) => !word.startsWith('-')) ?? program;
  const [name] = (what.split(/[/\\]/).findLast((part) => part !== '') ?? '').split('@');
  return name || what;
}
