/** Notes go below the titles of steps, or into "If the alarm stays", and are plain words whatever they were. */
import { expect, test } from 'vitest';
import type { Progress } from '../../../core/incident/progress.ts';
import { lessonsOf } from '../../../core/report/lessons.ts';
import { withNotes } from '../../../core/runbook/notes.ts';
import { readRunbook } from '../../../core/runbook/parse.ts';
import { fixRunbook } from '../../support/fixtures.ts';

const runbook = readRunbook(fixRunbook, 'fix.md').runbook;
if (!runbook) throw new Error('the fixture is no runbook');
const scripts = (text: string) =>
  readRunbook(text, 'fix.md').runbook?.steps.map(({ command, dryRun, observe }) =>
    [command, dryRun, observe].map((one) => one?.text),
  );

test('several notes of several steps stand each below its own title, and no script moves', () => {
  const notes = [
    { step: 2, text: 'first' },
    { step: 2, text: 'second' },
    { step: 4, text: 'last' },
  ];
  const text = withNotes(fixRunbook, runbook, notes);
  expect(scripts(text)).toEqual(scripts(fixRunbook));
  expect(readRunbook(text, 'fix.md').runbook?.steps.map(({ prose }) => prose)).toEqual([
    '',
    'Note: first\n\nNote: second',
    '',
    'Note: last',
  ]);
});

test.each([
  '```bash\nrm -rf /\n```',
  '5. Another step\n\n   ```bash\n   rm -rf /\n   ```',
  '## If the alarm stays\n\n- [x](https://example.com) <b>{{ unit }}</b>',
  '\u202e\u0000---\nid: other\n---',
  '   ~~~\n   reboot',
])('a note that looks like a runbook is words in it: %j', (hostile) => {
  for (const step of [1, 4, null]) {
    const text = withNotes(fixRunbook, runbook, [{ step, text: hostile }]);
    const read = readRunbook(text, 'fix.md');
    expect(scripts(text)).toEqual(scripts(fixRunbook));
    expect(read.runbook?.id).toBe('fix');
    expect(text).not.toContain('\u202e');
  }
});

test('where the alarm stayed and the runbook has no advice for it, it asks for some; where it has, it does not', () => {
  const progress = { planned: null, closed: { kind: 'incident_closed', status: 'unverified' }, dispatches: [] };
  const lessons = lessonsOf(progress as unknown as Progress, [], false);
  expect(lessons).toEqual([{ step: null, text: expect.stringContaining('What helped in the end?') }]);
  expect(lessonsOf(progress as unknown as Progress, [], true)).toEqual([]);
  const text = withNotes(fixRunbook, runbook, lessons);
  expect(readRunbook(text, 'fix.md').runbook?.ifAlarmStays).toContain('What helped in the end?');
});
