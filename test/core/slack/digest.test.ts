/** The digest: it says what waits and what that means, always fits, and shows every text literally. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Digest } from '../../../core/report/digest.ts';
import { digestMessage } from '../../../core/slack/digest.ts';
import { slackProblems } from '../../../core/slack/limits.ts';
import { seed, share } from '../../soak.ts';
import { hostileText } from './hostile.ts';

const question = {
  incidentId: 'inc-0123456789abcdef0123',
  alarmName: 'disk-full-web-1',
  step: 2,
  title: 'Delete old logs',
  level: 'destructive' as const,
  since: 1_795_000_000,
};
const nothing: Digest = { perMinute: 50, questions: { count: 0, listed: [] }, endings: 0, resting: [] };

test('says how many wait, for what, since when, and that nothing of it expires', () => {
  const digest = { ...nothing, questions: { count: 3, listed: [question] }, endings: 2 };
  const { text, blocks } = digestMessage(digest);
  expect(text).toBe('3 questions not asked yet, 2 reports to come');
  const shown = JSON.stringify(blocks);
  expect(shown).toContain('at most 50 a minute');
  expect(shown).toContain('Nobody was asked yet, and nothing of it expires');
  expect(shown).toContain('disk-full-web-1');
  expect(shown).toContain('step 2: Delete old logs (destructive)');
  expect(shown).toContain('… and 2 more');
  expect(shown).toContain('2 incidents ended since; their reports follow');
});

test('says which alarms open nothing, and until when', () => {
  const resting = [{ alarmName: 'flapping', incidents: 6, until: 1_795_000_000 }];
  const shown = JSON.stringify(digestMessage({ ...nothing, resting }));
  expect(shown).toContain('1 alarm not answered for a while');
  expect(shown).toContain('6 incidents within an hour');
  expect(shown).toContain('look at them yourselves');
});

test('says in the end that nothing waits any more', () => {
  expect(digestMessage(nothing).text).toBe('Nothing waits for this channel any more');
});

test(`of hostile texts it fits Slack’s limits, seed ${seed}`, () => {
  const listed = fc.array(
    fc.record({
      incidentId: fc.constant(question.incidentId),
      alarmName: fc.option(hostileText),
      step: fc.option(fc.nat(30)),
      title: fc.option(hostileText),
      level: fc.constantFrom('read_only' as const, 'destructive' as const, null),
      since: fc.nat(2_000_000_000),
    }),
    { maxLength: 15 },
  );
  const resting = fc.array(
    fc.record({ alarmName: hostileText, incidents: fc.nat(100), until: fc.nat(2_000_000_000) }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(listed, resting, fc.nat(5_000), (shown, alarms, endings) => {
      const questions = { count: shown.length + endings, listed: shown };
      expect(slackProblems(digestMessage({ perMinute: 50, questions, endings, resting: alarms }))).toEqual([]);
    }),
    { seed, numRuns: share(2_000, 100) },
  );
});
