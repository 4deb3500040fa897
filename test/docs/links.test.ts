/** Links of the documentation: every relative one leads to a file or folder that is there, and to a heading that it has. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { files, type Page, pages, prose, root } from './pages.ts';

/** Targets of Markdown links and of images written in HTML. */
function targets({ text }: Page): string[] {
  const markdown = [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)];
  const html = [...prose(text).matchAll(/ src="([^"]+)"/g)];
  return [...markdown, ...html].map(([, target = '']) => target).filter((target) => !/^[a-z]+:/.test(target));
}

/** The fragments by which GitHub reaches the headings of a page. */
function fragments(path: string): string[] {
  const headings = [...prose(readFileSync(path, 'utf8')).matchAll(/^#{1,6} (.+)$/gm)];
  return headings.map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('there are pages, and every one but the README is reached from another', () => {
  const all = pages();
  const reached = all.flatMap((page) =>
    targets(page).map((target) => join(dirname(page.path), target.split('#')[0] ?? '')),
  );
  for (const { path } of all)
    if (path !== 'README.md')
      expect(
        reached.some((target) => target === path || path.startsWith(`${target}/`)),
        path,
      ).toBe(true);
});

describe.each(pages())('$path', (page) => {
  test('links to what is there', () => {
    for (const target of targets(page)) {
      const [file = '', fragment] = target.split('#');
      const path = file === '' ? join(root, page.path) : join(root, dirname(page.path), file);
      expect(existsSync(path), target).toBe(true);
      if (fragment !== undefined) expect(fragments(path), target).toContain(fragment);
    }
  });
});

test('images are small, and each is shown', () => {
  const shown = pages().flatMap((page) => targets(page).map((target) => join(dirname(page.path), target)));
  for (const file of files().filter((path) => path.startsWith('docs/images/'))) {
    expect(statSync(join(root, file)).size, file).toBeLessThan(150_000);
    expect(
      shown.map((path) => relative('.', path)),
      file,
    ).toContain(file);
  }
});
