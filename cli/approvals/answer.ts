/** `countersign approvals approve | reject | skip | choose | input | continue | retry | abort`: a person reads the question, says yes, and proves with their credentials who they are. */
import { createInterface } from 'node:readline';
import { effectOf, wordsOf } from '../../core/answers.ts';
import type { QuestionRecord } from '../../core/approval/record.ts';
import type { DoorWord } from '../../core/door/spoken.ts';
import type { FailureWord } from '../../core/incident/attempts.ts';
import type { ApprovalCard } from '../../core/report/question-card.ts';
import { placeholders } from '../../core/runbook/substitute.ts';
import { isShortCode, shortCode } from '../../core/short-code.ts';
import { epochOf } from '../../core/time.ts';
import { riskAtLeast } from '../../core/words.ts';
import type { AnswerOptions } from '../approvals.ts';
import { colours as pc, printError } from '../colours.ts';
import { callDoor, type Heard } from '../door.ts';
import { oneLine } from '../timeline.ts';
import { questionLines } from './lines.ts';
import { cardsOf, nameOf, questionNamed } from './waiting.ts';

export type Answer = 'approve' | 'reject' | 'skip' | 'choose' | 'input' | FailureWord;

/** What is said beside the word; empty = nothing. */
type Fields = NonNullable<DoorWord['fields']>;

export const exitCodes = { counted: 0, notCounted: 1, saidNo: 2 } as const;

/** The exit code. Throws what keeps the answer from being given. */
export async function answerQuestion(word: Answer, name: string, { reason, json }: AnswerOptions): Promise<number> {
  const say = (line: string) => (json ? printError(line) : console.log(line));
  const record = await questionNamed(name);
  const cards = await cardsOf(record);
  for (const line of questionLines(record, cards)) say(line);
  if (record.status !== 'PENDING')
    throw new Error(`this question is ${record.status.toLowerCase()}: nothing waits here`);
  if (epochOf(record.question.expiresAt) <= Date.now()) throw new Error('the time to answer this question is over');
  if (effectOf(record.question.kind, word) === null)
    throw new Error(`${word} is no answer to this question, which takes ${wordsOf(record.question.kind).join(', ')}`);
  const more = await said(word, record, cards);
  const given = more && (await confirmed(word, record, reason));
  if (more === null || given === null) {
    say('Not answered: nothing was said.');
    return exitCodes.saidNo;
  }
  const heard = await callDoor(spokenOf(word, record, { ...(given === '' ? {} : { reason: given }), ...more }));
  if (json) console.log(JSON.stringify({ question: nameOf(record), word, ...heard }));
  else for (const line of heardLines(word, heard)) console.log(line);
  return heard.outcome === 'refused' ? exitCodes.notCounted : exitCodes.counted;
}

function spokenOf(word: Answer, { question, digest }: QuestionRecord, fields: Fields): DoorWord {
  const { incidentId, revision, items } = question;
  const [first] = items;
  if (!first) throw new TypeError('a question has at least one item');
  const about = { incidentId, dispatch: first.dispatch, revision, digest };
  return { word, question: about, ...(Object.keys(fields).length === 0 ? {} : { fields }) };
}

/** What a choice or a value wants beside the word, typed; null = the person typed none. */
async function said(
  word: Answer,
  { question }: QuestionRecord,
  cards: readonly ApprovalCard[],
): Promise<Fields | null> {
  if (word === 'choose') {
    const typed = await asked(`Which alternative, 1 to ${question.items.length}? `);
    return typed !== null && /^[1-9][0-9]?$/.test(typed) ? { choice: Number(typed) } : null;
  }
  if (word !== 'input') return {};
  const known = question.items[0]?.parameters ?? {};
  const names = placeholders(cards[0]?.command ?? '').map(({ name }) => name);
  const parameters: Record<string, string> = {};
  for (const name of new Set([...(cards[0]?.wanted ?? []).map((one) => one.name), ...names])) {
    if (Object.hasOwn(known, name)) continue;
    const value = await asked(`${name} = `);
    if (value === null) return null;
    parameters[name] = value;
  }
  return { parameters };
}

/** The reason, which may be empty; null = the person says no, by whatever is not yes. */
async function confirmed(word: Answer, record: QuestionRecord, reason = ''): Promise<string | null> {
  if (word === 'reject') return reason.trim() || asked('Why? ');
  const doing = word === 'choose' || word === 'input' ? 'say exactly this' : `${word} exactly this`;
  if ((await asked(`Type yes to ${doing}: `)) !== 'yes') return null;
  const { incidentId, items } = record.question;
  const isDestructive = items.some(({ level }) => riskAtLeast(level, 'destructive'));
  if (word !== 'approve' || !isDestructive) return reason;
  const typed = await asked(`It is destructive. Type the code ${shortCode(incidentId)} of this incident: `);
  return typed !== null && isShortCode(incidentId, typed) ? reason : null;
}

/** What a person typed, without blanks around it; null when they typed nothing, pressed Ctrl-C, or the terminal is gone. */
export async function asked(prompt: string): Promise<string | null> {
  if (!process.stdin.isTTY)
    throw new Error(
      'an answer is given by a person at a terminal: standard input is none, and nothing answers for you',
    );
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: true });
  try {
    return await new Promise((resolve) => {
      lines.on('SIGINT', () => resolve(null));
      lines.on('close', () => resolve(null));
      lines.question(prompt, (typed) => resolve(typed.trim() || null));
    });
  } finally {
    lines.close();
  }
}

function heardLines(word: Answer, { outcome, status, by, texts }: Heard): string[] {
  const mark = outcome === 'refused' ? pc.red('✗') : pc.green('✓');
  const said = {
    counted: `Your ${word} is counted, as ${by}`,
    repeated: `Your ${word} was counted already, as ${by}`,
    refused: `Your ${word} does not count, as ${by}`,
  }[outcome];
  const standing = status === null ? '' : `; the question is ${status.toLowerCase()}`;
  return [`${mark} ${oneLine(`${said}${standing}`)}`, ...texts.map((one) => `  ${oneLine(one)}`)];
}
