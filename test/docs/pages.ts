/** The repository's pages and files, as the tests of the documentation read them. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

export interface Page {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

export interface Fence {
  /** The info string's first word; empty when there is none. */
  readonly language: string;
  readonly text: string;
}

function page(path: string): Page {
  return { path, text: readFileSync(join(root, path), 'utf8') };
}

/** Pages outside docs/ that people read. */
const others = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'core/risk/tables/README.md'];

/** Those, and everything below docs/. */
export function pages(): Page[] {
  const below = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  const docs = below.filter((name) => name.endsWith('.md')).map((name) => join('docs', name));
  return [...others, ...docs.sort()].map(page);
}

/** Every file that is or would be committed, by path. */
export function files(): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root });
  return listed.toString('utf8').split('\0').filter(Boolean);
}

/** The fenced blocks of a page, without those nested in a longer fence. */
export function fences(text: string): Fence[] {
  return [...text.matchAll(/^(`{3,})(\S*)[^\n]*\n([\s\S]*?)^\1$/gm)].map(([, , language = '', body = '']) => ({
    language,
    text: body,
  }));
}

/** The page without its fenced blocks: prose, tables and links. */
export function prose(text: string): string {
  return text.replace(/^(`{3,})[^\n]*\n[\s\S]*?^\1$/gm, '');
}

/** Whether `text` is in the file, however a formatter broke its lines. */
export function contains(path: string, text: string): boolean {
  return readFileSync(join(root, path), 'utf8').includes(text);
}
