/** The first message of a thread: it always fits, notifies nobody, and shows every text literally. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { headMessage } from '../../../core/slack/head.ts';
import { slackProblems } from '../../../core/slack/limits.ts';
import { seed, share } from '../../soak.ts';
import { hostileText } from './hostile.ts';
import { sampleHead } from './samples.ts';

test('the state comes first, then what it is about, the steps with their marks, and who is on it', () => {
  const { blocks } = headMessage(sampleHead({ onIt: [{ person: { slackId: 'U1', name: 'Ana' }, at: 1_795_000_060 }] }));
  expect(blocks[0]).toMatchObject({ type: 'header', text: { text: 'Waits for an answer on step 2: disk-full-web-1' } });
  const text = JSON.stringify(blocks);
  expect(text).toContain('… ');
  expect(text).toContain('2. Delete old logs');
  expect(text).toContain('Ana');
  expect(text).toContain('countersign audit show inc-0123456789abcdef0123');
});

test('notifies nobody', () => {
  const onIt = [{ person: { slackId: 'U0000000001', name: 'Ana' }, at: 1 }];
  expect(JSON.stringify(headMessage(sampleHead({ onIt })).blocks)).not.toContain('"type":"user"');
});

test('a dry run says that it is one', () => {
  expect(JSON.stringify(headMessage(sampleHead({ mode: 'dry_run' })).blocks)).toContain(
    'production · dry run · Disk full',
  );
});

test(`of hostile texts and up to 400 steps every message fits Slack’s limits, seed ${seed}`, () => {
  const steps = fc.array(
    fc.record({
      number: fc.nat(400),
      title: hostileText,
      level: fc.constantFrom('read_only' as const, 'destructive' as const, null),
      mark: fc.constantFrom('✓' as const, '·' as const),
      words: hostileText,
    }),
    { maxLength: 400 },
  );
  fc.assert(
    fc.property(steps, hostileText, hostileText, (all, cause, alarmName) => {
      expect(slackProblems(headMessage(sampleHead({ steps: all, cause, alarmName, state: cause })))).toEqual([]);
    }),
    { seed, numRuns: share(2_000, 100) },
  );
});
