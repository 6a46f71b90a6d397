/** Values as they stand in an entry of the configuration file. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** A name for the environment variable that a secret, which the API never gives out, is read from. */
function variable(path: readonly string[]): string {
  return path
    .join('_')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_');
}

/** One server or channel as an item of its list in the YAML file; a secret becomes a reference to the environment. */
export function entryYaml(entry: { readonly [key: string]: Plain }, id: string): string {
  const lines = mapLines(entry, [id]);
  return lines.map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`)).join('\n');
}

function mapLines(map: { readonly [key: string]: Plain }, path: readonly string[]): string[] {
  return Object.entries(map).flatMap(([key, value]) => entryLines(key, value, [...path, key]));
}

function entryLines(key: string, value: Plain, path: readonly string[]): string[] {
  const name = scalar(key);
  if (isSecret(value)) return [`${name}: "\${${variable(path)}}"`];
  if (!isMap(value) && !Array.isArray(value)) return [`${name}: ${scalar(value)}`];
  const flat = flow(value, path);
  if (flat.length <= 90) return [`${name}: ${flat}`];
  const inner = Array.isArray(value)
    ? value.map((item, index) => `- ${flow(item, [...path, String(index)])}`)
    : isMap(value)
      ? mapLines(value, path)
      : [];
  return [`${name}:`, ...inner.map((line) => `  ${line}`)];
}

function flow(value: Plain, path: readonly string[]): string {
  if (isSecret(value)) return `"\${${variable(path)}}"`;
  if (Array.isArray(value))
    return `[${value.map((item: Plain, index) => flow(item, [...path, String(index)])).join(', ')}]`;
  if (!isMap(value)) return scalar(value);
  const pairs = Object.entries(value).map(([key, item]) => `${scalar(key)}: ${flow(item, [...path, key])}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

function isMap(value: Plain): value is { readonly [key: string]: Plain } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSecret(value: Plain): boolean {
  return isMap(value) && value['set'] === true && Object.keys(value).length === 1;
}

/** Plain where YAML cannot take it for anything else, in a block or between brackets; else JSON's quotes, which YAML reads alike. */
function scalar(value: null | boolean | number | string | readonly Plain[]): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const plain =
    /^[A-Za-z][A-Za-z0-9_ ./@+-]*(:\/\/[A-Za-z0-9_./@+:-]*)?$/.test(value) || /^\d+(\.\d+)?(ms|s|m|h|d)$/.test(value);
  const taken = /^(true|false|null|yes|no|on|off|y|n|~)$/i.test(value) || value.endsWith(' ') || value.endsWith(':');
  return plain && !taken ? value : JSON.stringify(value);
}
