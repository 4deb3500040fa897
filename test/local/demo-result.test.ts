/** What `npm run demo` makes of a chain and of its flags: its exit code, its words, and when the audit counts as verified. */
import { expect, test } from 'vitest';
import { type ReadEntry, readChain } from '../../core/audit/chain.ts';
import type { ChainReport } from '../../core/audit/verify.ts';
import { swallowed } from '../../local/demo/options.ts';
import { exitCodeOf, isVerified, votesInWords } from '../../local/demo/result.ts';

const whole: ChainReport = {
  chain: 'inc-00000000000000000000',
  entries: 2,
  verdict: 'whole',
  closed: true,
  problems: [],
  cannotTell: [],
};
const unsigned: ChainReport = { ...whole, verdict: 'cannot_tell', cannotTell: [{ place: null, why: 'unsigned' }] };
const nobodySigned = readChain('inc-00000000000000000000', []).entries;
const somebodySigned = [{ kind: 'vote_signed' } as ReadEntry];

test.each([
  ['whole and closed', whole, somebodySigned, true],
  ['not closed', { ...whole, closed: false }, somebodySigned, false],
  ['a problem', { ...whole, verdict: 'broken', problems: [{ place: 1, problem: 'x' }] }, somebodySigned, false],
  ['nobody signed anything, and that alone is left open', unsigned, nobodySigned, true],
  ['somebody signed, and something is left open', unsigned, somebodySigned, false],
  [
    'more is left open',
    { ...unsigned, cannotTell: [...unsigned.cannotTell, { place: 2, why: 'unknown' }] },
    nobodySigned,
    false,
  ],
] as const)('%s', (_what, report, entries, verified) => {
  expect(isVerified(report, entries)).toBe(verified);
});

test.each([
  ['resolved', true, false, 0],
  ['dry_run', true, true, 0],
  ['dry_run', true, false, 1],
  ['resolved', true, true, 1],
  ['rejected', true, false, 2],
  ['expired', true, false, 3],
  ['halted', true, false, 1],
  ['open', true, false, 1],
  ['resolved', false, false, 1],
] as const)('%s, verified %s, dry run %s: exit code %d', (status, auditVerified, dryRun, code) => {
  expect(exitCodeOf({ status, auditVerified, bundleVerdict: 'clean' }, dryRun)).toBe(code);
  expect(exitCodeOf({ status, auditVerified, bundleVerdict: 'cannot_tell' }, dryRun)).toBe(1);
});

test.each([
  [0, 0, 'nobody signed anything'],
  [1, 0, '1 signed approval'],
  [2, 0, '2 signed approvals'],
  [0, 1, '1 signed rejection'],
  [1, 1, '1 signed approval, 1 signed rejection'],
])('%d approvals and %d rejections are told as such', (approvals, rejections, words) => {
  expect(votesInWords({ approvals, rejections })).toBe(words);
});

test('flags that npm took for itself are named with the command that was meant', () => {
  const byNpm = { npm_lifecycle_event: 'demo' };
  const taken = { ...byNpm, npm_config_yes: 'true', npm_config_dry_run: 'true', npm_config_json: '' };
  expect(swallowed(['--keep'], taken)).toBe(
    'npm took --yes, --dry-run for itself; the demo did not get it. If you meant the demo: npm run demo -- --keep --yes --dry-run',
  );
  expect(swallowed(['--yes', '--dry-run'], taken)).toBeNull();
  expect(swallowed([], { ...byNpm, npm_config_runbooks: 'mine', npm_config_alarm: 'mine/alarm.json' })).toBe(
    'npm took --runbooks mine, --alarm mine/alarm.json for itself; the demo did not get it. If you meant the demo: npm run demo -- --runbooks mine --alarm mine/alarm.json',
  );
  expect(swallowed([], byNpm)).toBeNull();
  // `npx --yes countersign demo`: it was npx's.
  expect(swallowed([], { npm_config_yes: 'true' })).toBeNull();
});
