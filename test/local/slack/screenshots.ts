/**
 * Pictures of what people see in Slack, in the four sizes in which they see it: `node test/local/slack/screenshots.ts FOLDER [NAME…]`.
 * A person looks at them; nothing is compared.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { slackAdapter } from '../../../adapters/slack/slack.ts';
import type { SlackMessage } from '../../../core/slack/blocks.ts';
import { approvalCard, decidedCard, reminder } from '../../../core/slack/card.ts';
import { headMessage } from '../../../core/slack/head.ts';
import { dryRunSummary, incidentSummary } from '../../../core/slack/messages.ts';
import { startSlackWorkspace } from '../../../local/slack/workspace.ts';
import {
  ana,
  bo,
  sampleCard,
  sampleChoice,
  sampleFailure,
  sampleHead,
  sampleInput,
  sampleReport,
  sampleStep,
} from '../../core/slack/samples.ts';
import { launchBrowser } from '../../support/browser.ts';
import { botToken, signingSecret } from './app.ts';

const sizes = [
  { name: 'phone', width: 390, height: 844 },
  { name: 'desk', width: 1280, height: 900 },
] as const;
const schemes = ['light', 'dark'] as const;

const now = Math.floor(Date.now() / 1000);
const card = sampleCard({ drawnAt: now, expiresAt: now + 600, alarm: { ...sampleCard().alarm, since: now - 240 } });
const fleet = Array.from({ length: 20 }, (_, index) => ({
  id: `i-0a1b2c3d4e5f6${String(index).padStart(4, '0')}`,
  name: `web-${index + 1}`,
}));
const failing = {
  ...sampleStep({ mark: '✗', done: 'failed', after: [], before: [] }),
  printed: [
    {
      title: 'Step 2 (Remove rotated logs older than a week) failed',
      outputs: [{ host: 'web-1', text: 'find: /var/log/app: Permission denied\n(exit code 1)', keep: 'end' as const }],
    },
  ],
};
const decided = (status: 'APPROVED' | 'REJECTED' | 'EXPIRED' | 'WITHDRAWN', reason: string | null) =>
  decidedCard(card, { status, by: status === 'APPROVED' || status === 'REJECTED' ? [ana] : [], at: now, reason });
const silence = { level: 1, of: 3, mention: null, before: [], movedTo: null, next: null, pagedAt: null };

const messages: Readonly<Record<string, SlackMessage>> = {
  waiting: approvalCard(card),
  'waiting-20-hosts': approvalCard(
    sampleCard({
      ...card,
      targets: fleet,
      dryRun: fleet.map(({ name }) => ({ host: name, text: `/var/log/${name}.gz` })),
    }),
  ),
  'waiting-manual': approvalCard(
    sampleCard({
      ...card,
      command: null,
      dryRun: [],
      before: [],
      step: {
        ...card.step,
        title: 'Call the owner of the database',
        prose: 'Ask whether the failover is theirs. The number is in the rota.',
      },
    }),
  ),
  'waiting-rollback': approvalCard(
    sampleCard({
      ...card,
      command: "systemctl start 'checkout'",
      risk: { ...card.risk, level: 'modifying', reasons: [], notes: ['step 2 before this one failed'] },
      step: { ...card.step, title: 'Stop the queue (rollback)', prose: '' },
      dryRun: [],
      earlier: failing.printed,
    }),
  ),
  'what-follows': approvalCard({ ...sampleFailure(), drawnAt: now, expiresAt: now + 600, alarm: card.alarm }),
  'what-is-chosen': approvalCard({ ...sampleChoice(), drawnAt: now, expiresAt: now + 600, alarm: card.alarm }),
  'what-is-typed': approvalCard({ ...sampleInput(), drawnAt: now, expiresAt: now + 600, alarm: card.alarm }),
  chosen: decidedCard(sampleChoice(), {
    status: 'ANSWERED',
    word: 'choose',
    by: [ana],
    at: now,
    reason: 'alternative 1',
  }),
  'waits-for-it': approvalCard({
    ...card,
    waitSeconds: 300,
    risk: { ...card.risk, level: 'read_only', reasons: [], notes: [] },
    command: 'systemctl is-active nginx',
    dryRun: [],
  }),
  'one-of-two': approvalCard({ ...card, required: 2, approvedBy: [ana], iamWanted: true }),
  escalated: approvalCard({
    ...card,
    silence: { ...silence, level: 2, mention: bo.slackId, before: ['incidents'], next: { place: null, at: now + 300 } },
  }),
  'moved-on': approvalCard({ ...card, silence: { ...silence, movedTo: { place: 'incident-leads', at: now - 20 } } }),
  withdrawn: decided('WITHDRAWN', 'the alarm is OK again since 2026-11-21 03:04 UTC'),
  reminder: reminder({ ...card, drawnAt: card.expiresAt - 110 }),
  approved: decided('APPROVED', null),
  rejected: decided('REJECTED', 'the node is being replaced, leave it'),
  expired: decided('EXPIRED', 'Nobody decided in time.'),
  resolved: incidentSummary(sampleReport()),
  failed: incidentSummary(
    sampleReport({
      title: 'Failed',
      next: 'A step or Countersign itself failed. Take over by hand now.',
      alarm: { ...sampleReport().alarm, state: 'ALARM' },
      steps: [failing],
      ifAlarmStays:
        '- The space is still used although the files are gone: a process holds a deleted file open. `lsof +L1` names it; restart that process.',
    }),
  ),
  head: headMessage(sampleHead({ since: now - 240, onIt: [{ person: ana, at: now - 60 }], links: card.links })),
  'dry-run': dryRunSummary(
    sampleReport({
      title: 'Dry run, nothing changed',
      steps: [
        sampleStep({
          done: 'not run',
          saying: 'would ask',
          command: card.command,
          before: [],
          after: [],
          dryRun: card.dryRun,
        }),
      ],
    }),
  ),
};

/** A card as it comes in the thread of its incident. */
const threads: Readonly<Record<string, readonly [SlackMessage, SlackMessage]>> = {
  thread: [messages.head as SlackMessage, approvalCard(card)],
};

const [folder, ...wanted] = process.argv.slice(2);
if (folder === undefined) {
  console.error('where should the pictures go? node test/local/slack/screenshots.ts FOLDER');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const people = [
  { name: 'ana', realName: 'Ana Oncall' },
  { name: 'bo', realName: 'Bo Backup' },
];
const browser = await launchBrowser();
const alone = Object.entries(messages).map(([name, message]) => [name, [message]] as const);
const all = [...alone, ...Object.entries(threads)];
for (const [name, [first, ...answers]] of all.filter(([name]) => wanted.length === 0 || wanted.includes(name))) {
  const workspace = await startSlackWorkspace({ people, channel: 'incidents', signingSecret, botToken });
  const slack = slackAdapter({ token: botToken, apiUrl: workspace.apiUrl });
  const { ts } = await slack.post('incidents', first as SlackMessage);
  for (const answer of answers) await slack.post('incidents', answer, ts);
  for (const { name: size, ...viewport } of sizes)
    for (const colorScheme of schemes) {
      // The page's own header lies over what is scrolled away below it.
      const height = answers.length > 0 || size === 'desk' ? 2400 : viewport.height;
      const page = await browser.newPage({ viewport: { ...viewport, height }, colorScheme });
      await page.goto(workspace.pageUrl);
      const path = join(folder, `${name}-${size}-${colorScheme}.png`);
      if (size === 'phone') await page.screenshot({ path, fullPage: true });
      else
        await page
          .locator(answers.length > 0 ? 'main' : 'article')
          .first()
          .screenshot({ path });
      await page.close();
    }
  await workspace.stop();
}
await browser.close();
process.exit(0);
