/** The replay in a terminal: head, verification, what was asked and sent, every entry. */

import { visible } from '../../core/visible.ts';
import { colours as pc } from '../colours.ts';
import { oneLine, partOf } from '../timeline.ts';
import { type DispatchStory, sameWords } from './dispatches.ts';
import type { Row, Story } from './story.ts';
import { between, endingOf, figuresOf, spanOf, utcOf, verdictWords } from './words.ts';

const tones: Readonly<Record<string, (text: string) => string>> = { good: pc.green, bad: pc.red, warn: pc.yellow };
const toned = (tone: string, text: string) => (tones[tone] ?? String)(text);

export function terminalLines(story: Story): string[] {
  const { progress, incidentId, openedAt, closedAt, brokenAt, dispatches, rows, report } = story;
  const { opened, planned } = progress;
  const ending = endingOf(story);
  const verdict = verdictWords[report.verdict];
  return [
    pc.bold(oneLine(`${opened?.alarmName ?? incidentId}`)) + toned(ending.tone, `  ${ending.word}`),
    oneLine(`${incidentId}  ${opened?.alarmArn ?? ''}`),
    oneLine(
      `${utcOf(openedAt)} to ${closedAt ? utcOf(closedAt) : 'now'}; ${planned?.environment ?? '?'}, ${planned?.mode ?? '?'}; runbook ${planned?.runbook?.id ?? 'none'}`,
    ),
    figuresOf(story)
      .map(({ name, value }) => `${value} ${name}`)
      .join('; '),
    '',
    toned(
      verdict.tone,
      `${verdict.title}: integrity ${report.integrity.verdict}, completeness ${report.completeness.verdict}`,
    ),
    ...(brokenAt === null ? [] : [pc.red(`  first bad: entry ${brokenAt}; what lies behind it proves nothing`)]),
    ...dispatches.flatMap(dispatchLines),
    '',
    ...rows.flatMap((row) => rowLines(row, brokenAt)),
  ];
}

function dispatchLines(one: DispatchStory): string[] {
  const { dispatch, title, level, mark, outcome, script, votes, askedAt, settledAt, decision, standing, isDoubtful } =
    one;
  const took = between(askedAt, settledAt);
  const tone = mark === '✓' ? 'good' : mark === '✗' ? 'bad' : 'warn';
  return [
    '',
    `${pc.bold(oneLine(`${partOf(dispatch)} ${title}`))} (${level ?? 'unknown'}) ${toned(tone, oneLine(`${mark} ${outcome}`))}${isDoubtful ? pc.red('  behind the first bad entry') : ''}`,
    ...(script
      ? visible(script)
          .trimEnd()
          .split('\n')
          .map((line) => `    ${line}`)
      : []),
    ...(standing === null ? [] : [oneLine(`  standing approval: ${standing}`)]),
    ...votes.map(({ name, word, via, at, signature, reason }) =>
      oneLine(
        `  ${name} (${via}) says ${word} ${at ? `at ${utcOf(at)}` : ''}: signature ${signature}${reason ? `; “${reason}”` : ''}`,
      ),
    ),
    ...(decision ? [`  ${decision}${took === null ? '' : ` after ${spanOf(took)}`}`] : []),
    ...one.hosts.flatMap(({ host, exitCode, stdout, stderr }) => [
      oneLine(`  ${host}: exit ${exitCode}${stdout === null ? '; the text is not in the bundle' : ''}`),
      ...[stdout, stderr].flatMap((text) =>
        text?.trim()
          ? visible(text)
              .trimEnd()
              .split('\n')
              .map((line) => pc.dim(`    ${line}`))
          : [],
      ),
    ]),
    ...(one.changed ?? []).map(
      (change) =>
        `  changed on ${oneLine(change.host)}:${change.difference === null ? ` ${sameWords(change)}` : `\n${visible(change.difference)}`}`,
    ),
  ];
}

function rowLines({ place, since, actor, words, isLate, problems, state }: Row, brokenAt: number | null): string[] {
  const line = `${String(place).padStart(4)}  ${since === null ? '      ?' : `+${since.toFixed(1).padStart(6)} s`}  ${oneLine(actor).padEnd(16)}  ${isLate ? 'late: ' : ''}${oneLine(words)}`;
  const start = place === brokenAt ? [pc.red('      from here on nothing is proven')] : [];
  return [
    ...start,
    state === 'held' ? line : pc.red(line),
    ...problems.map((why) => pc.red(oneLine(`      ✗ ${why}`))),
  ];
}
