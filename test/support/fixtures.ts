/** Fixtures: a policy, a runbook and an alarm as small as they can be; tests change what they are about. */
import { loadReparse } from '../../adapters/tree-sitter/reparse.ts';
import type { Alarm } from '../../core/alarm/alarm.ts';
import type { Compiled } from '../../core/compiled.ts';
import { runDocument } from '../../core/derive/run-document.ts';
import { parsePolicy, policyDigest } from '../../core/policy/parse.ts';
import type { RiskTools } from '../../core/policy/verdict.ts';
import { release } from '../../core/release.ts';
import { compileRunbooks } from '../../core/runbook/compile.ts';

export const account = '111122223333';
export const region = 'eu-central-1';
export const instanceId = 'i-0123456789abcdef0';
export const ana = { id: 'U0000000001', name: 'ana' };
export const ben = { id: 'U0000000002', name: 'ben' };
export const start = Date.parse('2026-11-21T03:00:00Z');

export const riskTools: RiskTools = { reparse: await loadReparse('node_modules') };

export const fixRunbook = `---
id: fix
title: Fix it
owner: platform
severity: low
services: [web]
environments: [production]
match:
  alarms: ['fix-*']
symptoms: [broken]
parameters: {}
targets: { from: alarm, max: 1 }
---

1. Look

   \`\`\`bash
   df -h /
   \`\`\`

2. Restart

   \`\`\`bash
   systemctl restart web
   \`\`\`
   \`\`\`bash observe
   systemctl is-active web
   \`\`\`

3. Delete

   \`\`\`bash risk=destructive
   find /var/log/app -name '*.gz' -delete
   \`\`\`
   \`\`\`bash dry-run
   find /var/log/app -name '*.gz' -print
   \`\`\`

4. Look again

   \`\`\`bash when=always
   df -h /
   \`\`\`
`;

export function policyText(mode: 'live' | 'dry_run', more = ''): string {
  return `
mode: ${mode}
safety: { timeout: 10m, recovered_after: 10s, verification_window: 60s }
people: [{ name: ana, slack: ${ana.id} }, { name: ben, slack: ${ben.id} }]
approvers: [ana]
single_operator: true
llm: { enabled: true }
${more}`;
}

export function compiledOf(options: { mode?: 'live' | 'dry_run'; runbook?: string; policy?: string } = {}): Compiled {
  const policy = parsePolicy(options.policy ?? policyText(options.mode ?? 'live'), 'countersign.yaml');
  return {
    format: 1,
    release,
    runbooks: compileRunbooks([{ file: 'runbooks/fix.md', text: options.runbook ?? fixRunbook }]),
    policy,
    policyDigest: policyDigest(policy),
    document: runDocument(),
  };
}

/** More for `policyText`: a standing approval of what is modifying, for this many unasked actions. */
export function standing(most: number): string {
  return `environments: { production: { accounts: ['${account}'] } }
tiers: { low: { max_autonomous_actions: ${most} } }
standing_approvals:
  - { environment: production, level: modifying, owner: ben, reason: harmless, granted: 2026-11-01T00:00:00Z, expires: 2026-12-01T00:00:00Z }`;
}

export function alarmOf(changes: Partial<Alarm> = {}): Alarm {
  const name = changes.name ?? 'fix-web';
  return {
    arn: `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`,
    name,
    account,
    region,
    kind: 'metric',
    state: 'ALARM',
    stateChangedAt: '2026-11-21T02:59:30.000Z',
    stateReason: 'Threshold Crossed: 1 datapoint [96.0] was greater than the threshold (90.0).',
    description: 'The disk is nearly full',
    namespace: 'CWAgent',
    metric: 'disk_used_percent',
    dimensions: { InstanceId: instanceId },
    tags: { countersign: 'on' },
    rule: null,
    comparison: 'GreaterThanThreshold',
    threshold: 90,
    series: { statistic: 'Maximum', periodSeconds: 60 },
    contributorId: null,
    quiet: null,
    ...changes,
  };
}
