/** What a card says of those who may not answer it, and of those who answer alone. */
import { expect, test } from 'vitest';
import { questionDigest, type Terms } from '../../../core/question.ts';
import { requestCard } from '../../../core/report/request-card.ts';
import type { RiskLevel } from '../../../core/words.ts';
import { asking } from '../approval/asked.ts';

function notes(terms: Partial<Terms>, level: RiskLevel = 'modifying'): readonly string[] {
  const { situation, derived, question } = asking();
  const changed = { ...question, terms: { ...question.terms, ...terms } };
  const judged = { ...derived, verdict: { ...derived.verdict, level } };
  const shown = { evidence: [], outputs: [] };
  return requestCard({ question: changed, digest: questionDigest(changed) }, situation, judged, shown, null).risk.notes;
}

test('who has a part in it is named, with the reason', () => {
  expect(
    notes({
      excluded: [
        { name: 'cleo', why: 'started' },
        { name: 'dora', why: 'changed' },
      ],
    }),
  ).toEqual(
    expect.arrayContaining([
      'cleo may not approve this: started this incident',
      'dora may not approve this: changed what is asked',
    ]),
  );
  expect(notes({ excluded: [] }).join()).not.toContain('may not approve');
});

test('where one person runs this alone, the card of what is destructive says so', () => {
  const said = /single_operator: one person is enough/;
  expect(notes({ singleOperator: true }, 'destructive').join()).toMatch(said);
  expect(notes({ singleOperator: true }, 'modifying').join()).not.toMatch(said);
  expect(notes({ singleOperator: false }, 'destructive').join()).not.toMatch(said);
});
