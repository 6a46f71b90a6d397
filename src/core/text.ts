const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** Marks that reorder or hide text: bidi controls, zero-width characters, BOM, tag characters. */
const INVISIBLE = /[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/** What we keep of a text from a target, in characters (reliability rule: text from targets is data). */
export const MAX_TEXT = 500;

/** Makes text from a target safe to store and show: control, bidi and invisible characters out, length cut to `max`. */
export function cleanText(text: string, max = MAX_TEXT): string {
  const cleaned = text
    .slice(0, max * 4)
    .toWellFormed()
    .replace(CONTROL, ' ')
    .replace(INVISIBLE, '')
    .trim();
  return cleaned.length <= max ? cleaned : `${cleaned.slice(0, max - 1).toWellFormed()}…`;
}

/** A name is one line: one that breaks it could pass for something we say. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

/** Replaces each secret of at least four characters, plain, URL-encoded or base64 as `encode` gives it, by `[secret]`. */
export function redactor(
  secrets: readonly string[],
  encode: (text: string) => readonly string[] = () => [],
): (text: string) => string {
  const forms = [
    ...new Set(
      secrets
        .filter((secret) => secret.length >= 4)
        .flatMap((secret) => [secret, encodeURIComponent(secret), ...encode(secret)]),
    ),
  ].sort((a, b) => b.length - a.length);
  return (text) => forms.reduce((rest, form) => rest.replaceAll(form, '[secret]'), text);
}
