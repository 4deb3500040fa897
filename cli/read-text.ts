/** A text file that a command was told of, or an error that says what to name instead. */
import { readFile } from 'node:fs/promises';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read',
};

/**
 * @param what the file is to be, and how another is named, for the message.
 * @throws {Error} when it cannot be read.
 */
export async function readText(file: string, what: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    throw new Error(`cannot read ${file}: ${reasons[code] ?? message}. It is to be ${what}`, { cause });
  }
}
