import { randomBytes, randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import Fastify from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { ChannelForm } from '../core/channel-kind.ts';
import type { Monitor } from '../core/monitor.ts';
import type { Notice } from '../core/notice.ts';
import type { ReadPasted } from '../core/pasted.ts';
import type { Clock, ExportProbes, Log, Preview } from '../core/ports.ts';
import { absentRoutes } from './absent.ts';
import { guardAccess, sessionOf } from './access.ts';
import { channelRoutes } from './channels.ts';
import { compressAnswers } from './compress.ts';
import { deliveryRoutes } from './deliveries.ts';
import { docsRoutes } from './docs.ts';
import { drainOnClose } from './drain.ts';
import { handleErrors } from './errors.ts';
import { createEventHub } from './event-hub.ts';
import { eventRoutes } from './events.ts';
import { exportRoutes } from './export.ts';
import { healthRoutes } from './health.ts';
import type { PreviewNotice } from './incident-answer.ts';
import { incidentRoutes } from './incidents.ts';
import { acceptJson } from './json-body.ts';
import { type LoginParts, loginPage, sessionRoutes } from './login.ts';
import { maintenanceRoutes } from './maintenance.ts';
import { createMetrics, metricsRoute } from './metrics.ts';
import { monitorRoutes } from './monitor.ts';
import { createOpenApi } from './openapi.ts';
import { pastedRoutes } from './pasted.ts';
import { poolRoutes } from './pools.ts';
import { probeRoutes } from './probes.ts';
import { nothingThere, sendProblem } from './problem.ts';
import { badgeRoutes } from './public/badges.ts';
import { embedRoutes } from './public/embed.ts';
import { pageRoutes } from './public/pages.ts';
import type { App, HttpStore, Room } from './room.ts';
import { feedEvents } from './server-feed.ts';
import { serverRoutes } from './servers.ts';
import { createSessions } from './sessions.ts';
import { dashboard } from './static.ts';
import { statusPageRoutes } from './status-pages.ts';
import { createThrottle } from './throttle.ts';
import { timelineRoutes } from './timeline.ts';
import { toolRoutes } from './tools.ts';
import { tryRoutes } from './try-entry.ts';
import { createUptimes } from './uptimes.ts';
import { readBySchema } from './validation.ts';

export interface AppOptions {
  readonly monitor: Monitor;
  readonly store: HttpStore;
  readonly exportProbes: ExportProbes;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** Folder of the built dashboard; without an index.html in it only the API is served. */
  readonly webRoot: string;
  /** The host of `monitor.listen`. */
  readonly listenHost: string;
  readonly publicUrl: string;
  /** null: open to whoever reaches us. */
  readonly password: string | null;
  /** How a notice that had no channel would have arrived, one for each way to send worth showing. */
  readonly previewers: readonly ((notice: Notice) => Preview)[];
  readonly readPasted: ReadPasted;
  /** Every kind of channel there is, as a form offers it. */
  readonly channelForms: readonly ChannelForm[];
  readonly isScheduling: () => boolean;
}

/**
 * The HTTP interface, ready to listen. `close` ends its event streams. Reading a request has 15 s; answering has the
 * time a probe needs.
 */
export async function createApp(options: AppOptions): Promise<App> {
  const { store, clock, password } = options;
  const publicUrl = new URL(options.publicUrl);
  const isHttps = publicUrl.protocol === 'https:';
  const app = createFastify();
  const closers: (() => void)[] = [];
  drainOnClose(app, clock, () => {
    for (const close of closers) close();
  });
  handleErrors(app, options.log);
  compressAnswers(app);
  await secureHeaders(app, isHttps);
  await app.register(cookie);

  const keeper =
    password === null ? null : { sessions: createSessions(password, clock), throttle: createThrottle(clock) };
  guardAccess(app, { own: { listenHost: options.listenHost, publicUrl }, keeper });

  const hub = createEventHub(clock, randomBytes(4).toString('hex'));
  const metrics = createMetrics({ monitor: options.monitor, store });
  const room: Room = {
    ...options,
    hub,
    uptimes: createUptimes(store, clock),
    preview: previewWith(options),
    hasPassword: password !== null,
    sessionOf: (request) => (keeper === null ? null : sessionOf(request, keeper.sessions)),
  };
  const login: LoginParts = { keeper, hub, isHttps };
  const register = (api: App) => apiRoutes(api, room, login);
  mount(app, '/api/v1', (api) => register(noStore(api)));
  mount(app, '', (pages) => loginPage(pages, login));
  docsRoutes(app, createOpenApi(register, options.version));
  healthRoutes(app, options);
  metricsRoute(app, metrics);
  publicRoutes(app, room);
  absentRoutes(app);
  await dashboard(app, options.webRoot);

  closers.push(feedEvents(room), metrics.close, hub.close);
  return app;
}

function createFastify(): App {
  const app = Fastify({
    bodyLimit: 64 * 1024,
    requestTimeout: 15_000,
    routerOptions: { maxParamLength: 100 },
    genReqId: () => randomUUID(),
    frameworkErrors: (_error, _request, reply) => void sendProblem(reply, nothingThere()),
    // Without factories Fastify loads those of Ajv, which nothing here is read or written by.
    schemaController: { compilersFactory: { buildValidator: neverBuilt, buildSerializer: neverBuilt } },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(readBySchema);
  app.setSerializerCompiler(serializerCompiler);
  acceptJson(app);
  return app;
}

function neverBuilt(): never {
  throw new Error('a route has no compiler of the application');
}

/** Without inline scripts or styles and without anything from elsewhere. */
async function secureHeaders(app: App, isHttps: boolean): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'data:'],
        'connect-src': ["'self'"],
        'font-src': ["'self'"],
        'frame-src': ["'self'"],
        'manifest-src': ["'self'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
      },
    },
    // With no-referrer a browser sends “Origin: null” with the sign-in form, which the origin check must refuse.
    referrerPolicy: { policy: 'same-origin' },
    hsts: isHttps ? { maxAge: 31_536_000, includeSubDomains: false } : false,
  });
}

function apiRoutes(api: App, room: Room, login: LoginParts): void {
  monitorRoutes(api, room);
  serverRoutes(api, room);
  probeRoutes(api, room);
  poolRoutes(api, room);
  timelineRoutes(api, room);
  exportRoutes(api, room);
  toolRoutes(api, room);
  tryRoutes(api, room);
  pastedRoutes(api, room);
  incidentRoutes(api, room);
  channelRoutes(api, room);
  deliveryRoutes(api, room);
  maintenanceRoutes(api, room);
  statusPageRoutes(api, room);
  eventRoutes(api, room);
  sessionRoutes(api, login);
}

/** What everybody may see. */
function publicRoutes(app: App, room: Room): void {
  badgeRoutes(app, room);
  embedRoutes(app, room);
  pageRoutes(app, room);
}

/** Routes with hooks and body parsers of their own. */
function mount(app: App, prefix: string, register: (inner: App) => void): void {
  app.register(
    (inner: App, _options, done) => {
      register(inner);
      done();
    },
    { prefix },
  );
}

/** What the API says is of this moment and for nobody's cache. */
function noStore(api: App): App {
  api.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });
  return api;
}

/** By its channel's notifier; by every previewer where there was none, or it is gone. */
function previewWith({ monitor, previewers }: AppOptions): PreviewNotice {
  return (notice, channel) => {
    const listed = monitor.channels().find((candidate) => candidate.channel.id === channel);
    return listed === undefined
      ? previewers.map((preview) => preview(notice))
      : [listed.channel.notifier.preview(notice)];
  };
}
