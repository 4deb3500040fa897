/** `countersign approvals approve | reject | skip | continue | retry | abort`: a person reads the question, says yes, and proves with their credentials who they are. */
import { createInterface } from 'node:readline';
import { effectOf, wordsOf } from '../../core/answers.ts';
import type { QuestionRecord } from '../../core/approval/record.ts';
import type { DoorWord } from '../../core/door/spoken.ts';
import type { FailureWord } from '../../core/incident/attempts.ts';
import { isShortCode, shortCode } from '../../core/short-code.ts';
import { epochOf } from '../../core/time.ts';
import { riskAtLeast } from '../../core/words.ts';
import type { AnswerOptions } from '../approvals.ts';
import { colours as pc, printError } from '../colours.ts';
import { callDoor, type Heard } from '../door.ts';
import { oneLine } from '../timeline.ts';
import { questionLines } from './lines.ts';
import { cardsOf, nameOf, questionNamed } from './waiting.ts';

export type Answer = 'approve' | 'reject' | 'skip' | FailureWord;

export const exitCodes = { counted: 0, notCounted: 1, saidNo: 2 } as const;

/** The exit code. Throws what keeps the answer from being given. */
export async function answerQuestion(word: Answer, name: string, { reason, json }: AnswerOptions): Promise<number> {
  const say = (line: string) => (json ? printError(line) : console.log(line));
  const record = await questionNamed(name);
  for (const line of questionLines(record, await cardsOf(record))) say(line);
  if (record.status !== 'PENDING')
    throw new Error(`this question is ${record.status.toLowerCase()}: nothing waits here`);
  if (epochOf(record.question.expiresAt) <= Date.now()) throw new Error('the time to answer this question is over');
  if (effectOf(record.question.kind, word) === null)
    throw new Error(`${word} is no answer to this question, which takes ${wordsOf(record.question.kind).join(', ')}`);
  const given = await confirmed(word, record, reason);
  if (given === null) {
    say('Not answered: nothing was said.');
    return exitCodes.saidNo;
  }
  const heard = await callDoor(spokenOf(word, record, given));
  if (json) console.log(JSON.stringify({ question: nameOf(record), word, ...heard }));
  else for (const line of heardLines(word, heard)) console.log(line);
  return heard.outcome === 'refused' ? exitCodes.notCounted : exitCodes.counted;
}

function spokenOf(word: Answer, { question, digest }: QuestionRecord, reason: string): DoorWord {
  const { incidentId, revision, items } = question;
  const [first] = items;
  if (!first) throw new TypeError('a question has at least one item');
  const about = { incidentId, dispatch: first.dispatch, revision, digest };
  return { word, question: about, ...(reason === '' ? {} : { fields: { reason } }) };
}

/** The reason, which may be empty; null = the person says no, by whatever is not yes. */
async function confirmed(word: Answer, record: QuestionRecord, reason = ''): Promise<string | null> {
  if (word === 'reject') return reason.trim() || asked('Why? ');
  if ((await asked(`Type yes to ${word} exactly this: `)) !== 'yes') return null;
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
