/** `countersign diff`: its lines for a terminal and for a comment, and what no foreign text can do there. */
import { expect, test } from 'vitest';
import { type Difference, markdownLines, textLines } from '../../cli/diff/lines.ts';

const difference: Difference = {
  changes: [
    { about: 'disk-full', text: 'step 4 is now destructive (was modifying): deletes files', loosens: true },
    { about: 'policy', text: 'safety.timeout: was 600, is 300', loosens: false },
  ],
  incidents: [
    { incidentId: 'inc-1', runbookId: 'disk-full', fate: 'asked_anew', why: 'the policy changes' },
    { incidentId: 'inc-2', runbookId: null, fate: 'goes_on', why: 'nothing waits for an answer' },
    { incidentId: 'inc-3', runbookId: 'fix', fate: 'halts', why: 'its runbook is gone' },
    null,
  ],
};

test('the terminal says what changes, what to look at, and what becomes of open incidents', () => {
  expect(textLines(difference)).toEqual([
    '! disk-full: step 4 is now destructive (was modifying): deletes files',
    '  policy: safety.timeout: was 600, is 300',
    '  4 open: 1 would be asked anew, 1 would halt, 1 would go on as they are, 1 could not be read.',
    '! inc-1 (disk-full) would be asked anew: the policy changes',
    '✗ inc-3 (fix) would halt: its runbook is gone',
    '! = look here: more may happen, or fewer be asked',
  ]);
});

test('nothing is said to be nothing', () => {
  expect(textLines({ changes: [], incidents: [] })).toEqual([
    '✓ A deploy would change nothing: what is deployed is what is here.',
    '  No incident is open.',
  ]);
  expect(markdownLines({ changes: [], incidents: null }).join('\n')).toContain(
    'Which incidents are open could not be read.',
  );
});

test('the comment has what loosens first', () => {
  const text = markdownLines(difference).join('\n');
  expect(text.indexOf('disk-full')).toBeGreaterThan(text.indexOf('#### Look here'));
  expect(text.indexOf('safety.timeout')).toBeGreaterThan(text.indexOf('#### Also'));
  expect(text).toContain(
    '- **policy**&#58; safety.timeout&#58; was 600, is 300'.replace('**policy**&#58;', '**policy**:'),
  );
});

test('a title from outside begins no markup, link, mention or line in a comment, and no sequence in a terminal', () => {
  const text = 'is new: [x](https://evil.example) @everyone <img src=x> `code`\n# Approved \u001b[2J';
  const [line] = textLines({ changes: [{ about: 'x', text, loosens: false }], incidents: [] });
  expect(line).toContain('⏎ # Approved \\u{1b}[2J');
  const comment = markdownLines({ changes: [{ about: 'x', text, loosens: false }], incidents: [] });
  const said = comment.find((one) => one.includes('evil')) ?? '';
  expect(said).not.toMatch(/(?<!\\)[[\]<>`]|@|https:/);
  expect(comment.filter((one) => one.startsWith('# '))).toEqual([]);
});
