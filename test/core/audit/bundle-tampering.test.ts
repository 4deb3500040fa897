/** I7 outside the account: whatever is made of a chain or of a bundle's file is found where it is, by two verifiers that share no code. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../../core/audit/envelope.ts';
import { seed, share } from '../../soak.ts';
import { byPython } from '../../support/python-verifier.ts';
import { bundleTamperings as withoutCheckpoints } from './bundle-tamperings.ts';
import { bundleOf, genuineExport, verdictOf, verified, writtenFor } from './bundles.ts';
import { anchoredBundle, checkpointTamperings } from './checkpoint-tamperings.ts';
import { checkpointsOver, headsOf, oldExport } from './checkpoints.ts';
import { genuine, rehashed } from './genuine.ts';
import { picker, shapeOf } from './tamperings.ts';

const bundleTamperings = { ...withoutCheckpoints, ...checkpointTamperings };
const count = share(1000, Object.keys(bundleTamperings).length);
const folder = mkdtempSync(join(tmpdir(), 'countersign-bundles-'));
afterAll(() => rmSync(folder, { recursive: true }));

const around = await Promise.all([1, 2].map((number) => genuine(`other-${number}`, shapeOf(picker(seed + number)))));
/** Texts and numbers of which a second implementation of canonical JSON may think otherwise. */
const odd = await genuine('Größe "voll" \\ 🔥 tab\there, line\nthere, \u0001, \u007f, \u2028', shapeOf(picker(seed)));
odd.entries.splice(0, odd.entries.length, ...rehashed(odd.entries.map((entry) => withNumbers(entry))));
function withNumbers(entry: AuditEntry): AuditEntry {
  if (entry.event.kind !== 'incident_opened') return entry;
  const candidates = [0, 0.3, 0.9635, 1, 1 / 3].map((confidence) => ({ runbookId: 'fix', confidence, why: '' }));
  return { ...entry, event: { ...entry.event, candidates } };
}
const names = Object.keys(bundleTamperings);
const cases = await Promise.all(
  Array.from({ length: count }, async (_, index) => {
    const name = names[index % names.length] ?? '';
    const own = seed + index;
    const chain = await genuine(`alarm-${own}`, shapeOf(picker(own)));
    const tampered = await bundleTamperings[name]?.(chain, around, picker(own * 7919));
    if (!tampered) throw new Error(name);
    return { name: `${name} (seed ${own})`, ...tampered };
  }),
);

console.log(`bundle tampering: ${count} of ${names.length} kinds, SEED=${seed}`);
describe('I7: a tampered bundle', () => {
  test('is detected, and located at its entry or line', async () => {
    for (const { name, bundle, verdict, firstBad = null } of cases) {
      const report = await verified(bundle);
      const said = JSON.stringify([report.firstBad, report.integrity.cannotTell, report.completeness.cannotTell]);
      expect(verdictOf(report), `${name}: ${said}`).toMatchObject({ verdict, firstBad });
    }
  });

  test('is judged alike by docs/verify.py, down to the entry', async () => {
    const whole = await Promise.all(
      [...around, odd].map((chain) => bundleOf(genuineExport(chain), { incident: chain.id })),
    );
    const points = await checkpointsOver(around.map((chain) => headsOf(chain, picker(seed))));
    whole.push(await anchoredBundle([oldExport, ...around.flatMap(genuineExport)], points));
    // Nobody signed anything in it, and a checkpoint signs all of it.
    const quiet = await genuine('quiet', { ...shapeOf(picker(seed)), changes: [], standing: false });
    const own = await checkpointsOver([headsOf(quiet, picker(seed))]);
    whole.push(await anchoredBundle(genuineExport(quiet), own, { incident: quiet.id }));
    // A step that a person does is confirmed, and not approved.
    const byHand = await genuine('by-hand', { ...shapeOf(picker(seed)), manual: true });
    whole.push(await bundleOf(genuineExport(byHand), { incident: byHand.id }));
    const all = [...whole.map((bundle) => ({ name: 'genuine', bundle })), ...cases];
    const answers = await byPython(
      writtenFor(
        folder,
        all.map(({ bundle }) => bundle),
      ),
    );
    const clean = { verdict: 'clean', integrity: 'whole', completeness: 'whole', firstBad: null };
    expect(answers.slice(0, whole.length)).toEqual(whole.map(() => clean));
    for (const [index, { name, bundle }] of all.entries())
      expect(answers[index], name).toEqual(verdictOf(await verified(bundle)));
  }, 300_000);
});
