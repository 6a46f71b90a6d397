/** `` `a`, `b` or `c` `` */
export function list(words: readonly unknown[]): string {
  const quoted = words.map((word) => (word === '' ? '`""`' : `\`${String(word)}\``));
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}
