import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  Parser,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import type { Json } from '../core/json.ts';
import type { Path, Place, PlacedMistake } from './config.ts';
import { syntaxMistakes, tagMistakes } from './yaml-mistakes.ts';

/** Deeper or larger files are no configuration but an attack or an accident (aliases that multiply themselves). */
const MAX_DEPTH = 64;
const MAX_NODES = 500_000;
/** Characters; 3,000 servers take about one million. */
export const MAX_FILE = 8 * 1024 * 1024;

/** What a YAML text says. `value` is undefined where the text cannot be read at all; `mistakes` then say why. */
export interface YamlText {
  readonly value: Json | undefined;
  readonly mistakes: readonly PlacedMistake[];
  /** Where the value at `path`, its key, or else the nearest thing around it stands. */
  place(path: Path, at: 'key' | 'value'): Place;
}

/** Reads one YAML 1.2 document as JSON, `maxNodes` values at most. Never throws: what is wrong is a mistake. */
export function readYaml(text: string, maxNodes = MAX_NODES): YamlText {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    stringKeys: true,
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    logLevel: 'error',
  });
  const placeAt = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const { mistakes: syntax, readable } = syntaxMistakes(text, document, placeAt);
  const anchors = new Map<string, Node>();
  const found: { offset: number; path: Path; message: string }[] = [];
  const complain: Complain = (node, path, message) => found.push({ offset: start(node), path, message });
  const reader = createReader(anchors, complain, maxNodes);
  const value = readable ? reader(document.contents) : undefined;
  return {
    value: found.some(({ message }) => message === TOO_MUCH || message === TOO_DEEP) ? undefined : value,
    mistakes: [
      ...syntax,
      ...tagMistakes(document.warnings, placeAt),
      ...found.map(({ offset, path, message }) => ({ ...placeAt(offset), path, message })),
    ],
    place: (path, at) => placeAt(offsetOf(document.contents, path, at, anchors)),
  };
}

/**
 * Whether a text of strangers nests so deep that reading it would end the process: the parser goes down by recursion,
 * and a regular expression compiled near the end of the stack is fatal to V8. Its tokens are taken one after the other.
 */
export function isTooDeep(text: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme));
    if (parser.stack.length > MAX_DEPTH) return true;
  }
  return false;
}

const TOO_MUCH = 'the aliases (`*name`) of this file unfold into too much; write the values out.';
const TOO_DEEP = `this is nested deeper than ${MAX_DEPTH} levels, or contains itself.`;

function unknownAlias(name: string): string {
  return `there is no \`&${name}\` before this \`*${name}\`; put text that starts with * in quotes.`;
}

type Complain = (node: Node, path: Path, message: string) => void;

/** Turns nodes into JSON, with a budget over the whole document so that aliases cannot multiply without end. */
function createReader(anchors: Map<string, Node>, complain: Complain, maxNodes: number): (root: Node | null) => Json {
  let budget = maxNodes;
  // Where the node being read is: one list for all of them, as a copy for each takes longer than reading it.
  const path: (string | number)[] = [];
  const complainOf = (node: Node, message: string): void => complain(node, [...path], message);
  const read = (node: Node | null, depth: number): Json => {
    if (node === null || !isWithinBudget(node, depth)) return null;
    if (isAlias(node)) return read(follow(node), depth + 1);
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isSeq(node)) return node.items.map((item, index) => readInner(item, index, depth));
    if (isMap(node)) return readMap(node, depth);
    return isScalar(node) ? readScalar(node, node.value, complainOf) : null;
  };
  const readInner = (item: unknown, step: string | number, depth: number): Json => {
    path.push(step);
    const value = read(asNode(item), depth + 1);
    path.pop();
    return value;
  };
  const follow = (alias: Alias): Node | null => {
    const target = anchors.get(alias.source) ?? null;
    if (target === null) complainOf(alias, unknownAlias(alias.source));
    return target;
  };
  const isWithinBudget = (node: Node, depth: number): boolean => {
    budget -= 1;
    if (budget === 0) complainOf(node, TOO_MUCH);
    if (budget <= 0 || depth <= MAX_DEPTH) return budget > 0;
    complainOf(node, TOO_DEEP);
    budget = 0;
    return false;
  };
  const readMap = (node: YAMLMap, depth: number): Json =>
    // fromEntries defines its keys, so `__proto__` is a key like any other.
    Object.fromEntries(
      node.items.map(({ key, value }) => {
        const name = keyName(key);
        if (name === '__proto__')
          complain(asNode(key) ?? node, [...path, name], '`__proto__` cannot be a key; use another name.');
        return [name, readInner(value, name, depth)];
      }),
    );
  return (root) => read(root, 0);
}

function readScalar(node: Node, value: unknown, complain: (node: Node, message: string) => void): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  complain(node, 'expected an ordinary number or text; put it in quotes if it is text.');
  return null;
}

function offsetOf(root: Node | null, path: Path, at: 'key' | 'value', anchors: ReadonlyMap<string, Node>): number {
  let node: Node | null = root;
  let offset = start(root);
  for (const [index, step] of path.entries()) {
    const inner: Node | null = isAlias(node) ? (anchors.get(node.source) ?? null) : node;
    const child = childOf(inner, step);
    if (child === null) return offset;
    const isLast = index === path.length - 1;
    offset = isLast && at === 'key' ? start(child.key ?? child.value) : start(child.value ?? child.key);
    node = child.value;
  }
  return offset;
}

function childOf(node: Node | null, step: string | number): { key: Node | null; value: Node | null } | null {
  if (isSeq(node)) {
    const item = typeof step === 'number' ? node.items[step] : undefined;
    return item === undefined ? null : { key: null, value: asNode(item) };
  }
  if (!isMap(node)) return null;
  const pair = node.items.find(({ key }) => keyName(key) === String(step));
  return pair === undefined ? null : { key: asNode(pair.key), value: asNode(pair.value) };
}

function keyName(key: unknown): string {
  return isScalar(key) ? String(key.value ?? '') : '';
}

function asNode(item: unknown): Node | null {
  return isScalar(item) || isMap(item) || isSeq(item) || isAlias(item) ? item : null;
}

function start(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}
