import type { Page, ServerDetail, ToolChange, Tools } from '../../src/http/wire.ts';
import { ago, DETAIL } from './fixtures.ts';

const DAY = 86_400_000;

const DIFFERENCES: ToolChange['differences'] = [
  { tool: 'ship', path: '', grade: 'breaking', message: 'The tool ship is gone.', before: 'ship', after: null },
  {
    tool: 'search',
    path: 'inputSchema.properties.city.type',
    grade: 'breaking',
    message: 'search: parameter city has another type.',
    before: '<b>string</b>',
    after: 'number',
  },
  {
    tool: 'search',
    path: 'description',
    grade: 'wording',
    message: 'search: its description changed.',
    before: 'Finds orders',
    after: 'Finds all orders',
  },
];

export const TOOLS: Tools = {
  server: 'orders',
  hash: 'c0ffee',
  since: ago(9 * DAY),
  accepted_hash: 'c0ffee',
  accepted_at: ago(40 * DAY),
  drift: null,
  items: [
    {
      name: 'search',
      title: null,
      description: 'Finds orders <script>alert(1)</script>',
      input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      output_schema: null,
      annotations: { readOnlyHint: true },
    },
    {
      name: 'health_check',
      title: 'Health check',
      description: null,
      input_schema: { type: 'object' },
      output_schema: { type: 'object' },
      annotations: null,
    },
  ],
};

export const DRIFTED: Tools = {
  ...TOOLS,
  hash: 'decade',
  since: ago(3 * 60_000),
  drift: { grade: 'breaking', differences: DIFFERENCES, omitted: 4 },
};

export const CHANGES: Page<ToolChange> = {
  items: [
    {
      id: 'change-2',
      at: ago(3 * 60_000),
      from_hash: 'c0ffee',
      to_hash: 'decade',
      grade: 'breaking',
      differences: DIFFERENCES,
      omitted: 4,
    },
  ],
  next: null,
};

/** The server whose tools are not the accepted ones, and nothing else is wrong. */
export const DRIFTED_DETAIL: ServerDetail = {
  ...DETAIL,
  state: 'degraded',
  tools_hash: 'decade',
  tools_since: ago(3 * 60_000),
  signals: { ...DETAIL.signals, tools: 'fail' },
  standing: [
    ...DETAIL.standing.filter(({ signal }) => signal !== 'tools'),
    {
      signal: 'tools',
      level: 'fail',
      since: ago(3 * 60_000),
      reason: {
        code: 'tools_changed_breaking',
        layer: 'drift',
        message: 'The tool ship is gone, and 6 more differences.',
        step: 'tools_list',
      },
    },
  ],
};
