import { expect, test } from 'vitest';
import { HEALTHY, healthyTimes, playLatency } from '../fixtures/latency-play.ts';

const EACH = 200_000;

test.each(HEALTHY)(
  `${EACH} probes of a healthy server whose times are %s, single ones lost: no incident, no notice`,
  {
    timeout: 600_000,
  },
  (_, draw) => {
    expect(playLatency(EACH, healthyTimes(draw, 7))).toEqual({ incidents: [], notices: 0 });
  },
);
