/** `countersign replay`: the incident as its bundle tells it, and from where on it proves nothing. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { sameWords } from '../../cli/replay/dispatches.ts';
import { pageOf } from '../../cli/replay/page.ts';
import { storyOf } from '../../cli/replay/story.ts';
import { terminalLines } from '../../cli/replay/terminal.ts';
import { registerReplay } from '../../cli/replay.ts';
import { canonicalJson } from '../../core/digest.ts';
import { bundleOf, genuineExport, linesOf } from '../core/audit/bundles.ts';
import { genuine } from '../core/audit/genuine.ts';
import { launchBrowser } from '../support/browser.ts';
import { sampleBundle } from '../support/sample-bundle.ts';

const { bundle, incidentId, publicKey } = await sampleBundle();
const lines = linesOf(bundle);
const voteAt = lines.findIndex((line) => line.includes('"kind":"vote_signed"'));
const votePlace = voteAt - lines.findIndex((line) => line.startsWith('{"actor":')) + 1;
const tampered = lines.with(voteAt, (lines[voteAt] ?? '').replaceAll('"name":"ana"', '"name":"eve"'));
const uncoloured = (text: string) => text.replace(/\u001b\[\d+m/g, '');

describe('the story of a whole bundle', () => {
  test('holds what was asked, signed, sent, printed and changed', async () => {
    const story = await storyOf(lines, undefined, { publicKey });
    expect(story).toMatchObject({ incidentId, brokenAt: null, report: { verdict: 'clean' } });
    const run = story.dispatches.find(({ dispatch }) => dispatch.step === 3 && dispatch.part === 'run');
    expect(run).toMatchObject({
      script: "find /var/log/app -name '*.gz' -mtime +7 -delete",
      level: 'destructive',
      decision: 'approved',
      votes: [{ name: 'ana', word: 'approve', signature: 'genuine' }],
      isDoubtful: false,
    });
    const after = story.dispatches.find(({ dispatch }) => dispatch.step === 3 && dispatch.part === 'after');
    expect(after?.hosts[0]?.stdout).toContain('53% /var/log');
    expect(after?.changed?.[0]?.difference).toMatch(/^- .*95%.*\n\+ .*53%/m);
    expect(story.evidence.map(({ label }) => label)).toContain('alarm history');
    expect(story.rows.every(({ state }) => state === 'held')).toBe(true);
  });

  test('without Dispatches says of nothing that it was not run', async () => {
    const unknown = lines.map((line) =>
      line.startsWith('{') && line.includes('"record":"chain"')
        ? canonicalJson({ ...(JSON.parse(line) as object), burns: null })
        : line,
    );
    expect(unknown).not.toEqual(lines);
    const { dispatches } = await storyOf(unknown);
    const sent = dispatches.filter(({ commandId }) => commandId !== null);
    expect(sent.length).toBeGreaterThan(3);
    expect(sent.map(({ outcome }) => outcome).filter((words) => words.includes('not run'))).toEqual([]);
  });

  test('says that nothing changed only where both looks could have shown it', () => {
    const same = { host: 'web-1', difference: null };
    expect(sameWords({ ...same, isBlind: false })).toBe('nothing, as far as its observation shows');
    expect(sameWords({ ...same, isBlind: true })).toContain('not known');
  });

  test('in the terminal names every entry, vote and output', async () => {
    const said = uncoloured(terminalLines(await storyOf(lines)).join('\n'));
    expect(said).toContain('✓ Verified: integrity whole, completeness whole');
    expect(said).toMatch(/ana \(slack\) says approve at 2026-11-21 03:00:51 UTC: signature genuine/);
    expect(said).toContain('/var/log/app/app-2026-11-12.log.gz');
    expect(said.match(/^ +\d+ {2}\+/gm)).toHaveLength(lines.filter((line) => line.startsWith('{"actor":')).length);
  });
});

describe('what was tampered with', () => {
  test('marks everything from its first bad entry on, and shows who really signed', async () => {
    const story = await storyOf(tampered);
    expect(story.brokenAt).toBe(votePlace);
    expect(story.rows.map(({ state }) => state)).toEqual(
      story.rows.map(({ place }) => (place < votePlace ? 'held' : place === votePlace ? 'wrong' : 'after')),
    );
    expect(story.dispatches.flatMap(({ votes }) => votes)[0]).toMatchObject({ name: 'ana', signature: 'misquoted' });
    expect(story.dispatches.map(({ isDoubtful }) => isDoubtful)).toEqual(
      story.dispatches.map(({ dispatch: { step, part } }) => step > 2 || (step === 2 && part !== 'before')),
    );
    const page = pageOf(story);
    expect(page.match(/<li class="after">/g)).toHaveLength(story.rows.length - votePlace);
    expect(page).toContain('said to be resolved');
    expect(uncoloured(terminalLines(story).join('\n'))).toMatch(
      /from here on nothing is proven\n +\d+ .*eve says approve/,
    );
  });

  test('a cut end is shown as the entry that is missing', async () => {
    const chain = await genuine('cut', {
      reads: 1,
      changes: ['modifying'],
      standing: false,
      closed: true,
      late: false,
    });
    const [whole] = genuineExport(chain);
    const cut = { ...whole, items: whole?.items.slice(0, -1) } as never;
    const story = await storyOf(linesOf(await bundleOf([cut], { incident: chain.id })));
    expect(story.rows.at(-1)).toMatchObject({ place: chain.entries.length, state: 'wrong', words: 'nothing is here' });
  });
});

const harmlessTags =
  'html head meta title style body main p h1 h2 h3 b i span div section article header footer strong small ul ol li dl dt dd code pre br'.split(
    ' ',
  );
const harmlessAttributes = 'lang charset name content http-equiv class id style title width initial-scale'.split(' ');

describe('the page', () => {
  test('asks for nothing, runs nothing, and takes hostile text as text', async () => {
    const hostile = '<script>alert(1)</script><img src=x onerror=alert(1)>" \u202e\u001b[31m';
    const chain = await genuine(hostile, {
      reads: 1,
      changes: ['destructive'],
      standing: true,
      closed: true,
      late: true,
    });
    const page = pageOf(await storyOf(linesOf(await bundleOf(genuineExport(chain), { incident: chain.id }))));
    for (const one of [page, pageOf(await storyOf(lines)), pageOf(await storyOf(tampered))]) {
      const tags = [...one.matchAll(/<([a-z][a-z0-9]*)((?:\s[^<>]*)?)>/g)];
      const names = new Set(tags.flatMap(([, , rest = '']) => rest.match(/[\w-]+(?==)/g) ?? []));
      expect(tags.map(([, tag]) => tag)).not.toContain('script');
      for (const [, tag = ''] of tags) expect(harmlessTags).toContain(tag);
      for (const name of names) expect(harmlessAttributes).toContain(name);
      expect(one).not.toMatch(/url\(|@import/);
      expect(one).toContain("default-src 'none'; style-src 'unsafe-inline'");
    }
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).not.toMatch(/[\u202e\u001b]/);
  });

  test('in a browser without scripts makes no request, and fits a phone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-replay-'));
    const browser = await launchBrowser();
    try {
      const file = join(folder, 'page.html');
      writeFileSync(file, pageOf(await storyOf(tampered)));
      const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(`file://${file}`);
      expect(asked).toEqual([`file://${file}`]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
      expect(await page.locator('h1').innerText()).toContain('disk-full-web-1');
    } finally {
      await browser.close();
      rmSync(folder, { recursive: true });
    }
  }, 60_000);
});

describe('the command', () => {
  let said: string[] = [];
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-replay-'));
    said = [];
    vi.spyOn(console, 'log').mockImplementation((text: string) => {
      said.push(uncoloured(text));
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = 0;
    rmSync(folder, { recursive: true });
  });
  async function replay(text: string, ...options: string[]) {
    const file = join(folder, 'bundle.ndjson');
    writeFileSync(file, text);
    const program = new Command('countersign');
    registerReplay(program);
    await program.parseAsync(['replay', file, ...options], { from: 'user' });
    return process.exitCode;
  }

  test('writes a page or prints, and exits as audit verify does', async () => {
    const page = join(folder, 'page.html');
    expect(await replay(bundle, '--html', page)).toBe(0);
    expect(readFileSync(page, 'utf8')).toMatch(/^<!doctype html>/);
    expect(said).toEqual([`✓ ${page}`]);
    expect(await replay(`${tampered.join('\n')}\n`)).toBe(1);
    expect(said.join('\n')).toContain('✗ Not as it was written');
  });

  test('of several incidents wants one named, and says which there are', async () => {
    const two = await Promise.all(
      ['one', 'two'].map((name) =>
        genuine(name, { reads: 1, changes: [], standing: false, closed: true, late: false }),
      ),
    );
    const window = { since: '2026-11-21T00:00:00.000Z', until: '2026-11-22T00:00:00.000Z' };
    const text = await bundleOf(two.flatMap(genuineExport), window);
    await expect(replay(text)).rejects.toThrow(new RegExp(`--incident: ${two[0]?.id}, ${two[1]?.id}`));
    expect(await replay(text, '--incident', two[1]?.id ?? '')).toBe(2);
    await expect(replay(text, '--incident', incidentId)).rejects.toThrow(/does not hold inc-.*; it holds: inc-/);
    await expect(replay('{}\n')).rejects.toThrow(/is no bundle/);
  });
});
