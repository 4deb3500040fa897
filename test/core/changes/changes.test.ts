/** What a deploy would change: each change of a runbook or of the policy is one sentence, and what loosens is marked. */
import { describe, expect, test } from 'vitest';
import { changesBetween } from '../../../core/changes/changes.ts';
import { compiledOf, fixRunbook, policyText, riskTools } from '../../support/fixtures.ts';

const before = compiledOf();
const between = (after: Partial<typeof before>, from = before) =>
  changesBetween(from, { ...before, ...after }, riskTools).map(
    ({ about, text, loosens }) => `${loosens ? '! ' : ''}${about}: ${text}`,
  );
const runbook = (from: string, to: string) => {
  expect(fixRunbook.split(from).length, from).toBeGreaterThan(1);
  return between({ runbooks: compiledOf({ runbook: fixRunbook.replace(from, () => to) }).runbooks });
};
const policy = (change: (text: string) => string) => {
  const changed = compiledOf({ policy: change(policyText('live')) });
  return between({ policy: changed.policy, policyDigest: changed.policyDigest });
};

test('the same is nothing', () => {
  expect(between({})).toEqual([]);
});

describe('a runbook', () => {
  test('that is new or gone', () => {
    expect(between({ runbooks: [] })).toEqual(['fix: is gone: its alarms find no runbook, or another one']);
    expect(between({}, { ...before, runbooks: [] })).toEqual(['! fix: is new: Fix it (4 steps, destructive at most)']);
  });

  test.each([
    [
      'systemctl restart web',
      'rm -rf /srv/web',
      ['! fix: step 2 is now destructive (was modifying): deletes files', 'fix: step 2: its command changed'],
    ],
    [
      'systemctl restart web',
      'systemctl status web',
      ['! fix: step 2 is now read only (was modifying)', 'fix: step 2: its command changed'],
    ],
    ['systemctl restart web', 'systemctl reload web', ['fix: step 2: its command changed']],
    ['2. Restart', '2. Restart the web server', ['fix: step 2 is now called Restart the web server (was Restart)']],
    [
      '1. Look\n\n   ```bash\n   df -h /\n   ```\n\n2. Restart',
      '1. Restart',
      ['fix: step 1 (Look) is gone', 'fix: step 1 was step 2', 'fix: step 2 was step 3', 'fix: step 3 was step 4'],
    ],
    [
      '4. Look again',
      '4. Halt\n\n   ```bash\n   systemctl stop web\n   ```\n\n5. Look again',
      ['! fix: step 4 (Halt) is new: modifying', 'fix: step 5 was step 4'],
    ],
    [
      "   ```bash dry-run\n   find /var/log/app -name '*.gz' -print\n   ```\n",
      '',
      ['! fix: step 3: its dry run is gone'],
    ],
    ['```bash\n   systemctl', '```bash timeout=30s\n   systemctl', ['fix: step 2 may run 30 s (was 60 s)']],
    [
      '```bash\n   systemctl',
      '```bash when=always\n   systemctl',
      ['! fix: step 2 now also runs after a failure and when the alarm is off (when=always)'],
    ],
    ['max: 1', 'max: 5', ['! fix: at most 5 hosts (was 1)']],
    [
      'targets: { from: alarm, max: 1 }',
      'targets: { tags: { app: web }, max: 1 }',
      ['! fix: runs on instances with {"app":"web"} (was the alarm’s instance)'],
    ],
    ["alarms: ['fix-*']", "alarms: ['fix-*', 'mend-*']", ['! fix: answers other alarms (match changed)']],
    ['environments: [production]', 'environments: []', ['! fix: may run in all environments (was production)']],
    ['owner: platform', 'owner: data', ['fix: owner: was platform, is data']],
    ['symptoms: [broken]', 'symptoms: [broken, slow]', ['fix: symptoms: +slow']],
    [
      'title: Fix it\n',
      'title: Fix it\nreviewed: 2026-11-01\n',
      ['fix: its text changed, and nothing that it would do'],
    ],
  ] as const)('%j → %j', (from, to, expected) => {
    const said = runbook(from, to);
    // What makes a step modifying is said behind it, and is the floor's own business.
    expect(said.map((line) => line.replace(/(modifying|read only \(was modifying\)): .*/, '$1'))).toEqual(expected);
  });
});

describe('the policy', () => {
  test.each([
    ['mode: live', 'mode: dry_run', ['policy: mode: was live, is dry_run']],
    ['approvers: [ana]', 'approvers: [ana, ben]', ['! policy: approvers: +ben']],
    ['approvers: [ana]', 'approvers: [ben]', ['! policy: approvers: +ben −ana']],
    ['timeout: 10m', 'timeout: 5m', ['policy: safety.timeout: was 600, is 300']],
    ['llm: { enabled: true }', 'llm: { enabled: false }', ['policy: llm.enabled: was true, is false']],
  ] as const)('%j → %j', (from, to, expected) => {
    expect(policy((text) => text.replace(from, to))).toEqual(expected);
  });

  test('that becomes live, and gets a standing approval', () => {
    const dry = compiledOf({ mode: 'dry_run' });
    const after = compiledOf({
      policy: policyText(
        'live',
        `environments: { production: { max_targets: 3 } }
standing_approvals: [{ environment: production, level: modifying, owner: ben, reason: harmless, granted: 2026-11-01T00:00:00Z, expires: 2026-12-01T00:00:00Z }]`,
      ),
    });
    const said = changesBetween(dry, after, riskTools);
    expect(said.filter(({ loosens }) => loosens).map(({ text }) => text)).toEqual([
      'mode: was dry_run, is live',
      expect.stringMatching(/^standing_approvals: \+\{"environment":"production"/),
    ]);
    expect(said.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^environments\.production: is new: \{/));
  });

  test('an organisation’s own word on a command changes levels of runbooks that nobody touched', () => {
    const after = compiledOf({
      policy: policyText(
        'live',
        'commands: [{ match: { command: systemctl, arguments: [restart, web] }, level: destructive, owner: ben, reason: it is slow }]',
      ),
    });
    const said = changesBetween(before, after, riskTools).map(({ about, text }) => `${about}: ${text}`);
    expect(said).toContainEqual(expect.stringMatching(/^fix: step 2 is now destructive \(was modifying\): /));
  });
});

test('another release and another document are said', () => {
  const document = { ...before.document, name: 'countersign-run-000000000000', digest: '0'.repeat(64) };
  expect(between({ release: '9.9.9', document })).toEqual([
    expect.stringMatching(/^! release: 9\.9\.9 \(was 0\.1\.0\)/),
    `document: scripts run by countersign-run-000000000000 (was ${before.document.name}, which stays)`,
  ]);
});
