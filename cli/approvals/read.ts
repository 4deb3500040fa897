/** `countersign approvals list` and `show`. */

import type { QuestionRecord } from '../../core/approval/record.ts';
import type { ApprovalCard } from '../../core/report/question-card.ts';
import { epochOf } from '../../core/time.ts';
import type { ShownAs } from '../approvals.ts';
import { colours as pc } from '../colours.ts';
import { oneLine } from '../timeline.ts';
import { levelWord, questionLines, timeLeft } from './lines.ts';
import { cardsOf, nameOf, questionNamed, waiting } from './waiting.ts';

export async function list({ json }: ShownAs): Promise<void> {
  const records = await waiting();
  const rows = records.map((record) => rowOf(record, Date.now()));
  if (json) return console.log(JSON.stringify(rows));
  if (rows.length === 0) console.log('nothing waits for an answer');
  for (const { question, step, title, level, hosts, environment, secondsLeft, expiresAt } of rows) {
    const left = timeLeft({
      expiresAt: Math.floor(epochOf(expiresAt) / 1000),
      drawnAt: Math.floor(epochOf(expiresAt) / 1000) - secondsLeft,
    });
    console.log(
      `${pc.bold(question)}  ${levelWord(level)}  ${oneLine(`step ${step}: ${title}, on ${hosts.join(', ')}, ${environment}`)}`,
    );
    console.log(`  ${left}`);
  }
}

/** What `list` says of a question. */
function rowOf(record: QuestionRecord, now: number) {
  const { items, place, terms, expiresAt, incidentId, kind } = record.question;
  const [first] = items;
  if (!first) throw new TypeError('a question has at least one item');
  return {
    question: nameOf(record),
    incidentId,
    kind,
    step: first.dispatch.step,
    title: first.title,
    level: first.level,
    hosts: [...new Set(items.flatMap(({ targets }) => targets))],
    environment: place.environment,
    required: terms.required,
    approvers: terms.approvers,
    votes: record.votes.length,
    expiresAt,
    secondsLeft: Math.floor((epochOf(expiresAt) - now) / 1000),
  };
}

export async function show(name: string, { json }: ShownAs): Promise<void> {
  const record = await questionNamed(name);
  const cards = await cardsOf(record);
  if (json) return console.log(JSON.stringify(shownAsJson(record, cards)));
  for (const line of questionLines(record, cards)) console.log(line);
}

function shownAsJson(record: QuestionRecord, cards: readonly ApprovalCard[]) {
  const { question, digest, status } = record;
  return { name: nameOf(record), status, digest, question, cards };
}
