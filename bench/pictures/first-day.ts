import { openPlace } from '../../test/fixtures/program.ts';
import type { Camera } from './camera.ts';

/** Nothing is watched yet; then somebody is asked for a password. */
export async function firstDay({ shoot }: Camera): Promise<void> {
  const here = await openPlace();
  try {
    await here.write('config.yaml', { monitor: { store: 'sqlite:data/a.db' } });
    const { url, stop } = await here.serve();
    await shoot('empty', url);
    await shoot('empty-incidents', `${url}/incidents`);
    await shoot('empty-channels', `${url}/channels`);
    await shoot('nowhere', `${url}/nowhere`);
    await shoot('add', `${url}/servers/new`);
    await stop();
    await here.write('config.yaml', { monitor: { store: 'sqlite:data/a.db', password: 'a long password' } });
    await shoot('sign-in', `${(await here.serve()).url}/login`);
  } finally {
    await here.close();
  }
}
