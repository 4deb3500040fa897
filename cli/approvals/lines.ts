/** A question for a person at a terminal: everything that its card in Slack says, and the exact bytes whole. */

import type { QuestionRecord } from '../../core/approval/record.ts';
import type { HostOutput, PrintedOutput } from '../../core/report/printed.ts';
import type { ApprovalCard } from '../../core/report/question-card.ts';
import { excerpt, shown } from '../../core/shown.ts';
import { foreignCharacters, visible } from '../../core/visible.ts';
import type { RiskLevel } from '../../core/words.ts';
import { colours as pc } from '../colours.ts';
import { oneLine } from '../timeline.ts';
import { levelColours } from '../verdict-lines.ts';

/** Characters that are shown of a text that only helps; the command is never cut. */
const longestText = 4000;

/** Of several items each stands for itself; all are answered together. */
export function questionLines(record: QuestionRecord, cards: readonly ApprovalCard[]): string[] {
  return [...cards.flatMap((card, at) => ['', ...cardLines(card, at + 1)]), '', ...termsLines(record, cards)];
}

/** What stands above the bytes. */
function askedAs({ kind, command, failed }: ApprovalCard, place: number): string {
  if (kind === 'choose') return `Alternative ${place}`;
  if (kind === 'input') return 'Wants values to be typed, and is judged with them';
  if (command === null) return 'To do by hand';
  return failed ? 'This is what did not succeed' : 'Runs exactly this';
}

/** @param place Of its question's items, from 1. */
function cardLines(card: ApprovalCard, place: number): string[] {
  const { alarm, risk, step } = card;
  const foreign = foreignCharacters(card.command ?? '');
  return [
    `${pc.bold(oneLine(`Step ${step.number} of ${step.of}: ${step.title}`))}  ${levelWord(risk.level)}${risk.flags.length > 0 ? ` ${risk.flags.join(', ')}` : ''}`,
    oneLine(`ALARM ${alarm.name}${alarm.reason ? `: ${shown(alarm.reason, 300)}` : ''}`),
    oneLine(`${card.environment}, ${card.mode}; runbook ${card.runbook.id}, ${card.runbook.title}`),
    ...(card.failed
      ? section('What came of it', [[card.failed.words, card.failed.last].filter((text) => text !== '').join(': ')])
      : []),
    ...section(askedAs(card, place), bytes(card.command ?? shown(step.prose, longestText))),
    ...(foreign.length > 0
      ? [pc.yellow(`Look closely: it contains characters outside ASCII: ${foreign.join(', ')}`)]
      : []),
    ...section(
      'On',
      card.targets.map(({ id, name }) => (name === null ? id : `${id} (${name})`)),
    ),
    ...section(
      'Answers',
      (card.failed?.follows ?? []).map(({ word, text }) => `${word} ${text}`),
    ),
    ...section(
      'With',
      card.parameters.map(
        ({ name, value, lacks }) =>
          `${name} = ${value}${lacks === undefined ? '' : ` (the default: the alarm has no ${lacks})`}`,
      ),
    ),
    ...section(
      'Why',
      [...risk.reasons.map(({ text }) => text), ...risk.notes, card.plannedBy].filter((text) => text !== ''),
    ),
    ...(card.command === null ? [] : section('The runbook says', text(step.prose))),
    ...printed('What it would do', card.dryRun),
    ...printed('Before', card.before),
    ...section('Way back', card.rollback.kind === 'command' ? bytes(card.rollback.text) : [card.rollback.why]),
    ...card.evidence.flatMap((one) => section(one.title, text(excerpt(one, longestText)))),
    ...card.earlier.flatMap(({ title, outputs }: PrintedOutput) => printed(title, outputs)),
  ];
}

function termsLines({ status, digest }: QuestionRecord, [card]: readonly ApprovalCard[]): string[] {
  if (!card) return [];
  const by = card.approvedBy.map(({ name }) => name).join(', ');
  const count = card.required === 1 ? '1 approval' : `${card.required} approvals of different people`;
  if (card.kind === 'failure' || card.kind === 'choose' || card.kind === 'input')
    return [
      oneLine(
        `Wants an answer of ${card.approvers.map(({ name }) => name).join(', ')}; none means ${card.kind === 'failure' ? 'abort' : 'no'}`,
      ),
      ...standing({ status, digest }, card),
    ];
  const needs = card.iamWanted ? `${count}, one of them through IAM, as here` : count;
  return [
    oneLine(
      `Needs ${needs}, of ${card.approvers.map(({ name }) => name).join(', ')}${by ? `; approved so far by ${by}` : ''}`,
    ),
    ...standing({ status, digest }, card),
  ];
}

function standing({ status, digest }: Pick<QuestionRecord, 'status' | 'digest'>, card: ApprovalCard): string[] {
  return [
    status === 'PENDING' ? timeLeft(card) : pc.yellow(`It is ${status.toLowerCase()}: nothing waits here`),
    pc.dim(`incident ${card.reference.incidentId}, digest ${digest}`),
  ];
}

/** `12 min 5 s left, until 03:15:00 UTC`. */
export function timeLeft({ expiresAt, drawnAt }: Pick<ApprovalCard, 'expiresAt' | 'drawnAt'>): string {
  const left = expiresAt - drawnAt;
  const until = `${new Date(expiresAt * 1000).toISOString().slice(11, 19)} UTC`;
  if (left <= 0) return pc.red(`Its time was over at ${until}`);
  return `${left >= 60 ? `${Math.floor(left / 60)} min ` : ''}${left % 60} s left, until ${until}`;
}

export function levelWord(level: RiskLevel): string {
  return levelColours[level](level);
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [pc.bold(oneLine(title)), ...lines.map((line) => `  ${oneLine(line)}`)];
}

/** Line by line, every character displayed and none interpreted. */
function bytes(script: string): string[] {
  return visible(script).split('\n');
}

function text(words: string): string[] {
  const safe = shown(words, longestText).trimEnd();
  return safe === '' ? [] : safe.split('\n');
}

function printed(title: string, outputs: readonly HostOutput[]): string[] {
  return outputs.flatMap((output) => section(`${title}, on ${output.host}`, text(excerpt(output, longestText))));
}
