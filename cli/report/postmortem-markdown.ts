/** A draft post-mortem as Markdown: facts with the entries that say them, and room for what only people know. */
import { spanOf, utcOf } from '../replay/words.ts';
import { cell, table } from './markdown.ts';
import type { PostMortem } from './postmortem.ts';

export function postMortemMarkdown(facts: PostMortem): string {
  const { incidentId, alarm, status, integrity, completeness, decisions, timeline, unknown, lessons, steps } = facts;
  return [
    `# ${facts.isDrill ? 'Drill' : 'Post-mortem'} (draft): ${cell(alarm ?? incidentId)}, ${cell((facts.openedAt ?? '').slice(0, 10))}`,
    `Drafted from the audit of ${incidentId}. Integrity: **${integrity}**, completeness: **${completeness}**. Every line under *What happened* names the entry that says it; what is in *italics* is for people to write.`,
    table(['', ''], head(facts)),
    '## Summary',
    '*What users noticed, in two sentences.*',
    '## What happened',
    table(
      ['time (UTC)', 'entry', 'by', 'what'],
      timeline.map(({ at, entry, actor, words }) => [utcOf(at).replace(' UTC', ''), entry, actor, words]),
    ),
    '## What was done',
    table(
      ['step', 'risk', 'what became of it'],
      steps.map(({ number, title, level, done }) => [`${number}. ${title}`, level, done]),
    ) || 'Nothing was planned.',
    '## Who decided',
    table(
      ['time (UTC)', 'who', 'said', 'to step', 'with'],
      decisions.map(({ at, by, word, steps: to, said }) => [
        utcOf(at).replace(' UTC', ''),
        by,
        word,
        to.join(', '),
        said,
      ]),
    ) || 'Nobody was asked, or nobody answered with a signature.',
    '## Why',
    `The audit says how it ended: ${cell(status)}${facts.cause === null ? '' : `, since ${cell(facts.cause)}`}. *Why the alarm rang, it does not say.*`,
    ...(unknown.length > 0 ? [`Not known: ${unknown.map(cell).join('; ')}.`] : []),
    '## What is to change',
    ...(lessons.length > 0
      ? [
          lessons
            .map(({ step, text }) => `- ${step === null ? 'The runbook' : `Step ${step}`}: ${cell(text)}`)
            .join('\n'),
        ]
      : []),
    '*What, by whom, until when.*',
  ].join('\n\n');
}

function head(facts: PostMortem): [string, string][] {
  const { alarmAt, openedAt, closedAt, toQuestion, toEnd, runbook, status, environment, mode, account, region } = facts;
  return [
    ['incident', facts.incidentId],
    ['alarm', `${facts.alarm ?? 'not known'}, ${account ?? '?'}, ${region ?? '?'}`],
    ['environment', `${environment ?? 'not known'}, ${mode ?? 'not known'}`],
    ['runbook', runbook === null ? 'none' : `${runbook.id}, SHA-256 ${runbook.digest.slice(0, 12)}`],
    ['alarm since', utcOf(alarmAt)],
    ['opened', utcOf(openedAt)],
    ['first question', toQuestion === null ? 'none' : `${spanOf(toQuestion)} later`],
    ['closed', `${utcOf(closedAt)} as ${status}${toEnd === null ? '' : `, ${spanOf(toEnd)} after it opened`}`],
  ];
}
