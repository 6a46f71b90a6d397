import { deliveryAnswer, noticeAnswer } from './incident-answer.ts';
import { found, notFound } from './problem.ts';
import type { App, Room } from './room.ts';
import { Delivery, DeliveryPage, Notice } from './schema-incident.ts';
import { DeliveriesQuery, IdParams } from './schema-request.ts';

const tags = ['deliveries'];
/** A mail is looked at in a frame of ours: without scripts, forms or anything from elsewhere, but with its own styles. */
const MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox";

export function deliveryRoutes(app: App, { monitor, store, preview }: Room): void {
  app.get(
    '/deliveries',
    {
      schema: { tags, summary: 'Notices, newest first', querystring: DeliveriesQuery, response: { 200: DeliveryPage } },
    },
    async ({ query: { status = null, limit, cursor = null } }) => {
      const page = await store.deliveries(status, { limit, cursor });
      return { items: page.items.map(deliveryAnswer), next: page.next };
    },
  );
  app.get(
    '/deliveries/:id',
    { schema: { tags, summary: 'One notice as it would arrive', params: IdParams, response: { 200: Notice } } },
    async ({ params: { id } }) => noticeAnswer(found(await store.notice(id), 'notice', id), preview),
  );
  app.get(
    '/deliveries/:id/mail',
    { schema: { tags, summary: 'The mail, as a page', params: IdParams } },
    async ({ params: { id } }, reply) => {
      const queued = found(await store.notice(id), 'notice', id);
      const mail = preview(queued.notice, queued.channel).find((shown) => shown.kind === 'email');
      if (mail === undefined) throw notFound('mail', id);
      return reply.type('text/html; charset=utf-8').header('content-security-policy', MAIL_POLICY).send(mail.html);
    },
  );
  app.post(
    '/deliveries/:id/resend',
    { schema: { tags, summary: 'Send a notice again', params: IdParams, response: { 200: Delivery } } },
    async ({ params: { id } }) => {
      if (!(await monitor.resend(id))) throw notFound('notice to send again', id);
      return deliveryAnswer(found(await store.notice(id), 'notice', id));
    },
  );
}
