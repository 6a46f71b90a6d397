import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

/** Open Sans, as it comes with the browser's package. */
const FONTS = new URL('../../node_modules/@sparticuz/chromium/bin/fonts.tar.br', import.meta.url);
const BLOCK = 512;

/** Every family is Open Sans, drawn in greys and without hints, whatever the machine has and prefers. */
const conf = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}</dir>
  <cachedir>${join(folder, 'cache')}</cachedir>
  <match target="pattern">
    <edit name="family" mode="assign" binding="strong"><string>Open Sans</string></edit>
  </match>
  <match target="font">
    <edit name="antialias" mode="assign"><bool>true</bool></edit>
    <edit name="hinting" mode="assign"><bool>false</bool></edit>
    <edit name="rgba" mode="assign"><const>none</const></edit>
  </match>
</fontconfig>
`;

/** Writes the fonts and a `fonts.conf` that knows no others into a folder of their own. */
export async function unpackFonts(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'alivemcp-fonts-'));
  const archive = await promisify(brotliDecompress)(await readFile(fileURLToPath(FONTS)));
  const fonts = filesOf(archive).filter(({ name }) => name.endsWith('.ttf'));
  if (fonts.length === 0) throw new Error('The browser’s package brings no fonts any more: choose some for the tests.');
  for (const { name, content } of fonts) await writeFile(join(folder, basename(name)), content);
  await writeFile(join(folder, 'fonts.conf'), conf(folder));
  return folder;
}

/** The files of a tar archive: a block with name and size, then the content in whole blocks. */
function filesOf(archive: Buffer): { readonly name: string; readonly content: Buffer }[] {
  const files = [];
  for (let at = 0; archive[at]; ) {
    const name = archive.toString('latin1', at, at + 100).replace(/\0.*/s, '');
    const size = Number.parseInt(archive.toString('latin1', at + 124, at + 136), 8);
    at += BLOCK;
    files.push({ name, content: archive.subarray(at, at + size) });
    at += Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}
