import { escapeHtml } from '../plain-page.ts';

/** Text as XML, in an element or a quoted attribute, without what XML 1.0 does not allow at all (section 2.2). */
export function escapeXml(text: string): string {
  return escapeHtml(text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, ''));
}
