/** Summaries, pages and the modal: what they say, and that they always fit. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endingWords } from '../../../core/report/words.ts';
import { slackProblems, viewProblems } from '../../../core/slack/limits.ts';
import { dryRunSummary, incidentSummary } from '../../../core/slack/messages.ts';
import { modalFor } from '../../../core/slack/modals.ts';
import { difference } from '../../../core/slack/parts.ts';
import { IncidentStatus, RiskLevel } from '../../../core/words.ts';
import { seed, share } from '../../soak.ts';
import { hostileOutputs, hostilePerson, hostileText } from './hostile.ts';
import { ana, bo, sampleOpening, sampleReport, sampleStep } from './samples.ts';

describe('incidentSummary', () => {
  test('says what ran, by whose word, what changed and what to do', () => {
    const message = JSON.stringify(incidentSummary(sampleReport()));
    for (const text of [
      'Resolved: disk-full-web-1',
      'The alarm is OK again, 4 min after it began',
      '✓ 2. Remove rotated logs older than a week',
      ' – ran',
      '"user_id":"U0ANA"',
      '- /dev/nvme0n1p1 94%\\n+ /dev/nvme0n1p1 41%',
      '– 3. Restart nginx',
      'the alarm is OK, nothing new is begun',
      'Nothing to do.',
      'inc-0123456789abcdef0123',
    ]) {
      expect(message).toContain(text);
    }
  });

  test.each(IncidentStatus.options)('%s has a headline and advice of its own', (status) => {
    const { title, next } = endingWords[status];
    const message = incidentSummary(sampleReport({ title, next }));
    expect(slackProblems(message)).toEqual([]);
    expect(JSON.stringify(message)).toContain(title);
    expect(JSON.stringify(message)).toContain(next);
    expect(JSON.stringify(message)).not.toContain('countersign.approve');
  });

  test('thirty steps fit, or the missing ones are counted', () => {
    const steps = Array.from({ length: 30 }, (_, at) => sampleStep({ number: at + 1, note: 'x'.repeat(400) }));
    const message = incidentSummary(sampleReport({ steps }));
    expect(slackProblems(message)).toEqual([]);
    expect(JSON.stringify(message)).toMatch(/… [0-9]+ more steps/);
  });
});

test('an ending that did not help says what the runbook says next', () => {
  const message = JSON.stringify(
    incidentSummary(sampleReport({ ifAlarmStays: '- `lsof +L1` names it; restart that process.' })),
  );
  expect(message).toContain('If the alarm stays, the runbook says');
  expect(message).toContain('lsof +L1');
});

describe('dryRunSummary', () => {
  const report = sampleReport({
    title: 'Dry run, nothing changed',
    alarm: { name: 'disk-full-web-1', state: 'ALARM' },
    steps: [
      sampleStep({
        done: 'not run',
        mark: '–',
        saying: 'would ask',
        people: [ana, bo],
        command: 'rm -f /var/log/*.gz',
        dryRun: [{ host: 'web-1', text: 'a.gz' }],
      }),
    ],
  });

  test('says what would have been asked of whom, has no buttons and notifies nobody', () => {
    const message = JSON.stringify(dryRunSummary(report));
    for (const text of [
      'Dry run, nothing changed',
      'rm -f /var/log/*.gz',
      'would ask ',
      'Ana Oncall',
      'Bo Backup',
      'a.gz',
      'destructive, not run',
    ]) {
      expect(message).toContain(text);
    }
    expect(message).not.toContain('"actions"');
    expect(message).not.toContain('"user_id"');
  });
});

test('the modal asks for a reason and carries the reference', () => {
  const modal = modalFor(sampleOpening());
  expect(viewProblems(modal)).toEqual([]);
  expect(JSON.parse(modal.private_metadata)).toMatchObject({
    reference: expect.stringMatching(/^inc-0123456789abcdef0123\.2\.run\.1\./),
  });
});

test.each([
  ['a\nb\nc', 'a\nB\nc', '  a\n- b\n+ B\n  c'],
  ['same\n', 'same', null],
  ['', 'x', '+ x'],
  ['a\nb', 'a\nb\nc', '  b\n+ c'],
  // What came in the middle is one line, whatever stands on both sides of it.
  ['1\n2\n3\n4\n5\n6', '1\n2\n3\nnew\n4\n5\n6', '  3\n+ new\n  4'],
  ['1\n2\n3\n4\n5\n6\n7\n8', '0\n2\n3\n4\n5\n6\n7\n9', '- 1\n+ 0\n  2\n…\n  7\n- 8\n+ 9'],
])('difference of %j and %j', (before, after, shown) => {
  expect(difference(before, after)).toBe(shown);
});

const hostileReports = fc
  .record({
    title: hostileText,
    environment: fc.option(hostileText),
    alarm: fc.record({ name: hostileText, state: fc.constantFrom('OK', 'ALARM', null) }),
    runbook: fc.option(fc.record({ id: hostileText, title: hostileText })),
    cause: fc.option(hostileText),
    next: hostileText,
    seconds: fc.option(fc.nat(40_000)),
    steps: fc.array(
      fc
        .record({
          title: hostileText,
          risk: fc.option(fc.constantFrom(...RiskLevel.options)),
          done: hostileText,
          mark: fc.constantFrom('✓' as const, '–' as const, '✗' as const),
          saying: fc.constantFrom('approved by', 'would ask'),
          command: fc.option(hostileText),
          people: fc.array(hostilePerson, { maxLength: 14 }),
          note: fc.option(hostileText),
          before: hostileOutputs,
          after: hostileOutputs,
          dryRun: hostileOutputs,
        })
        .map(sampleStep),
      { maxLength: 30 },
    ),
  })
  .map(sampleReport);

test(`hostile texts: summaries always fit and never mention by a forged name, seed ${seed}`, () => {
  fc.assert(
    fc.property(hostileReports, (report) => {
      for (const message of [incidentSummary(report), dryRunSummary(report)]) {
        expect(slackProblems(message)).toEqual([]);
        expect(message.text).not.toMatch(/<[!@#h]/);
      }
    }),
    { numRuns: share(1_000, 20), seed },
  );
}, 900_000);
