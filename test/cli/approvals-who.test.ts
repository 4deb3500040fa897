/** `countersign approvals who`: the terms that a question would carry, from files alone, and who is not among them and why. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { registerApprovals } from '../../cli/approvals.ts';

let folder = '';
let out = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-who-'));
  out = '';
  vi.spyOn(console, 'log').mockImplementation((text: string) => {
    out += `${text.replace(/\u001b\[\d+m/g, '')}\n`;
  });
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  vi.restoreAllMocks();
  process.exitCode = 0;
});

async function who(policy: string, ...words: string[]): Promise<typeof process.exitCode> {
  const file = join(folder, 'countersign.yaml');
  writeFileSync(file, policy);
  const program = new Command('countersign').exitOverride();
  registerApprovals(program);
  await program.parseAsync(['approvals', 'who', ...words, '--policy', file], { from: 'user' });
  return process.exitCode;
}

const policy = `people:
  - { name: ana, slack: U0000000001, iam: "arn:aws:iam::111122223333:user/ana" }
  - { name: ben, slack: U0000000002 }
  - { name: cleo, iam: "arn:aws:iam::111122223333:user/cleo" }
  - { name: dora, slack: U0000000004 }
groups: { oncall: { members: [ben], slack_group: S0000000001 } }
approvers: [ana, oncall, cleo]
`;

test('a destructive step in production: two people, one through IAM, who they are, and who not', async () => {
  expect(await who(`${policy}level_approvers: { destructive: [ana, ben] }`, 'disk-full', '4')).toBe(0);
  expect(out).toBe(`Step 4 of disk-full: Remove the rotated logs older than a week  destructive
in production, team platform
2 of these 2 must approve, one of them through IAM:
  ana, by Slack or IAM
  ben, by Slack, while the Slack user group S0000000001 holds them
  not cleo: level_approvers.destructive does not name them
  not dora: approvers does not name them
who asks for a further plan of the incident, or changes what is asked, may only reject it
`);
});

test('elsewhere one of all, in a team’s runbook of those whom the team names', async () => {
  const staging = 'environments: { staging: { accounts: ["111122223333"], second_channel: none } }\n';
  expect(await who(`${policy}${staging}`, 'disk-full', '4', '--environment', 'staging')).toBe(0);
  expect(out).toContain('1 of these 3 must approve:\n  ana, by Slack or IAM\n');
  const team = 'teams: { platform: { approvers: [ana, cleo] } }\n';
  out = '';
  await who(`${policy}${staging}${team}`, 'disk-full', '4', '--environment', 'staging', '--json');
  expect(JSON.parse(out)).toMatchObject({
    level: 'destructive',
    environment: 'staging',
    team: 'platform',
    asks: true,
    required: 1,
    secondChannel: false,
    approvers: [
      { name: 'ana', slack: true, iam: true, slackGroups: [] },
      { name: 'cleo', slack: false, iam: true, slackGroups: [] },
    ],
    notListed: [
      { name: 'ben', list: 'teams.platform.approvers' },
      { name: 'dora', list: 'approvers' },
    ],
    short: null,
  });
});

test('a single operator is told as one', async () => {
  expect(await who(`${policy}single_operator: true`, 'disk-full', '4')).toBe(0);
  expect(out).toContain('1 of these 3 must approve:');
  expect(out).toContain('single_operator: who started or changed it may approve it too');
});

test('what asks nobody says why; where nobody may approve it says so, and fails', async () => {
  expect(await who(policy, 'disk-full', '1')).toBe(0);
  expect(out).toContain('nobody is asked: changes nothing');
  out = '';
  expect(await who('mode: live', 'disk-full', '4')).toBe(1);
  expect(out).toContain('nobody can decide on it: nobody may approve this');
});

test.each([
  [['disk-full', '99'], /runbook disk-full has no step 99; it has 1 to 4/],
  [['disk-full', 'four'], /step "four" is no number/],
  [['no-such', '1'], /no-such/],
])('%s is an error that says what there is', async (words, text) => {
  await expect(who(policy, ...words)).rejects.toThrow(text);
});
