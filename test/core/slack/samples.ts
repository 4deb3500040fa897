/** A card and a report as a night brings them; tests override what they are about. */

import { formatReference } from '../../../core/reference.ts';
import { headlineOf } from '../../../core/report/headline.ts';
import type { IncidentHead } from '../../../core/report/incident-head.ts';
import type { IncidentReport, StepReport } from '../../../core/report/incident-report.ts';
import type { ApprovalCard } from '../../../core/report/question-card.ts';
import { approvalCard } from '../../../core/slack/card.ts';
import { displayedDigest } from '../../../core/slack/displayed.ts';
import type { Opening } from '../../../core/slack/interaction.ts';

export const ana = { slackId: 'U0ANA', name: 'Ana Oncall' };
export const bo = { slackId: 'U0BO', name: 'Bo Backup' };

const command = "cd '/var/log'\nfind . -name '*.gz' -mtime +7 -delete";
const found = command.indexOf('find');

export function sampleCard(overrides: Partial<ApprovalCard> = {}): ApprovalCard {
  const card: ApprovalCard = {
    reference: {
      incidentId: 'inc-0123456789abcdef0123',
      dispatch: { step: 2, part: 'run', attempt: 1, wave: 1 },
      revision: 1,
      questionDigest: '3f2a9c'.padEnd(64, '0'),
    },
    alarm: {
      name: 'disk-full-web-1',
      reason: 'Threshold Crossed: 1 datapoint [94.2 (21/11/26 03:11:00)] was greater than the threshold (90.0).',
      since: 1_795_403_460,
    },
    environment: 'production',
    mode: 'live',
    runbook: { id: 'disk-full', title: 'Disk full' },
    step: {
      number: 2,
      of: 4,
      title: 'Remove rotated logs older than a week',
      prose: 'There is no rollback: what is deleted is gone.',
    },
    command,
    targets: [{ id: 'i-0a1b2c3d4e5f60718', name: 'web-1' }],
    parameters: [{ name: 'log_dir', value: '/var/log' }],
    risk: {
      level: 'destructive',
      flags: [],
      reasons: [
        { rule: 'find.delete', text: 'deletes files', level: 'destructive', start: found, end: command.length },
      ],
      notes: ['the author of the runbook declared destructive'],
    },
    evidence: [
      { title: 'Largest directories', text: '4.1G\t/var/log/nginx\n1.2G\t/var/log/journal\n312M\t/var/log/app' },
      { title: 'Last deploy', text: 'none in 6 h' },
    ],
    earlier: [
      { title: 'Step 1 (Largest directories) ran', outputs: [{ host: 'web-1', text: '4.1G\t/var/log/nginx' }] },
    ],
    before: [{ host: 'web-1', text: 'Use%\n 94%\n' }],
    dryRun: [
      {
        host: 'web-1',
        text: '/var/log/nginx/access.log.8.gz\n/var/log/nginx/access.log.9.gz\n/var/log/app/app.log.11.gz\n',
      },
    ],
    rollback: { kind: 'none', why: 'deleted files are gone; a week of logs is in the archive bucket' },
    approvers: [ana, bo],
    required: 1,
    approvedBy: [],
    expiresAt: 1_795_404_420,
    drawnAt: 1_795_403_820,
    plannedBy: 'deterministic matcher (the model is off)',
    links: [{ text: 'alarm', url: 'https://eu-west-1.console.aws.amazon.com/cloudwatch/home' }],
    ...overrides,
  };
  return { headline: headlineOf(card), ...card };
}

/** A card on which one of three ways is chosen. */
export function sampleChoice(overrides: Partial<ApprovalCard> = {}): ApprovalCard {
  const { headline: _, ...card } = sampleCard();
  const choice = {
    ...card,
    kind: 'choose' as const,
    command: null,
    parameters: [],
    choices: [
      { title: 'nginx', command: 'systemctl restart nginx', level: 'modifying' as const },
      {
        title: 'its log is full',
        command: "find '/var/log/nginx' -name '*.gz' -delete",
        level: 'destructive' as const,
      },
      { title: 'only look', command: 'systemctl status nginx', level: 'read_only' as const },
    ],
    step: { ...card.step, title: 'Get the web server back', prose: 'The dashboard shows which of them it is.' },
    risk: { level: 'destructive' as const, flags: [], reasons: [], notes: [] },
    dryRun: [],
    before: [],
    ...overrides,
  };
  return { headline: headlineOf(choice), ...choice };
}

/** A card on which two values are typed. */
export function sampleInput(overrides: Partial<ApprovalCard> = {}): ApprovalCard {
  const { headline: _, ...card } = sampleCard();
  const input = {
    ...card,
    kind: 'input' as const,
    command: "kill {{ pid }}\nlogger -t '/var/log' 'ended'",
    wanted: [{ name: 'pid', what: 'The process that step 1 shows; a whole number without sign, at least 2' }],
    step: { ...card.step, title: 'End the process that fills the disk', prose: '' },
    risk: { level: 'modifying' as const, flags: [], reasons: [], notes: ['nothing runs yet'] },
    dryRun: [],
    before: [],
    ...overrides,
  };
  return { headline: headlineOf(input), ...input };
}

/** A click that wants a modal, on the sample card. */
/** Of the same step, which failed at its first attempt. */
export function sampleFailure(overrides: Partial<ApprovalCard> = {}): ApprovalCard {
  const card = sampleCard();
  const failure: ApprovalCard = {
    ...card,
    kind: 'failure',
    failed: {
      outcome: 'failed',
      words: 'failed',
      last: 'find: /var/log/app: Permission denied (exit code 1)',
      attempt: 1,
      follows: [
        { word: 'continue', text: 'leaves its hosts as they are, and goes on with step 3 (See that it helped)' },
        {
          word: 'retry',
          text: 'looks again, and then asks for it once more where it did not succeed (attempt 2 of 5)',
        },
        { word: 'skip', text: 'asks for its way back, and goes on with step 3 (See that it helped)' },
        { word: 'abort', text: 'asks for the way back of steps 2, 1, and ends the incident as failed' },
      ],
    },
    dryRun: [],
    before: [],
    earlier: [
      {
        title: `Step ${card.step.number} (${card.step.title}) failed`,
        outputs: [{ host: 'web-1', text: 'find: /var/log/app: Permission denied\n(exit code 1)', keep: 'end' }],
      },
    ],
    rollback: { kind: 'command', text: "tar -xzf '/var/backups/log.tgz' -C '/var/log'" },
    step: { ...card.step, prose: '' },
    required: 1,
    iamWanted: false,
    ...overrides,
  };
  return { ...failure, headline: headlineOf(failure) };
}

export function sampleOpening(overrides: Partial<Opening> = {}): Opening {
  return {
    kind: 'opens',
    word: 'reject',
    reference: formatReference(sampleCard().reference),
    userId: 'U0ANA',
    channel: 'C1',
    messageTs: '1.0',
    origin: { appId: 'A1', team: 'T1' },
    displayed: displayedDigest(approvalCard(sampleCard()).blocks),
    triggerId: '1.2.x',
    about: null,
    more: null,
    ...overrides,
  };
}

export function sampleStep(overrides: Partial<StepReport> = {}): StepReport {
  return {
    number: 2,
    title: 'Remove rotated logs older than a week',
    risk: 'destructive',
    done: 'ran',
    mark: '✓',
    command: null,
    saying: 'approved by',
    people: [ana],
    note: null,
    before: [{ host: 'web-1', text: 'Filesystem Use%\n/dev/nvme0n1p1 94%\n' }],
    after: [{ host: 'web-1', text: 'Filesystem Use%\n/dev/nvme0n1p1 41%\n' }],
    dryRun: [],
    printed: [],
    ...overrides,
  };
}

export function sampleReport(overrides: Partial<IncidentReport> = {}): IncidentReport {
  return {
    incidentId: 'inc-0123456789abcdef0123',
    title: 'Resolved',
    environment: 'production',
    alarm: { name: 'disk-full-web-1', state: 'OK' },
    runbook: { id: 'disk-full', title: 'Disk full' },
    steps: [
      sampleStep({
        number: 1,
        title: 'Look at the disk',
        risk: 'read_only',
        people: [],
        before: [],
        after: [],
      }),
      sampleStep(),
      sampleStep({
        number: 3,
        title: 'Restart nginx',
        risk: 'modifying',
        done: 'not run',
        mark: '–',
        people: [],
        note: 'the alarm is OK, nothing new is begun',
        before: [],
        after: [],
      }),
    ],
    cause: null,
    seconds: 262,
    next: 'Nothing to do. Look into the cause by day.',
    ifAlarmStays: '',
    isRetryOffered: false,
    ...overrides,
  };
}

export function sampleHead(overrides: Partial<IncidentHead> = {}): IncidentHead {
  const step = { number: 1, title: 'Disk usage', level: 'read_only', mark: '✓', words: 'ran' } as const;
  return {
    incidentId: 'inc-0123456789abcdef0123',
    alarmName: 'disk-full-web-1',
    environment: 'production',
    mode: 'live',
    state: 'Waits for an answer on step 2',
    cause: null,
    isOver: false,
    isStopped: false,
    since: 1_795_000_000,
    runbook: { id: 'disk-full', title: 'Disk full' },
    steps: [
      step,
      { ...step, number: 2, title: 'Delete old logs', level: 'destructive', mark: '…', words: 'waits for an answer' },
      { ...step, number: 3, title: 'Restart the writer', level: 'modifying', mark: '·', words: 'not yet' },
    ],
    onIt: [],
    related: [],
    links: [],
    ...overrides,
  };
}
