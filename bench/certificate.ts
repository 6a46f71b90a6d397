import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authority, certificate } from '../test/fixtures/targets/certificates.ts';

/** A certificate for localhost, and its authority as text and as a file. */
export async function authorityFile() {
  const by = await authority();
  const { key, cert } = await certificate({ by });
  const folder = await mkdtemp(join(tmpdir(), 'alivemcp-bench-'));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, by.cert);
  return { key, cert, ca: by.cert, caFile, remove: () => rm(folder, { recursive: true }) };
}
