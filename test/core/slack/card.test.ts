/** The approval card: it shows everything, every byte of the command literally, and always within Slack's limits. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { containsSecret } from '../../../core/redact.ts';
import { formatReference } from '../../../core/reference.ts';
import type { Block, SlackMessage } from '../../../core/slack/blocks.ts';
import { approvalCard, CardTooLong, CardUnshowable, decidedCard, outdatedCard } from '../../../core/slack/card.ts';
import { parseInteraction } from '../../../core/slack/interaction.ts';
import { slackProblems } from '../../../core/slack/limits.ts';
import { slackMessage } from '../../../core/slack/message.ts';
import { hiddenCharacters } from '../../../core/visible.ts';
import { RequestStatus, RiskLevel } from '../../../core/words.ts';
import { seed, share } from '../../soak.ts';
import { hostileOutputs, hostilePerson, hostileText } from './hostile.ts';
import { ana, bo, sampleCard } from './samples.ts';

const preformatted = (message: SlackMessage) =>
  message.blocks.flatMap((block) =>
    block.type === 'rich_text'
      ? block.elements.flatMap((part) =>
          part.type === 'rich_text_preformatted' ? part.elements.map((word) => word.text) : [],
        )
      : [],
  );
const buttons = (blocks: readonly Block[]) =>
  blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
const everything = (message: SlackMessage) => JSON.stringify(message);

describe('approvalCard', () => {
  test('shows what a person needs to decide', () => {
    const card = sampleCard();
    const message = approvalCard(card);
    expect(slackProblems(message)).toEqual([]);
    expect(message.blocks[0]).toMatchObject({
      type: 'header',
      text: { text: 'Deletes files on web-1 (dry run: 3 lines): Remove rotated logs older than a week' },
    });
    expect(preformatted(message)).toContain(card.command);
    for (const text of [
      'i-0a1b2c3d4e5f60718 (web-1)',
      'Destructive',
      'production',
      'disk-full-web-1',
      'Threshold Crossed',
      'log_dir',
      '/var/log',
      'deletes files',
      'find.delete',
      'the author of the runbook declared destructive',
      'Largest directories',
      '94%',
      'access.log.8.gz',
      'No rollback: ',
      'a week of logs is in the archive bucket',
      'What it would do: 3 lines',
      'The runbook says: ',
      'what is deleted is gone',
      '10 min left',
      'Needs 1 approval',
      'U0ANA',
      'U0BO',
      '03:27 UTC',
      'No answer means no.',
      '2.run.1.1',
      'question 1 3f2a9c000000',
      'Live',
      'deterministic matcher (the model is off)',
    ]) {
      expect(everything(message)).toContain(text);
    }
    expect(message.text).toContain('Approval needed (destructive)');
  });

  test('its buttons carry the reference that a click brings back', () => {
    const [approve, reject] = buttons(approvalCard(sampleCard()).blocks);
    expect(approve).toMatchObject({
      action_id: 'countersign.approve_typed',
      style: 'danger',
      value: formatReference(sampleCard().reference),
    });
    expect(reject).toMatchObject({ action_id: 'countersign.reject', value: formatReference(sampleCard().reference) });
    const payload = {
      type: 'block_actions',
      user: { id: 'U0ANA', name: 'ana' },
      trigger_id: 't',
      channel: { id: 'C1' },
      message: { ts: '1.2' },
      actions: [{ action_id: reject?.action_id, value: reject?.value }],
    };
    const act = parseInteraction(new URLSearchParams({ payload: JSON.stringify(payload) }).toString());
    expect(act).toMatchObject({ kind: 'opens', word: 'reject', reference: formatReference(sampleCard().reference) });
  });

  test('a modifying step has a green button, a destructive one a red', () => {
    const risk = { level: 'modifying' as const, flags: [], reasons: [], notes: [] };
    expect(buttons(approvalCard(sampleCard({ risk })).blocks)[0]?.style).toBe('primary');
  });

  test('a manual step is confirmed, not run', () => {
    const message = approvalCard(sampleCard({ command: null, targets: [], parameters: [] }));
    expect(everything(message)).toContain('do it yourself');
    expect(buttons(message.blocks)[0]?.text.text).toBe('Confirm');
  });

  test('earlier approvals are named, and a rollback is shown', () => {
    const message = approvalCard(
      sampleCard({ required: 2, approvedBy: [bo], rollback: { kind: 'command', text: 'systemctl start nginx' } }),
    );
    expect(everything(message)).toMatch(/1 of 2: .*Bo Backup.*; one more of .*U0ANA/);
    expect(preformatted(message)).toContain('systemctl start nginx');
  });

  test('letters that pose as others are pointed out', () => {
    expect(everything(approvalCard(sampleCard({ command: "rm -rf '/vаr/log'" })))).toContain('U+0430');
  });

  test('a long command shrinks the outputs, never itself', () => {
    const command = `echo ${'x'.repeat(7000)}`;
    const long = 'line of output\n'.repeat(600);
    const message = approvalCard(
      sampleCard({ command, before: [{ host: 'web-1', text: long }], evidence: [{ title: 'Log', text: long }] }),
    );
    expect(preformatted(message)).toContain(command);
    expect(everything(message)).toMatch(/… [0-9]+ more characters/);
  });

  test('a command that does not fit cannot be approved', () => {
    expect(() => approvalCard(sampleCard({ command: 'x'.repeat(13_000) }))).toThrow(CardTooLong);
    expect(() => approvalCard(sampleCard({ command: '日'.repeat(4_400) }))).toThrow(/Split the step/);
  });

  test.each(['rm \u202Ex', 'ls\u200B', 'printf "\u0000"', 'a\rb'])(
    'hidden characters in %j cannot be approved',
    (command) => {
      expect(() => approvalCard(sampleCard({ command }))).toThrow(CardUnshowable);
    },
  );

  test('no secret is shown, in an output or in a command', () => {
    const text = `DB_PASSWORD=hunter2hunter2\n${'xox'}b-123456789012-abcdefghij`;
    const shown = everything(
      approvalCard(sampleCard({ before: [{ host: 'h', text }], evidence: [{ title: text, text }] })),
    );
    expect(shown).not.toContain('hunter2');
    expect(shown).not.toContain('abcdefghij');
    expect(() => approvalCard(sampleCard({ command: 'mysql --password=hunter2hunter2' }))).toThrow(CardUnshowable);
  });
});

describe('decidedCard', () => {
  test.each(RequestStatus.options.filter((status) => status !== 'PENDING'))(
    '%s: the outcome, and no button that decides',
    (status) => {
      const by = status === 'APPROVED' || status === 'REJECTED' ? [ana] : [];
      const message = decidedCard(sampleCard(), {
        status,
        by,
        at: 1_795_403_700,
        reason: 'the node is being *replaced*',
      });
      expect(slackProblems(message)).toEqual([]);
      const back = status === 'APPROVED' ? ['countersign.revoke'] : [];
      expect(buttons(message.blocks).map(({ action_id }) => action_id)).toEqual(back);
      expect(everything(message)).toContain('the node is being *replaced*');
      expect(preformatted(message)).toContain(sampleCard().command);
      expect(message.blocks[0]).toMatchObject({ text: { text: expect.stringContaining('Remove rotated logs') } });
    },
  );
});

describe('a card of which an earlier wave went out', () => {
  const targets = [1, 2, 3].map((at) => ({ id: `i-0123456789abcdef${at}`, name: `web-${at}` }));
  const card = sampleCard({ targets, done: ['i-0123456789abcdef1'] });

  test('names the hosts to which it would go, and those to which it went', () => {
    const text = everything(approvalCard(card));
    expect(text).toContain('Runs exactly this on web-2 and web-3');
    expect(text).toContain('It went to web-1 before, and does not go there again.');
    expect(text).toContain('Deletes files on web-2 and web-3');
  });

  test.each([
    ['EXPIRED', 'Expired, the rest not run'],
    ['WITHDRAWN', 'Withdrawn, the rest not run'],
    ['SUPERSEDED', 'Out of date, the rest not run'],
  ] as const)('%s: never says of all hosts that it did not run', (status, words) => {
    const message = decidedCard(card, { status, by: [], at: 1_795_403_700, reason: null });
    expect(everything(message)).toContain(`${words}: step 2`);
    expect(everything(message)).toContain('It was about exactly this, on web-2 and web-3');
    expect(everything(message)).toContain('It went to web-1 before.');
    expect(everything(message)).not.toMatch(/(Expired|Withdrawn|Out of date), not run/);
  });
});

describe('a stored card that cannot be drawn again', () => {
  const cards: unknown[] = [
    null,
    'x',
    7,
    [],
    {},
    { ...sampleCard(), step: undefined },
    { ...sampleCard(), targets: 'all' },
  ];
  test.each(RequestStatus.options.filter((status) => status !== 'PENDING'))(
    'says that it is %s, by whom and why, and has no buttons',
    (status) => {
      const outcome = { status, by: [ana], at: 1_795_403_700, reason: '<!channel> not now', came: 'failed on web-1' };
      for (const card of cards) {
        const { message } = slackMessage({ kind: 'decided', card, outcome });
        expect(slackProblems(message)).toEqual([]);
        expect(buttons(message.blocks)).toEqual([]);
        expect(everything(message)).toContain('<!channel> not now');
        expect(everything(message)).toContain('failed on web-1');
        expect(message.text).not.toContain('<!');
      }
    },
  );

  test('says that it is out of date, however long the reason, and what was used under it was run', () => {
    const outcome = { status: 'SUPERSEDED' as const, by: [], at: 1_795_403_700, reason: 'x\n'.repeat(9000) };
    expect(slackProblems(outdatedCard(outcome))).toEqual([]);
    expect(everything(outdatedCard(outcome))).toContain('Out of date, not run');
    expect(everything(outdatedCard({ ...outcome, wasUsed: true }))).not.toContain('not run');
  });
});

const showableCommand = fc
  .oneof(hostileText, fc.string({ maxLength: 3000 }))
  .filter((text) => hiddenCharacters(text).length === 0 && !containsSecret(text));
const hostileCards = fc
  .record({
    alarm: fc.record({ name: hostileText, reason: hostileText, since: fc.option(fc.nat(4_000_000_000)) }),
    environment: hostileText,
    runbook: fc.record({ id: fc.constant('disk-full'), title: hostileText }),
    step: fc.record({ number: fc.constant(2), of: fc.constant(4), title: hostileText, prose: hostileText }),
    command: fc.option(showableCommand),
    parameters: fc.array(fc.record({ name: hostileText, value: hostileText }), { maxLength: 3 }),
    risk: fc.record({
      level: fc.constantFrom(...RiskLevel.options),
      flags: fc.constant([]),
      reasons: fc.array(
        fc.record({
          rule: hostileText,
          text: hostileText,
          level: fc.constantFrom(...RiskLevel.options),
          start: fc.nat(50),
          end: fc.nat(9000),
        }),
        { maxLength: 20 },
      ),
      notes: fc.array(hostileText, { maxLength: 3 }),
    }),
    evidence: fc.array(fc.record({ title: hostileText, text: hostileText }), { maxLength: 12 }),
    before: hostileOutputs,
    dryRun: hostileOutputs,
    rollback: fc.oneof(
      fc.record({ kind: fc.constant('command' as const), text: hostileText }),
      fc.record({ kind: fc.constant('none' as const), why: hostileText }),
    ),
    approvers: fc.array(hostilePerson, { maxLength: 20 }),
    approvedBy: fc.array(hostilePerson, { maxLength: 3 }),
    plannedBy: hostileText,
  })
  .map((overrides) => sampleCard(overrides));

test(`hostile texts: a card fits, shows the command byte for byte and nothing hidden, or is refused, seed ${seed}`, () => {
  let built = 0;
  fc.assert(
    fc.property(hostileCards, (card) => {
      let message: SlackMessage;
      try {
        message = approvalCard(card);
      } catch (error) {
        expect(error).toBeInstanceOf(CardTooLong);
        return;
      }
      built += 1;
      expect(slackProblems(message)).toEqual([]);
      if (card.command !== null && card.command !== '') expect(preformatted(message)).toContain(card.command);
      const words = buttons(message.blocks).map(({ action_id }) => action_id.replace('countersign.', ''));
      expect(words).toEqual(expect.arrayContaining(['reject', 'skip', 'ack']));
      expect(words[0]).toMatch(card.command === null ? /^confirm$/ : /^approve(_typed)?$/);
      const texts = JSON.stringify(message);
      expect(hiddenCharacters(texts.replaceAll('\\n', ''))).toEqual([]);
      expect(message.text).not.toMatch(/<[!@#h]/);
      const outcome = { status: 'REJECTED' as const, by: card.approvedBy, at: 1_795_403_700, reason: card.environment };
      expect(slackProblems(decidedCard(card, outcome))).toEqual([]);
    }),
    { numRuns: share(2_000), seed },
  );
  expect(built).toBeGreaterThan(0);
}, 600_000);
