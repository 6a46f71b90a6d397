import { adviceFor } from '../core/phrases.ts';
import { asMade } from './as-made.ts';
import { inPieces } from './in-pieces.ts';
import { incidentAnswer, noticeAnswer } from './incident-answer.ts';
import { found } from './problem.ts';
import type { App, Room } from './room.ts';
import { Incident, IncidentDetail, IncidentPage } from './schema-incident.ts';
import { AcknowledgeBody, IdParams, IncidentsQuery } from './schema-request.ts';

const tags = ['incidents'];
const INCIDENTS_AT_ONCE = 100;

export function incidentRoutes(app: App, { monitor, store, clock, preview }: Room): void {
  app.get(
    '/incidents',
    {
      schema: {
        tags,
        summary: 'Incidents, newest first',
        querystring: IncidentsQuery,
        response: { 200: IncidentPage },
      },
      serializerCompiler: asMade,
    },
    async ({ query: { state = null, server = null, limit, cursor = null } }) => {
      const page = await store.incidents({ state, serverId: server }, { limit, cursor });
      const now = clock.now();
      const items = await inPieces(page.items, INCIDENTS_AT_ONCE, (incident) => incidentAnswer(incident, now));
      return { items, next: page.next };
    },
  );
  app.get(
    '/incidents/:id',
    { schema: { tags, summary: 'One incident with its notices', params: IdParams, response: { 200: IncidentDetail } } },
    async ({ params: { id } }) => {
      const incident = found(await store.incident(id), 'incident', id);
      const notices = await store.notices(id);
      return {
        ...incidentAnswer(incident, clock.now()),
        advice: [...adviceFor(incident)],
        notices: notices.map((notice) => noticeAnswer(notice, preview)),
      };
    },
  );
  app.post(
    '/incidents/:id/acknowledge',
    {
      schema: {
        tags,
        summary: 'Say that somebody is on it',
        params: IdParams,
        body: AcknowledgeBody,
        response: { 200: Incident },
      },
    },
    async ({ params: { id }, body }) => {
      const incident = found(await monitor.acknowledge(id, body?.note ?? null), 'incident', id);
      return incidentAnswer(incident, clock.now());
    },
  );
}
