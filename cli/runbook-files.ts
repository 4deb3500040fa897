/** The runbook files that paths mean: files as they are named, folders with all that is below, and what is passed over by name. */
import type { Dirent, Stats } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { LintFile } from '../core/lint/lint.ts';
import { isIgnoredRunbook, isPassedOver, isRunbookFile } from '../core/runbook/compile.ts';
import type { Finding } from '../core/runbook/problem.ts';
import type { RuleName } from '../core/runbook/rules.ts';

export interface FoundFiles {
  readonly files: readonly LintFile[];
  /** Whether a whole folder was asked for. */
  readonly folders: boolean;
}

/** Every file in the order of the paths, each once. Never throws: what cannot be read is a finding. */
export async function runbookFiles(paths: readonly string[]): Promise<FoundFiles> {
  const found = await Promise.all(paths.map(pathFiles));
  const files = new Map(found.flatMap(({ files: some }) => some).map((file) => [file.file, file]));
  return { files: [...files.values()], folders: found.some(({ folders }) => folders) };
}

async function pathFiles(path: string): Promise<FoundFiles> {
  const what = await statOf(path);
  if (what === null)
    return {
      files: [
        none(
          path,
          'unreadable-file',
          'there is no such file or folder',
          'name runbooks, or the folder that has them: countersign validate runbooks',
        ),
      ],
      folders: false,
    };
  if (!what.isDirectory()) return { files: [await fileOf(path)], folders: false };
  const files = await folderFiles(path);
  const here = /\.md$/i.test(path) ? [folderNamedLikeFile(path)] : [];
  const all = [...here, ...files];
  const empty = none(
    path,
    'no-runbooks',
    'the folder has no runbooks: Markdown files other than README.md',
    'put runbooks into it, or name another folder',
  );
  return { files: all.length === 0 ? [empty] : all, folders: true };
}

async function folderFiles(folder: string): Promise<LintFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((): Dirent[] => []);
  const names = entries.map((entry) => ({ entry, name: relative(folder, join(entry.parentPath, entry.name)) }));
  const seen = names.filter(({ name }) => !isPassedOver(name));
  const files = seen
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ entry, name }) => entryFile(entry, `${folder.replace(/(?<=.)\/+$/, '')}/${name}`));
  return (await Promise.all(files)).filter((file) => file !== null);
}

async function entryFile(entry: Dirent, path: string): Promise<LintFile | null> {
  const folder = entry.isDirectory() || (entry.isSymbolicLink() && (await statOf(path))?.isDirectory());
  if (folder) return isRunbookFile(path) ? folderNamedLikeFile(path) : null;
  if (isRunbookFile(path)) return fileOf(path);
  return isIgnoredRunbook(path)
    ? none(
        path,
        'ignored-file',
        'the file is passed over: runbooks are named *.md, in small letters',
        'rename it if it is a runbook',
      )
    : null;
}

function folderNamedLikeFile(path: string): LintFile {
  return none(path, 'folder-not-file', 'this is a folder, and is named like a runbook', 'rename the folder');
}

async function fileOf(path: string): Promise<LintFile> {
  try {
    return { file: path, bytes: await readFile(path) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return none(path, 'unreadable-file', `the file cannot be read (${code})`, 'correct its permissions');
  }
}

async function statOf(path: string): Promise<Stats | null> {
  return stat(path).catch(() => null);
}

function none(file: string, rule: RuleName, message: string, fix: string): LintFile {
  const finding: Finding = { rule, line: 0, column: 0, message, fix };
  return { file, finding };
}
