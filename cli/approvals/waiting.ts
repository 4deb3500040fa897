/** What waits for an answer in the account: questions with what proves them, read with the rights of a reader. */

import { askedOf } from '../../adapters/dynamodb/asked.ts';
import { openDatabase } from '../../adapters/dynamodb/client.ts';
import type { QuestionRecord } from '../../core/approval/record.ts';
import { genuineVotes } from '../../core/approval/votes.ts';
import { readChain } from '../../core/audit/chain.ts';
import { dispatchName, IncidentId } from '../../core/dispatch.ts';
import { askedCards } from '../../core/report/asked-card.ts';
import type { ApprovalCard } from '../../core/report/question-card.ts';
import { approvalPublicKey, audit, tables, work } from '../account.ts';
import { plainly } from '../door.ts';

/** `inc-….2.run.1.1.r0001`: short enough to type; the digest is read from the table and signed. */
export function nameOf({ question }: Pick<QuestionRecord, 'question'>): string {
  const [first] = question.items;
  const dispatch = first ? dispatchName(first.dispatch) : '';
  return `${question.incidentId}.${dispatch}.r${String(question.revision).padStart(4, '0')}`;
}

/** Every question that waits, the one that expires first first. */
export async function waiting(): Promise<QuestionRecord[]> {
  const open = await work().openIncidents().catch(plainly);
  const found = await Promise.all(open.map((incidentId) => recordsOf(incidentId)));
  return found
    .flat()
    .filter(({ status }) => status === 'PENDING')
    .toSorted((a, b) => a.question.expiresAt.localeCompare(b.question.expiresAt));
}

/** The one question that a person names: by itself, or as the newest of its incident. Throws when there is none. */
export async function questionNamed(name: string): Promise<QuestionRecord> {
  const incidentId = name.split('.')[0] ?? '';
  if (!IncidentId.safeParse(incidentId).success)
    throw new Error(
      `${JSON.stringify(name.slice(0, 100))} is no incident (inc- and 20 hexadecimal digits), and no question of one`,
    );
  const records = await recordsOf(incidentId);
  const fitting = name === incidentId ? records : records.filter((record) => nameOf(record) === name);
  const pending = fitting.filter(({ status }) => status === 'PENDING');
  if (pending.length > 1)
    throw new Error(`several questions of ${incidentId} wait; name one: ${pending.map(nameOf).join(', ')}`);
  const found =
    pending[0] ?? fitting.toSorted((a, b) => a.question.createdAt.localeCompare(b.question.createdAt)).at(-1);
  if (!found) throw new Error(`nothing was asked under ${name}: look at countersign approvals list`);
  return found;
}

async function recordsOf(incidentId: string): Promise<QuestionRecord[]> {
  const rows = await askedOf(openDatabase(), tables.control, incidentId).catch(plainly);
  return rows.flatMap(({ record }) => record ?? []);
}

/** The question made visible, one card for each of its items; how many of its votes are genuine is told only with the key. */
export async function cardsOf(record: QuestionRecord): Promise<ApprovalCard[]> {
  const { incidentId } = record.question;
  const [items, shown, publicKey] = await Promise.all([
    audit().items(incidentId).catch(plainly),
    work().shown(incidentId).catch(plainly),
    approvalPublicKey(),
  ]);
  const { entries } = readChain(incidentId, items);
  const votes = publicKey === null ? [] : genuineVotes(record.votes, record.digest, publicKey);
  return askedCards({ record, entries, shown, votes, now: Date.now() });
}
