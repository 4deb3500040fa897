/**
 * Pictures of the replay page, whole and tampered with, at 390 and 1280 px, light and dark, and as PDF:
 * `node test/replay/screenshots.ts FOLDER`. A person looks at them; nothing is compared.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pageOf } from '../../cli/replay/page.ts';
import { storyOf } from '../../cli/replay/story.ts';
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
const bundles = {
  whole: lines,
  tampered: lines.with(changed, (lines[changed] ?? '').replaceAll('"name":"ana"', '"name":"eve"')),
};
/** More than the browser takes at once. */
const tall = 3_600;
const browser = await launchBrowser();
for (const [name, some] of Object.entries(bundles)) {
  const file = join(folder, `${name}.html`);
  writeFileSync(file, pageOf(await storyOf(some)));
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
