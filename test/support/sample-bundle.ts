/** A bundle of an incident that the functions themselves went through, over tables in memory, with what its commands printed. */

import { recoveryChain } from '../../core/audit/chain.ts';
import { bundleLines } from '../../core/audit/write-bundle.ts';
import { sha256 } from '../../core/digest.ts';
import { namedTexts } from '../../core/report/named-texts.ts';
import { reviewedTextsOf } from '../../core/reviewed.ts';
import { isoOf } from '../../core/time.ts';
import { alarmOf, ana, ben, compiledOf, policyText } from './fixtures.ts';
import { World } from './world.ts';

export const runbook = `---
id: disk-full
title: Free a full disk
owner: platform
severity: high
services: [web]
environments: [production]
match:
  alarms: ['disk-full-*']
symptoms: [disk full]
parameters: {}
targets: { from: alarm, max: 1 }
---

1. See what takes the space

   \`\`\`bash
   df -h /var/log && du -xsh /var/log/* | sort -rh | head -4
   \`\`\`

2. Restart the log shipper

   \`\`\`bash
   systemctl restart log-shipper
   \`\`\`
   \`\`\`bash observe
   systemctl is-active log-shipper
   \`\`\`

3. Remove rotated logs older than a week

   \`\`\`bash risk=destructive
   find /var/log/app -name '*.gz' -mtime +7 -delete
   \`\`\`
   \`\`\`bash dry-run
   find /var/log/app -name '*.gz' -mtime +7 -print
   \`\`\`
   \`\`\`bash observe
   df -h /var/log
   \`\`\`

4. Look again

   \`\`\`bash when=always
   df -h /var/log
   \`\`\`
`;

const df = (used: string, free: string, percent: string) =>
  `Filesystem      Size  Used Avail Use% Mounted on\n/dev/nvme1n1     40G ${used.padStart(5)} ${free.padStart(5)} ${percent.padStart(4)} /var/log\n`;
const full = df('38G', '2.0G', '95%');
const freed = df('21G', '19G', '53%');

const printed: Readonly<Record<string, string>> = {
  '1.run': `${full}29G\t/var/log/app\n4.1G\t/var/log/journal\n1.2G\t/var/log/nginx\n88M\t/var/log/audit\n`,
  '2.before': 'failed\n',
  '2.run': '',
  '2.after': 'active\n',
  '3.before': full,
  '3.dry_run': Array.from(
    { length: 12 },
    (_, day) => `/var/log/app/app-2026-11-${String(day + 1).padStart(2, '0')}.log.gz`,
  ).join('\n'),
  '3.run': '',
  '3.after': freed,
  '4.run': freed,
};

export const samplePolicy = policyText('live').replace('approvers: [ana]', 'approvers: [ana, ben]');

/** The incident, closed; `ana` and `ben` approve what asks for both. */
export async function sampleBundle(): Promise<{ bundle: string; incidentId: string; publicKey: string }> {
  const world = new World();
  world.compiled = compiledOf({
    runbook,
    policy: samplePolicy,
  });
  world.alarm = alarmOf({ name: 'disk-full-web-1' });
  world.evidence = [
    { label: 'disk_used_percent, Maximum of 60 s, newest first', text: '96.0 95.4 94.8 94.1 93.5 92.9 92.2 91.6' },
    {
      label: 'alarm history',
      text: '02:59:30 OK → ALARM: Threshold Crossed: 1 datapoint [96.0] was greater than the threshold (90.0).',
    },
  ];
  world.callTakes = 40;
  world.respond = ({ dispatch }) => ({ stdout: printed[`${dispatch.step}.${dispatch.part}`] ?? '' });
  world.onSend = ({ dispatch }) => {
    if (dispatch.step === 3 && dispatch.part === 'run')
      world.alarm = alarmOf({ name: 'disk-full-web-1', state: 'OK', stateChangedAt: isoOf(world.now + 20_000) });
  };
  const incidentId = await world.ring();
  await world.run(incidentId, async (now, record) => {
    await now.pass(47_000);
    await now.click(record, ana, 'approve');
    await now.pass(9_000);
    if (record.question.terms.required > 1) await now.click(record, ben, 'approve');
  });
  const { burns, publicKey, recovery } = await world.facts(incidentId);
  const items = await world.audit.items(incidentId);
  const texts = [
    ...namedTexts(items, await world.work.shown(incidentId)),
    ...reviewedTextsOf([{ text: runbook }], world.compiled.policy).map((text) => ({ digest: sha256(text), text })),
  ];
  const chains = [{ chain: incidentId, open: false, burns, byFirstRelease: [], items, texts }];
  if (recovery?.length) throw new Error(`${recoveryChain(incidentId)} should not be`);
  const lines: string[] = [];
  for await (const line of bundleLines({
    exportedAt: isoOf(world.now + 3_600_000),
    selection: { incident: incidentId },
    publicKey,
    chains,
  }))
    lines.push(line);
  return { bundle: lines.join(''), incidentId, publicKey: publicKey ?? '' };
}
