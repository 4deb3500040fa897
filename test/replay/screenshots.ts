/**
 * Pictures of the replay page, whole and tampered with, and of a report, at 390 and 1280 px, light and dark, and as PDF:
 * `node test/replay/screenshots.ts FOLDER`. A person looks at them; nothing is compared.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { incidentsOf } from '../../cli/bundle-chains.ts';
import { pageOf } from '../../cli/replay/page.ts';
import { storyOf } from '../../cli/replay/story.ts';
import { figuresOf } from '../../cli/report/figures.ts';
import { reportPage } from '../../cli/report/page.ts';
import { verifyBundle } from '../../core/audit/verify-bundle.ts';
import { bundleOf, genuineExport, linesOf } from '../core/audit/bundles.ts';
import { genuine } from '../core/audit/genuine.ts';
import { picker, shapeOf } from '../core/audit/tamperings.ts';
import { launchBrowser } from '../support/browser.ts';
import { sampleBundle } from '../support/sample-bundle.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('where should the pictures go? node test/replay/screenshots.ts FOLDER');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const { bundle } = await sampleBundle();
const lines = bundle.trimEnd().split('\n');
const changed = lines.findIndex((line) => line.includes('"word":"approve"'));
const tampered = lines.with(changed, (lines[changed] ?? '').replaceAll('"name":"ana"', '"name":"eve"'));
const month = await monthOfIncidents();
const pages = {
  whole: pageOf(await storyOf(lines)),
  tampered: pageOf(await storyOf(tampered)),
  report: reportPage(figuresOf(month), [...incidentsOf(month)], await verifyBundle([month])),
};
/** More than the browser takes at once. */
const tall = 3_600;
const browser = await launchBrowser();
for (const [name, markup] of Object.entries(pages)) {
  const file = join(folder, `${name}.html`);
  writeFileSync(file, markup);
  for (const [size, width, height] of [
    ['phone', 390, 844],
    ['desk', 1280, 900],
  ] as const)
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme, javaScriptEnabled: false });
      await page.goto(pathToFileURL(file).href);
      await page.setViewportSize({ width, height: tall });
      await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) });
      if (size === 'desk' && colorScheme === 'light')
        await page.pdf({ path: join(folder, `${name}.pdf`), format: 'A4', preferCSSPageSize: true });
      await page.close();
    }
}
await browser.close();

/** Genuine chains of drawn shapes. Their times are all of one night, so that there is one day. */
async function monthOfIncidents(): Promise<string[]> {
  const chains = await Promise.all(
    Array.from({ length: 24 }, (_, number) =>
      genuine(`alarm-${number}`, { ...shapeOf(picker(number)), closed: number % 7 !== 0 }),
    ),
  );
  const window = { since: '2026-11-01T00:00:00.000Z', until: '2026-12-01T00:00:00.000Z' };
  return linesOf(await bundleOf(chains.flatMap(genuineExport), window));
}
