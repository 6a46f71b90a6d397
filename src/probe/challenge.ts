/** One way of access that a server offers in `WWW-Authenticate` (RFC 9110 11.6.1). Text from the target, not yet cleaned. */
export interface Challenge {
  /** As written: `Bearer`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly params: ReadonlyMap<string, string>;
}

/** What is read of the header; a longer one is cut. */
const MAX_LENGTH = 4096;
const MAX_CHALLENGES = 8;
const MAX_PARAMS = 16;

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const GAP = /[\s,]*/y;
const PARAM = new RegExp(`(${TOKEN})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|(${TOKEN}))`, 'y');
/** A scheme, and where it has them its credentials in one piece (`Negotiate YII=`), which nobody needs. */
const SCHEME = new RegExp(`(${TOKEN})(?: +[A-Za-z0-9._~+/-]+=*(?=[ \\t]*(?:,|$)))?`, 'y');

/** The challenges of a header that may have come several times. What cannot be read is passed over. */
export function parseChallenges(header: string | readonly string[] | undefined): readonly Challenge[] {
  const text = [header ?? []].flat().join(', ').slice(0, MAX_LENGTH);
  const found: { readonly scheme: string; readonly params: Map<string, string> }[] = [];
  for (let at = 0; at < text.length; ) {
    at += matchAt(GAP, text, at)?.[0].length ?? 0;
    const param = matchAt(PARAM, text, at);
    const scheme = param === null ? matchAt(SCHEME, text, at) : null;
    if (param !== null) addParam(found.at(-1)?.params, param);
    else if (scheme !== null && found.length < MAX_CHALLENGES)
      found.push({ scheme: scheme[1] ?? '', params: new Map() });
    at += (param ?? scheme)?.[0].length ?? 1;
  }
  return found;
}

function addParam(params: Map<string, string> | undefined, [, name = '', quoted, bare = '']: RegExpExecArray): void {
  if (params === undefined || params.size >= MAX_PARAMS) return;
  params.set(name.toLowerCase(), quoted === undefined ? bare : quoted.replace(/\\(.)/g, '$1'));
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** The challenge that speaks of OAuth (RFC 6750, RFC 9449), if there is one. */
export function bearerOf(challenges: readonly Challenge[]): Challenge | undefined {
  return challenges.find(({ scheme }) => /^(bearer|dpop)$/i.test(scheme));
}

/** What the server asks for, as a sentence; empty: it says nothing. */
export function challengeWords(challenges: readonly Challenge[]): string {
  if (challenges.length === 0) return '';
  const words = challenges.map(({ scheme, params }) => {
    const said = SAID.flatMap((name) => {
      const value = params.get(name);
      return value ? [`${name} “${value.slice(0, 100)}”`] : [];
    });
    return said.length === 0 ? scheme : `${scheme} (${said.join(', ')})`;
  });
  return `It asks for ${words.join(' or ')}.`;
}

const SAID = ['realm', 'error', 'error_description', 'scope'] as const;
