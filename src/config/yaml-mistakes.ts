import type { Document, ErrorCode, Node, YAMLError, YAMLWarning } from 'yaml';
import { isCollection, isNode, isPair, isScalar } from 'yaml';
import type { Place, PlacedMistake } from './config.ts';

type PlaceAt = (offset: number) => Place;

// Our own words: the parser's may quote the text around the mistake, and that may be a secret.
const WORDS: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: 'this alias cannot be used here; put text that starts with * in quotes.',
  BAD_DIRECTIVE: 'expected no `%` directive; remove this line.',
  BAD_DQ_ESCAPE:
    'there is an escape after \\ that YAML does not know; write \\\\ for a backslash, or use single quotes.',
  BAD_INDENT: 'the indentation does not fit the lines above; keys of one mapping start at the same column.',
  BAD_SCALAR_START: 'text cannot start with this character; put it in quotes.',
  BLOCK_AS_IMPLICIT_KEY:
    'there is a second `key: value` on this line; put it on its own line, or text that contains `: ` in quotes.',
  BLOCK_IN_FLOW: 'a comma or a closing bracket is missing before this; inside { } and [ ] no `- ` lines are possible.',
  DUPLICATE_KEY: 'this key is already written above; remove one of the two.',
  MISSING_CHAR: 'a bracket, a comma, a colon or a `- ` is missing here or on the line above; compare the indentation.',
  MULTILINE_IMPLICIT_KEY: 'expected `key: value`; the colon is missing on this line or the one before.',
  MULTIPLE_DOCS: 'expected one document; remove this `---` and what belongs to the other one.',
  NON_STRING_KEY: 'expected a plain key such as `url`.',
  TAB_AS_INDENT: 'there is a tab in the indentation; use spaces.',
  TAG_RESOLVE_FAILED: 'expected no `!` tag; remove it, or put text that starts with ! in quotes.',
};
const OTHERWISE = 'this is not valid YAML; compare the indentation, quotes and brackets with the lines above.';
const OPEN_QUOTE = 'this quote is not closed; add the same quote at the end of the text.';
const OPEN_BRACKET = 'this bracket is not closed; add } or ] where it ends.';
const UNQUOTED = 'a `${…}` inside { } or [ ] must be quoted: write "${NAME}".';

/** Says what the parser stumbled over. `readable`: only in ways that leave the meaning of the rest clear. */
export function syntaxMistakes(
  text: string,
  { contents, errors }: Pick<Document.Parsed, 'contents' | 'errors'>,
  placeAt: PlaceAt,
): { mistakes: readonly PlacedMistake[]; readable: boolean } {
  const lines = text.split('\n');
  const soft = errors.filter(isSoft);
  const [hard] = errors.filter((error) => !isSoft(error));
  const told = soft.map((error) => placed(placeAt(error.pos[0]), WORDS[error.code] ?? OTHERWISE));
  // What follows the first one is mostly its echo.
  if (hard !== undefined) told.push(explainOpen(hard, contents, placeAt) ?? explainHard(hard, lines, placeAt));
  return { mistakes: told, readable: hard === undefined };
}

/** Tags are the parser's warnings; to us they are mistakes. */
export function tagMistakes(warnings: readonly YAMLWarning[], placeAt: PlaceAt): readonly PlacedMistake[] {
  return warnings.map(({ code, pos }) => placed(placeAt(pos[0]), WORDS[code] ?? OTHERWISE));
}

function isSoft({ code }: YAMLError): boolean {
  return code === 'DUPLICATE_KEY' || code === 'NON_STRING_KEY';
}

/** What is not closed is noticed where the file ends; the place to look at is where it was opened. */
function explainOpen({ message }: YAMLError, contents: Node | null, placeAt: PlaceAt): PlacedMistake | null {
  const nodes = lastNodes(contents);
  if (message.startsWith('Missing closing')) return at(nodes.findLast(isScalar), OPEN_QUOTE, placeAt);
  if (/^Flow \w+ in block collection/.test(message)) {
    return at(
      nodes.findLast((node) => isCollection(node) && node.flow === true),
      OPEN_BRACKET,
      placeAt,
    );
  }
  return null;
}

function at(node: Node | undefined, message: string, placeAt: PlaceAt): PlacedMistake | null {
  const offset = node?.range?.[0];
  return offset === undefined ? null : placed(placeAt(offset), message);
}

/** The node read last, with everything around it, from the outside in. */
function lastNodes(node: Node | null): readonly Node[] {
  if (node === null) return [];
  const last = isCollection(node) ? node.items.at(-1) : null;
  const inner = isPair(last) ? (last.value ?? last.key) : last;
  return [node, ...(isNode(inner) ? lastNodes(inner) : [])];
}

function explainHard({ code, pos }: YAMLError, lines: readonly string[], placeAt: PlaceAt): PlacedMistake {
  const place = placeAt(pos[0]);
  const reference = unquotedReference(lines[place.line - 1] ?? '');
  if (reference !== null && reference < place.column) return placed({ line: place.line, column: reference }, UNQUOTED);
  return placed(place, WORDS[code] ?? OTHERWISE);
}

/** Column of the first `${` of a line that stands outside quotes; null when there is none. */
function unquotedReference(line: string): number | null {
  const bare = line.replace(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/g, (quoted) => ' '.repeat(quoted.length));
  const index = bare.indexOf('${');
  return index < 0 ? null : index + 1;
}

function placed(place: Place, message: string): PlacedMistake {
  return { ...place, path: [], message };
}
