/** Verifying approvals: every question hashes, every vote is the key's, and every mutating intent carries enough of them, in time. */
import { effectOf, standingApprovals } from '../answers.ts';
import { canonicalJson, sha256 } from '../digest.ts';
import { dispatchName, sameDispatch } from '../dispatch.ts';
import type { Envelope } from '../dsse.ts';
import { openVote, type Question, type QuestionItem, questionDigest, type Vote } from '../question.ts';
import { incidentIdOf } from '../subject.ts';
import { epochOf } from '../time.ts';
import { riskAtLeast } from '../words.ts';
import type { ReadEntry } from './chain.ts';
import type { EventOf } from './entry.ts';
import { type ChainFacts, type Finding, problem, unsure } from './verify-finding.ts';

/** A question that the chain holds, by the digest of what it says. */
interface Asked {
  readonly place: number;
  readonly question: Question;
  readonly digest: string;
}

interface Context {
  readonly chain: string;
  readonly entries: readonly ReadEntry[];
  readonly asked: readonly Asked[];
  /** Null: no signature can be verified. */
  readonly publicKey: string | null;
  /** The genuine votes among `vote_signed` entries. */
  readonly votes: readonly Cast[];
  /** Null: not given. */
  readonly burns: ChainFacts['burns'];
  /** Opens an envelope, each text of one once. */
  readonly open: Opener;
}

/** A genuine vote, and where the chain holds it. */
interface Cast {
  readonly place: number;
  readonly vote: Vote;
}
type Opener = (envelope: Envelope) => ReturnType<typeof openVote>;

type Intent = EventOf<'dispatch_intended'>;

/** Questions, votes, settlements and intents of an incident's chain. */
export function approvalFindings(
  chain: string,
  entries: readonly ReadEntry[],
  { publicKey, burns }: Pick<ChainFacts, 'publicKey' | 'burns'>,
  isAnchored: boolean,
): { findings: Finding[]; signatures: number } {
  const opened = new Map<string, ReturnType<typeof openVote>>();
  const open = openerOf(opened, publicKey);
  const votes = signedVotes(entries, open);
  const context = { chain, entries, asked: questionsOf(entries), publicKey, votes, burns, open };
  const found = entries.flatMap((entry) => findingsOf(context, entry));
  // What a checkpoint has signed as a whole was not written anew, whether people signed anything in it or not.
  const findings = votes.length > 0 || isAnchored ? found : [...found, unsure(null, unsigned)];
  return { findings, signatures: opened.size };
}

/** Without a key nothing is genuine; who needs that says it first. */
function openerOf(opened: Map<string, ReturnType<typeof openVote>>, publicKey: string | null): Opener {
  return (envelope) => {
    if (publicKey === null) return 'foreign';
    const { payloadType, payload, signatures } = envelope;
    const text = `${signatures[0].sig} ${payloadType} ${payload}`;
    const known = opened.get(text) ?? openVote(envelope, publicKey);
    opened.set(text, known);
    return known;
  };
}

const unsigned =
  'nothing in it is signed by the approval key: a chain that was written anew as a whole cannot be told from it';
const noKey = 'the approval key’s public half was not given, so no signature could be verified';
const oldForm = 'is signed in the form of the first release, whose signatures are no longer verified';

function findingsOf(context: Context, { sequence, entryId, event }: ReadEntry): Finding[] {
  switch (event?.kind) {
    case 'approval_requested':
      return questionProblems(context, event).map((text) => problem(sequence, text));
    case 'vote_cast':
      return [unsure(sequence, `the vote ${oldForm}`)];
    case 'vote_signed':
      return voteFindings(context, sequence, event);
    case 'approval_settled':
      return settledFindings(context, sequence, event);
    case 'dispatch_intended':
      return intentFindings(context, sequence, entryId, event);
    default:
      return [];
  }
}

function questionsOf(entries: readonly ReadEntry[]): Asked[] {
  return entries.flatMap(({ sequence, event }) =>
    event?.kind === 'approval_requested' && event.question
      ? [{ place: sequence, question: event.question, digest: questionDigest(event.question) }]
      : [],
  );
}

/** What an entry repeats of its question must be what the question says, and the scripts must be those that it hashes. */
function questionProblems({ chain, asked }: Context, event: EventOf<'approval_requested'>): string[] {
  const { question, scripts } = event;
  if (!question) return [];
  const [first, ...others] = question.items;
  const found: string[] = [];
  if (asked.find((one) => one.question === question)?.digest !== event.requestDigest)
    found.push('holds a question that does not have its digest');
  if (question.incidentId !== chain || incidentIdOf(question.subject) !== chain)
    found.push('holds a question of another incident');
  const { policyDigest, expiresAt, required, scriptHash, level, targets, dispatch } = event;
  const repeated = {
    policyDigest,
    expiresAt,
    required,
    ...(others.length === 0 && { scriptHash, level, targets, dispatch }),
  };
  const said = {
    policyDigest: question.policyDigest,
    expiresAt: question.expiresAt,
    required: question.terms.required,
    ...(others.length === 0 && first && partOf(first)),
  };
  if (canonicalJson(repeated) !== canonicalJson(said)) found.push('repeats its question otherwise than it is');
  const isShown = question.items.every((item) => !scripts || scripts.some((script) => isScriptOf(script, item)));
  if (!isShown) found.push('holds another script than the one that its question hashes');
  return found;
}

function partOf({ scriptHash, level, targets, dispatch }: QuestionItem) {
  return { scriptHash, level, targets, dispatch };
}

function isScriptOf(
  { dispatch, script }: NonNullable<EventOf<'approval_requested'>['scripts']>[number],
  item: QuestionItem,
): boolean {
  return sameDispatch(dispatch, item.dispatch) && sha256(script ?? '') === item.scriptHash;
}

function voteFindings(context: Context, place: number, event: EventOf<'vote_signed'>): Finding[] {
  if (context.publicKey === null) return [unsure(place, noKey)];
  const vote = context.open(event.envelope);
  if (vote === 'forged') return [problem(place, 'holds a vote that the approval key did not sign')];
  if (vote === 'foreign') return [unsure(place, 'holds a signed vote of another release')];
  const signed = { by: vote.by, word: vote.word, questionDigest: vote.question };
  const { by, word, questionDigest: digest } = event;
  if (canonicalJson(signed) !== canonicalJson({ by, word, questionDigest: digest }))
    return [problem(place, 'says another person, word or question than was signed')];
  const asked = context.asked.find((one) => one.digest === vote.question && one.place < place);
  if (!asked) return [problem(place, 'votes on a question that the chain does not hold before it')];
  return isInTime(vote, asked.question) ? [] : [problem(place, 'votes outside the time of its question')];
}

/** What is approved can be taken back until it is used, also when the time to approve is over. */

function isInTime({ at, word }: Vote, { kind, createdAt, expiresAt }: Question): boolean {
  const isOver = epochOf(at) >= epochOf(expiresAt);
  return epochOf(createdAt) <= epochOf(at) && (!isOver || effectOf(kind, word) === 'takes_back');
}

function signedVotes(entries: readonly ReadEntry[], open: Opener): Cast[] {
  return entries.flatMap(({ sequence, event }) => {
    const vote = event?.kind === 'vote_signed' ? open(event.envelope) : 'foreign';
    return typeof vote === 'string' ? [] : [{ place: sequence, vote }];
  });
}

/** Names of distinct people whose genuine votes approve the question as its terms demand, and who did not take it back among these. */
function approversOf(votes: readonly Vote[], { question, digest }: Asked): Set<string> {
  const about = votes.filter((vote) => vote.question === digest).map((vote) => ({ vote }));
  const counted = standingApprovals(question.kind, about)
    .map(({ vote }) => vote)
    .filter((vote) => isInTime(vote, question) && question.terms.approvers.includes(vote.by.name));
  const isComplete = !question.terms.secondChannel || counted.some(({ by }) => by.via === 'iam');
  return new Set(isComplete ? counted.map(({ by }) => by.name) : []);
}

function takesBack({ word }: Vote, { question }: Asked): boolean {
  return effectOf(question.kind, word) === 'takes_back';
}

function settledFindings(context: Context, place: number, event: EventOf<'approval_settled'>): Finding[] {
  if (event.decision !== 'approved') return [];
  const asked = context.asked.find(({ digest }) => digest === event.requestDigest);
  // What the first release settled has its votes' own findings.
  if (!asked) return isOldQuestion(context, event.requestDigest) ? [] : [problem(place, notAsked)];
  if (context.publicKey === null) return [unsure(place, noKey)];
  // It says how the question stood when it was read: what was taken back meanwhile may lie before it.
  const given = context.votes.map(({ vote }) => vote).filter((vote) => !takesBack(vote, asked));
  return shortage(approversOf(given, asked), asked, event.by).map((text) => problem(place, text));
}

const notAsked = 'names a question that the chain does not hold before it';

function shortage(approvers: ReadonlySet<string>, { question }: Asked, named: readonly { name: string }[]): string[] {
  const { required } = question.terms;
  const others = named.filter(({ name }) => !approvers.has(name)).map(({ name }) => name);
  return [
    ...(approvers.size < required ? [`has ${approvers.size} of ${required} genuine approvals, in time`] : []),
    ...(others.length > 0 ? [`names as approver who did not sign: ${others.join(', ')}`] : []),
  ];
}

function isOldQuestion({ entries }: Context, digest: string | null): boolean {
  return entries.some(
    ({ event }) => event?.kind === 'approval_requested' && !event.question && event.requestDigest === digest,
  );
}

function intentFindings(context: Context, place: number, entryId: string, intent: Intent): Finding[] {
  if (intent.level === 'forbidden') return [problem(place, 'intends what is forbidden')];
  if (intent.requestDigest === null) return unaskedProblems(intent).map((text) => problem(place, text));
  if (intent.votes === undefined && intent.planDigest === undefined) return oldIntentFindings(context, place, intent);
  const asked = context.asked.find((one) => one.digest === intent.requestDigest && one.place < place);
  if (!asked) return [problem(place, notAsked)];
  const item = asked.question.items.find(
    (one) => dispatchName(one.dispatch) === dispatchName({ ...intent.dispatch, wave: 1 }),
  );
  if (!item || !isCovered(intent, item)) return [problem(place, 'intends something else than was asked')];
  if (context.publicKey === null) return [unsure(place, noKey)];
  const found = countedFindings(place, intent, asked, context.open);
  return found.length > 0 ? found : takenBackFindings(context, place, entryId, intent, asked);
}

function isCovered(intent: Intent, item: QuestionItem): boolean {
  return (
    item.scriptHash === intent.scriptHash &&
    riskAtLeast(item.level, intent.level) &&
    intent.targets.every((target) => item.targets.includes(target))
  );
}

/**
 * Whoever takes an approval back while `execute` is about to send lies before the intent, and the burn then fails: only
 * what was burnt all the same went out without it.
 */
function takenBackFindings(
  { votes, burns, open }: Context,
  place: number,
  entryId: string,
  intent: Intent,
  asked: Asked,
): Finding[] {
  const given = (intent.votes ?? []).map(open).filter((vote) => typeof vote !== 'string');
  const back = votes.filter((one) => one.place < place && takesBack(one.vote, asked)).map(({ vote }) => vote);
  const [text] = shortage(approversOf([...given, ...back], asked), asked, intent.approvedBy);
  if (back.length === 0 || text === undefined) return [];
  if (burns === null) return [unsure(place, 'rests on an approval that was taken back, and Dispatches was not given')];
  return burns.some((burn) => burn.intent === entryId)
    ? [problem(place, `was burnt after an approval of it had been taken back: it ${text}`)]
    : [];
}

function countedFindings(place: number, intent: Intent, asked: Asked, open: Opener): Finding[] {
  const votes = (intent.votes ?? []).map(open);
  const genuine = votes.filter((vote) => typeof vote !== 'string');
  const found = shortage(approversOf(genuine, asked), asked, intent.approvedBy).map((text) => problem(place, text));
  return votes.includes('forged')
    ? [...found, problem(place, 'carries a vote that the approval key did not sign')]
    : found;
}

/** Without a question only reads go out, and what a standing approval names: nothing destructive. */
function unaskedProblems({ level, standing, approvedBy }: Intent): string[] {
  const found: string[] = [];
  if (approvedBy.length > 0) found.push('names approvers, and no question');
  if (level === 'destructive') found.push('intends something destructive that nobody was asked about');
  else if (level !== 'read_only' && standing === null)
    found.push('intends a change that nobody was asked about, under no standing approval');
  return found;
}

/** The first release's votes can be counted, and no longer verified. */
function oldIntentFindings({ entries }: Context, place: number, intent: Intent): Finding[] {
  const before = entries.filter(({ sequence }) => sequence < place).map(({ event }) => event);
  const asked = before.find(
    (event) => event?.kind === 'approval_requested' && !event.question && event.requestDigest === intent.requestDigest,
  );
  if (asked?.kind !== 'approval_requested' || asked.scriptHash !== intent.scriptHash) return [problem(place, notAsked)];
  const approvers = before.flatMap((event) =>
    event?.kind === 'vote_cast' &&
    event.vote.requestDigest === intent.requestDigest &&
    event.vote.decision === 'approve' &&
    asked.approvers.includes(event.vote.by.id)
      ? [event.vote.by.id]
      : [],
  );
  const count = new Set(approvers).size;
  return count < asked.required
    ? [problem(place, `has ${count} of ${asked.required} approvals`)]
    : [unsure(place, `the approval ${oldForm}`)];
}
