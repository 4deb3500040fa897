/** What of other people is inside the package: their licences, as these demand, and a bill of materials in CycloneDX's form. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { release } from '../core/release.ts';
import { root } from './assets.ts';

interface Part {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly text: string;
}

/** Writes `THIRD-PARTY-LICENSES.txt` and `sbom.cdx.json`. @param inputs paths of all that was bundled, relative to the repository */
export function writeThirdParty(inputs: ReadonlySet<string>, output: string): void {
  const folders = [...inputs].flatMap(
    (path) => /^node_modules\/.*(?<=node_modules\/)(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
  );
  // Their grammars are copied, and nothing of the second is bundled.
  const all = new Set([...folders, 'node_modules/web-tree-sitter', 'node_modules/tree-sitter-bash']);
  const parts = [...all].sort().map(partOf);
  writeFileSync(join(output, 'THIRD-PARTY-LICENSES.txt'), parts.map(licenceOf).join('\n'));
  writeFileSync(join(output, 'sbom.cdx.json'), `${JSON.stringify(billOf(parts), null, 1)}\n`);
}

function partOf(folder: string): Part {
  const path = join(root, folder);
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const file = readdirSync(path).find((one) => /^licen[cs]e/i.test(one));
  return { name, version, license, text: file ? readFileSync(join(path, file), 'utf8').trim() : '' };
}

function licenceOf({ name, version, license, text }: Part): string {
  return `${'='.repeat(80)}\n${name} ${version} (${license})\n\n${text}\n`;
}

function billOf(parts: readonly Part[]): object {
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: { type: 'application', name: 'countersign', version: release, purl: `pkg:npm/countersign@${release}` },
    },
    components: parts.map(({ name, version, license }) => ({
      type: 'library',
      name,
      version,
      purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
      licenses: [{ expression: license }],
    })),
  };
}
