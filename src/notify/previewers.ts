import type { Notice } from '../core/notice.ts';
import type { Preview } from '../core/ports.ts';
import { previewMail } from './email.ts';
import { previewPost } from './webhook.ts';

/** What a notice would have looked like where there was no channel to send it: as a mail and as a signed webhook. */
export function previewers(): readonly ((notice: Notice) => Preview)[] {
  return [previewMail, previewPost];
}
