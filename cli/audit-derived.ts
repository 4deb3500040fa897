/** What is derived from a bundle's entries for other tools, one JSON object a line: OCSF events, in-toto statements. */
import { readFileSync, writeFileSync } from 'node:fs';
import { ocsfEventsOf } from '../core/report/ocsf.ts';
import { statementsOf } from '../core/report/provenance.ts';
import { incidentsOf, linesOfText } from './bundle-chains.ts';
import { colours as pc } from './colours.ts';
import { oneLine } from './timeline.ts';

const forms = { ocsf: ocsfEventsOf, provenance: statementsOf } as const;
export type DerivedForm = keyof typeof forms;

export function derivedLines(bundle: string, form: DerivedForm): string[] {
  return [...incidentsOf(linesOfText(bundle))].flatMap(({ id, entries }) =>
    forms[form](id, entries).map((one) => JSON.stringify(one)),
  );
}

/** Writes those files beside a bundle that were asked for; one that exists already is not written over. */
export function writeDerived(bundle: string, files: { readonly [form in DerivedForm]?: string }): void {
  for (const form of Object.keys(forms) as DerivedForm[]) {
    const file = files[form];
    if (file === undefined) continue;
    const lines = derivedLines(readFileSync(bundle, 'utf8'), form);
    writeFileSync(file, lines.map((line) => `${line}\n`).join(''), { flag: 'wx' });
    console.log(`${pc.green('✓')} ${oneLine(file)}: ${lines.length} ${form === 'ocsf' ? 'events' : 'statements'}`);
  }
}
