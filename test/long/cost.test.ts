import { expect, onTestFinished, test } from 'vitest';
import { authorityFile } from '../../bench/certificate.ts';
import { measure } from '../../bench/fleet.ts';

/** How often the processor time of bare undici a probe took when the table was last measured (`npm run bench -- serve`). */
const RATIOS = { plain: 1.9, tls: 1.4 };
const FLEET = { servers: 250, everyMs: 5000, seconds: 10 };

test('a probe costs at most twice as much, beside bare undici, as when it was last measured', async () => {
  const tls = await authorityFile();
  onTestFinished(tls.remove);
  const plain = await measure({ ...FLEET, tls: null });
  const secure = await measure({ ...FLEET, tls });
  const ratios = [plain, secure].map(({ cost, floor }) => cost.msEach / floor.msEach);
  console.info(
    `${ratios.map((ratio) => ratio.toFixed(2)).join(' in the clear, ')} over TLS; RSS ${plain.rssMb.toFixed(0)} MB`,
  );
  expect(ratios[0]).toBeLessThan(2 * RATIOS.plain);
  expect(ratios[1]).toBeLessThan(2 * RATIOS.tls);
});
