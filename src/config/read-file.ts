import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { UnreadableFileError } from './interpolate.ts';

/** Reads a text file of at most `maxBytes`. Rejects with UnreadableFileError. */
export async function readTextFile(path: string, maxBytes: number): Promise<string> {
  let handle: FileHandle | undefined;
  try {
    // Without O_NONBLOCK opening a named pipe would wait for its writer.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return await readWhole(handle, maxBytes);
  } catch (error) {
    if (error instanceof UnreadableFileError) throw error;
    throw new UnreadableFileError(describe(error), { cause: error });
  } finally {
    await handle?.close();
  }
}

async function readWhole(handle: FileHandle, maxBytes: number): Promise<string> {
  const stats = await handle.stat();
  if (!stats.isFile())
    throw new UnreadableFileError(stats.isDirectory() ? 'it is a folder' : 'it is not an ordinary file');
  const buffer = Buffer.alloc(Math.min(stats.size, maxBytes) + 1);
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
  if (bytesRead > maxBytes) throw new UnreadableFileError(`it is larger than ${Math.round(maxBytes / 1024)} KiB`);
  return buffer.toString('utf8', 0, bytesRead);
}

function describe(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'this user may not read it';
    case 'EISDIR':
      return 'it is a folder';
    default:
      return `the system says ${code}`;
  }
}
