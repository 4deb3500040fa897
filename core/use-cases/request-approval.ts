/** Asking: put a PENDING request with its task token into Control, and its card into Slack, once. */

import { buildRequest, timesFrom } from '../approval/build.ts';
import { type RequestKey, type RequestRecord, requestDigest } from '../approval/request.ts';
import { type AuditWriter, append } from '../audit/append.ts';
import type { Compiled } from '../compiled.ts';
import type { Derived } from '../derive/derive.ts';
import { type Dispatch, sameDispatch } from '../dispatch.ts';
import { decideNext } from '../gate/gate.ts';
import { readSituation, type Situation, type SituationPorts } from '../incident/situation.ts';
import type { RiskTools } from '../policy/verdict.ts';
import { redact } from '../redact.ts';
import { requestCard } from '../report/request-card.ts';
import type { ShownOutputs } from '../report/show.ts';
import { approvalCard } from '../slack/card.ts';
import type { ApprovalCard } from '../slack/question.ts';
import { endCard } from './end-card.ts';
import type { Cards, ControlStore } from './ports.ts';

export interface RequestApprovalPorts extends SituationPorts {
  readonly writer: AuditWriter;
  readonly control: ControlStore;
  readonly cards: Cards;
  /** What people may want to see on the card, from the work table. */
  shown(incidentId: string): Promise<ShownOutputs>;
}

/** Longest cause of a failed delivery in the chain, in characters: enough for CardTooLong and CardUnshowable. */
const longestCause = 500;

/** The record is decided: the machine goes on to Settle. */
export class AlreadyDecided extends Error {
  override readonly name = 'AlreadyDecided';
}

/**
 * Makes or re-arms the request of a dispatch with a new task token and delivers its card if that is still to be done.
 * Throws AlreadyDecided when the record is decided, and anything else when the request cannot be made or delivered.
 */
export async function requestApproval(
  ports: RequestApprovalPorts,
  compiled: Compiled,
  tools: RiskTools,
  { incidentId, dispatch, token }: { incidentId: string; dispatch: Dispatch; token: string },
): Promise<void> {
  const key: RequestKey = { incidentId, dispatch, policyDigest: compiled.policyDigest };
  const known = await ports.control.read(key);
  if (known?.messageTs && known.status === 'PENDING') return rearm(ports, key, token);
  if (known && known.status !== 'PENDING') throw new AlreadyDecided(`the request is ${known.status}`);
  const situation = await readSituation(ports, compiled, incidentId);
  const derived = askable(situation, dispatch, tools);
  const record = known ?? (await create(ports, situation, derived, token));
  if (known) await rearm(ports, key, token);
  await refuseOutdated(ports, record, situation, derived);
  await deliver(ports, key, record, situation, derived);
}

async function rearm(ports: RequestApprovalPorts, key: RequestKey, token: string): Promise<void> {
  if (!(await ports.control.rearm(key, token)))
    throw new AlreadyDecided('the request was decided while it was re-armed');
}

/** The same decision as the gate's, made again from what this function read itself: nobody is asked out of turn. */
function askable(situation: Situation, dispatch: Dispatch, tools: RiskTools): Derived {
  const answer = decideNext(situation, tools);
  if (answer.decision === 'ask' && answer.derived && answer.dispatch && sameDispatch(answer.dispatch, dispatch))
    return answer.derived;
  throw new Error(
    `request-approval: the gate says ${answer.decision} now: ${answer.reasons.map(({ text }) => text).join('; ')}`,
  );
}

async function create(
  ports: RequestApprovalPorts,
  situation: Situation,
  derived: Derived,
  token: string,
): Promise<RequestRecord> {
  const request = buildRequest(situation, derived, timesFrom(situation, derived));
  const record: RequestRecord = {
    request,
    digest: requestDigest(request),
    status: 'PENDING',
    token,
    channel: null,
    messageTs: null,
    votes: [],
    card: null,
  };
  await supersede(ports, record);
  if (!(await ports.control.create(record)))
    throw new Error('request-approval: another request was made at the same moment');
  const { dispatch, policyDigest, scriptHash, level, targets, approvers, required, expiresAt } = request;
  await append(ports.writer, situation.incidentId, {
    kind: 'approval_requested',
    dispatch,
    requestDigest: record.digest,
    policyDigest,
    scriptHash,
    level,
    targets,
    approvers,
    required,
    expiresAt,
  });
  return record;
}

/** Requests for the same dispatch under an older policy can no longer be answered, and their cards say so. */
async function supersede(ports: RequestApprovalPorts, record: RequestRecord): Promise<void> {
  const { incidentId, dispatch } = record.request;
  for (const old of await ports.control.list(incidentId)) {
    if (old.status !== 'PENDING' || !sameDispatch(old.request.dispatch, dispatch)) continue;
    if (!(await ports.control.end(old.request, 'SUPERSEDED'))) continue;
    await append(ports.writer, incidentId, {
      kind: 'approval_superseded',
      dispatch,
      requestDigest: old.digest,
      why: 'the policy changed',
    });
    await endCard(ports.cards, old, 'SUPERSEDED', ports.now(), 'The policy changed. A new card follows.');
  }
}

/** A card shows what was derived now and its button names the stored request: they must be about the same bytes. */
async function refuseOutdated(
  ports: RequestApprovalPorts,
  record: RequestRecord,
  situation: Situation,
  derived: Derived,
) {
  const { incidentId, dispatch, createdAt, expiresAt } = record.request;
  if (requestDigest(buildRequest(situation, derived, { createdAt, expiresAt })) === record.digest) return;
  const why = 'what was asked for is no longer what would run: alarm, parameters or targets changed since';
  await append(ports.writer, incidentId, { kind: 'approval_undeliverable', dispatch, why });
  throw new Error(`request-approval: ${why}`);
}

async function deliver(
  ports: RequestApprovalPorts,
  key: RequestKey,
  record: RequestRecord,
  situation: Situation,
  derived: Derived,
) {
  const card = requestCard(record, situation, derived, await ports.shown(key.incidentId));
  const place = await post(ports, key, derived.verdict.approvals.channel, card);
  await ports.control.delivered(key, place, card);
  await append(ports.writer, key.incidentId, { kind: 'approval_delivered', dispatch: key.dispatch, ...place });
}

/** Posts the card; why that was not possible goes into the chain, so that whoever is paged need not look for it. */
async function post(
  ports: RequestApprovalPorts,
  { incidentId, dispatch }: RequestKey,
  channel: string,
  card: ApprovalCard,
) {
  try {
    return await ports.cards.post(channel, approvalCard(card));
  } catch (error) {
    const why = redact(error instanceof Error ? error.message : 'unknown').slice(0, longestCause);
    await append(ports.writer, incidentId, { kind: 'approval_undeliverable', dispatch, why });
    throw error;
  }
}
