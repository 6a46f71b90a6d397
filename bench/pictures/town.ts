import { type Api, openApi } from '../../test/fixtures/api.ts';
import { openPlace, type Place, type Program } from '../../test/fixtures/program.ts';
import { startReceiver } from '../../test/fixtures/receiver.ts';
import { certificate } from '../../test/fixtures/targets/certificates.ts';
import { type Changing, startChanging } from '../../test/fixtures/targets/changing.ts';
import { startHealthy } from '../../test/fixtures/targets/healthy.ts';
import { startProtected } from '../../test/fixtures/targets/protected.ts';

/** The built monitor over ten real servers, some of which cannot be well. */
export interface Town {
  readonly here: Place;
  readonly program: Program;
  readonly api: Api;
  readonly config: Readonly<Record<string, unknown>>;
  /** The tools of Search MCP. */
  readonly search: Changing;
  /** Switches a fault of a bundled server: `pooled`, `steady` or `slow`. */
  breaks(server: string, fault: string, amount?: { readonly ms: number }): Promise<void>;
  close(): Promise<void>;
}

const DAY = 86_400_000;
const NOBODY = 'http://127.0.0.1:9';
const tool = (name: string, description: string) => ({ name, description, inputSchema: { type: 'object' } });
export const TOOLS = [tool('find', 'Finds documents.'), tool('index', 'Reads a document in.')];

export async function openTown(): Promise<Town> {
  const { key, cert } = await certificate({ to: new Date(Date.now() + 5.5 * DAY) });
  const [secure, locked, search, wiki, post, here] = await Promise.all([
    startHealthy({ tls: { key, cert } }),
    startProtected(),
    startChanging(TOOLS),
    startChanging(TOOLS),
    startReceiver(),
    openPlace(),
  ]);
  locked.refuse = () => ({ status: 401 });
  const config = {
    monitor: { store: 'sqlite:data/a.db', demo: true },
    defaults: { interval: '2s', confirm: { down: 2, up: 2, recheck: '1s' }, channels: ['ops', 'pager'] },
    channels: { ops: { type: 'webhook', url: post.url }, pager: { type: 'webhook', url: NOBODY } },
    servers: [
      { id: 'mail', name: 'Mail MCP', url: `${NOBODY}/mcp`, tags: ['office'], announce_first: true },
      { id: 'billing', name: 'Billing MCP', url: locked.url, tags: ['prod'] },
      { id: 'search', name: 'Search MCP', url: search.url, tags: ['prod'] },
      { id: 'vault', name: 'Vault MCP', url: secure.url, tags: ['prod'], public: true },
      { id: 'wiki', name: 'Wiki MCP', url: wiki.url, tags: ['office'] },
      { id: 'crm', name: 'CRM MCP', url: wiki.url, tags: ['office'], public: true },
      { id: 'report', name: 'Report MCP', url: wiki.url, cron: '0 6 1 1 *', tags: ['office'] },
    ],
    status_pages: [{ id: 'main', title: 'Acme MCP servers', notes: 'Support: 8:00–18:00.' }],
  };
  await here.write('config.yaml', config);
  const program = await here.serve({ env: { NODE_EXTRA_CA_CERTS: await here.write('ca.pem', cert) } });
  const api = openApi(program.url);
  const { demo_url: desk } = await api.summary();
  return {
    ...{ here, program, api, config, search },
    async breaks(server, fault, amount = { ms: 0 }) {
      const answer = await fetch(`${desk}faults/${server}/${fault}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ on: true, ...(amount.ms === 0 ? {} : amount) }),
      });
      if (!answer.ok) throw new Error(`${fault} of ${server}: ${await answer.text()}`);
    },
    async close() {
      await here.close();
      await Promise.all([secure, locked, search, wiki, post].map((each) => each.close()));
    },
  };
}
