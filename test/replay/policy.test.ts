/** `countersign replay --policy`: what another policy would have decided, from what was kept, and never from a guess. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { registerReplay } from '../../cli/replay.ts';
import { endedAnew, linesOf } from '../core/audit/bundles.ts';
import { account, policyText } from '../support/fixtures.ts';
import { runbook, sampleBundle, samplePolicy } from '../support/sample-bundle.ts';

const { bundle } = await sampleBundle();

let folder = '';
let lines: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-policy-replay-'));
  lines = [];
  vi.spyOn(console, 'log').mockImplementation((text: string) => void lines.push(text.replace(/\u001b\[\d+m/g, '')));
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
  rmSync(folder, { recursive: true });
});

/** Replays a bundle under a policy. */
async function under(policy: string, { text = bundle, more = [] as string[] } = {}) {
  writeFileSync(join(folder, 'policy.yaml'), policy);
  writeFileSync(join(folder, 'bundle.ndjson'), text);
  const program = new Command('countersign');
  registerReplay(program);
  const files = [join(folder, 'bundle.ndjson'), '--policy', join(folder, 'policy.yaml')];
  await program.parseAsync(['replay', ...files, ...more], { from: 'user' });
  return process.exitCode;
}
const last = () => lines.at(-1) ?? '';

test('the policy of the time decides every command as it did: exit 0', async () => {
  expect(await under(samplePolicy)).toBe(0);
  expect(lines).toEqual([
    expect.stringMatching(
      /^\d+ commands of 1 incidents: 0 would be decided otherwise, (\d+) as they were, 0 cannot be told$/,
    ),
  ]);
});

test('fewer approvers, and a freeze, are named at the commands that they change: exit 1', async () => {
  expect(await under(policyText('live'))).toBe(1);
  expect(lines.join('\n')).toMatch(/≠ inc-\w+ step 3 run Remove .*: asked for 1 of ana, ben → asked for 1 of ana\n/);
  expect(lines.join('\n')).not.toContain('step 1 run');

  lines = [];
  const window = { from: '2026-11-20T00:00:00Z', to: '2026-11-30T00:00:00Z' };
  const freeze = `freeze: [{ from: ${window.from}, to: ${window.to}, reason: sales, mutations: halt }]`;
  expect(await under(`${samplePolicy}environments: { production: { accounts: ['${account}'], ${freeze} } }`)).toBe(1);
  expect(lines.join('\n')).toMatch(
    /step 2 run Restart .* → halted\n {4}freeze: change freeze until 2026-11-30T00:00:00Z: sales/,
  );
  expect(lines.join('\n')).not.toContain('step 4 run');
});

test('how many unasked actions the alarm had had in its hour is in no chain: cannot tell, never a guess', async () => {
  const granted = `environments: { production: { accounts: ['${account}'] } }
tiers: { high: { max_autonomous_actions: 5 } }
standing_approvals:
  - { environment: production, level: modifying, owner: ben, reason: harmless, granted: 2026-11-01T00:00:00Z, expires: 2026-12-01T00:00:00Z }`;
  expect(await under(`${samplePolicy}${granted}`)).toBe(2);
  expect(lines[0]).toMatch(
    /^\? inc-\w+ step 2 run: cannot tell: how many unasked actions this alarm had in that hour was not kept$/,
  );
});

test('without the runbook of the time nothing is known of its commands: cannot tell, exit 2', async () => {
  const without = linesOf(bundle).filter((line) => !line.includes('id: disk-full'));
  expect(await under(samplePolicy, { text: endedAnew(without.slice(0, -1)) })).toBe(2);
  expect(lines[0]).toMatch(
    /^\? inc-\w+ step 1 run: cannot tell: the runbook disk-full with the SHA-256 [0-9a-f]{12}… is not here$/,
  );
  expect(last()).toMatch(/: 0 would be decided otherwise, 0 as they were, \d+ cannot be told$/);
});

test('--runbooks judges the commands of today’s runbook in the place of those of the time', async () => {
  mkdirSync(join(folder, 'runbooks'));
  const today = runbook.replace('systemctl restart log-shipper', 'systemctl status log-shipper');
  writeFileSync(join(folder, 'runbooks', 'disk-full.md'), today);
  expect(await under(samplePolicy, { more: ['--runbooks', join(folder, 'runbooks')] })).toBe(1);
  expect(lines[0]).toMatch(/≠ inc-\w+ step 2 run Restart .*: asked for 1 of ana, ben → unasked$/);
});

test('nothing is decided anew from a broken audit', async () => {
  const text = bundle.replace('"actor":"decide"', '"actor":"nobody"');
  await expect(under(samplePolicy, { text })).rejects.toThrow(
    'the audit is broken, and nothing is decided anew from it',
  );
});

test('--json says of each command what was, what would be, and why not', async () => {
  await under(policyText('live'), { more: ['--json'] });
  const all = JSON.parse(last());
  expect(all.find((one: { isSame: boolean }) => one.isSame === false)).toMatchObject({
    was: { decision: 'ask', approvals: { required: 1, approvers: ['ana', 'ben'] } },
    would: { decision: 'ask', approvals: { required: 1, approvers: ['ana'] } },
    why: null,
  });
});
