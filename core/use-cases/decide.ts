/** Deciding: a person's click becomes a signed vote, written once, and only then a wake-up of the machine. */

import { type RequestKey, type RequestRecord, voteDigest } from '../approval/request.ts';
import { statusAfter, type Vote, voteRefusal } from '../approval/rules.ts';
import { type AuditWriter, record as recordEvent } from '../audit/append.ts';
import type { SignedVote } from '../audit/entry.ts';
import type { Compiled } from '../compiled.ts';
import { parseReference, type Reference } from '../reference.ts';
import { parseInteraction } from '../slack/interaction.ts';
import { verifySlackSignature } from '../slack/signature.ts';
import { isoOf } from '../time.ts';
import { endCard } from './end-card.ts';
import type { Cards, ControlStore } from './ports.ts';

/** The request as Slack sent it, byte for byte. */
export interface RawInteraction {
  readonly rawBody: string;
  readonly timestamp: string;
  readonly signature: string;
}

export interface DecidePorts {
  readonly writer: AuditWriter;
  readonly control: Pick<ControlStore, 'read' | 'vote'>;
  readonly cards: Pick<Cards, 'update' | 'tell'>;
  signingSecret(): Promise<string>;
  /** Signs a digest (hex) with the approval key; base64. */
  sign(digest: string): Promise<string>;
  /** Wakes the machine; a token that is no longer valid is no error, since `settle` reads the record anyway. */
  wake(token: string): Promise<void>;
  now(): number;
}

/** Thrown for a request that Slack did not sign; nothing was read or written. */
export class NotFromSlack extends Error {
  override readonly name = 'NotFromSlack';
}

/**
 * Verifies the raw request again, then signs, then writes vote and signature in one conditional write, then wakes the
 * token that this write returned. A duplicate click is refused by the record and recorded.
 */
export async function decide(ports: DecidePorts, compiled: Compiled, raw: RawInteraction): Promise<void> {
  const signingSecret = await ports.signingSecret();
  const check = verifySlackSignature({ ...raw, signingSecret, now: Math.floor(ports.now() / 1000) });
  if (!check.ok) throw new NotFromSlack(check.reason);
  const act = parseInteraction(raw.rawBody);
  if (act.kind !== 'approve' && act.kind !== 'reject_submitted') return;
  const reference = parseReference(act.requestRef);
  const vote: Vote = {
    decision: act.kind === 'approve' ? 'approve' : 'reject',
    by: act.user,
    requestDigest: reference.requestDigest,
  };
  await cast(ports, compiled, reference, vote, act.reason ?? '');
}

async function cast(ports: DecidePorts, compiled: Compiled, reference: Reference, vote: Vote, reason: string) {
  const key = { ...reference, policyDigest: compiled.policyDigest };
  const record = compiled.policyDigest.startsWith(reference.policyDigest12) ? await ports.control.read(key) : null;
  const { people, approvers: named } = compiled.policy;
  const approvers = people.filter(({ name }) => named.includes(name)).map(({ id }) => id);
  const refusal = voteRefusal(record, vote, approvers, ports.now());
  if (record === null || refusal !== null) return refuse(ports, key, record, vote, refusal ?? 'unknown request');
  const unsigned = { ...vote, at: isoOf(ports.now()), reason };
  const signed: SignedVote = { ...unsigned, signature: await ports.sign(voteDigest(unsigned)) };
  const change = {
    digest: record.digest,
    vote: signed,
    status: statusAfter(record, signed),
    votesBefore: record.votes.length,
  };
  const written = await ports.control.vote(key, change);
  if (written === null) return refuse(ports, key, record, vote, 'Somebody else decided at the same moment.');
  await recordEvent(ports.writer, key.incidentId, { kind: 'vote_cast', dispatch: key.dispatch, vote: signed });
  if (written.status !== 'PENDING') await ports.wake(written.token);
  await showVote(ports, written, signed);
}

async function showVote(ports: DecidePorts, record: RequestRecord, vote: SignedVote): Promise<void> {
  if (record.status === 'PENDING') return;
  await endCard(ports.cards, record, record.status, ports.now(), vote.reason, [vote.by]);
}

async function refuse(ports: DecidePorts, key: RequestKey, record: RequestRecord | null, vote: Vote, why: string) {
  await recordEvent(ports.writer, key.incidentId, {
    kind: 'vote_refused',
    reference: `${key.dispatch.step}.${key.dispatch.part}.${key.dispatch.attempt}`,
    by: vote.by,
    decision: vote.decision,
    why,
  });
  if (record?.channel) await ports.cards.tell(record.channel, vote.by.id, why);
}
