/**
 * The kinds of audit events. Kinds and optional fields are only ever added: another meaning is another kind. Strict on
 * write, loose on read, so that a chain of any release can be read by any other.
 */
import * as z from 'zod';
import { canonicalJson, digest, Sha256 } from '../digest.ts';
import { Dispatch as StrictDispatch } from '../dispatch.ts';
import { Envelope } from '../dsse.ts';
import { type Exactly, exactly } from '../exactly.ts';
import { Person } from '../person.ts';
import { Question } from '../question.ts';
import { Subject } from '../subject.ts';
import {
  DispatchOutcome,
  GateDecision,
  HostOutcome,
  IncidentStatus,
  Mode,
  PolicyDecision,
  Reason,
  RiskFlag,
  RiskLevel,
} from '../words.ts';

/** Loose, as everything that is read here: a later release may say more of a dispatch. */
const Dispatch = z.object(StrictDispatch.shape);

/** A vote as the first release signed it. It is read for people, and counts for nothing: only `vote_signed` is verified. */
const OldVote = z.lazy(() =>
  z.object({
    requestDigest: z.string(),
    decision: z.string(),
    by: Person,
    at: z.string(),
    reason: z.string(),
    signature: z.string(),
  }),
);

export const PlannedStep = z.lazy(() =>
  z.object({
    number: z.int(),
    title: z.string(),
    declared: RiskLevel.nullable(),
    floor: RiskLevel,
    model: RiskLevel.nullable(),
    level: RiskLevel,
    flags: z.array(RiskFlag),
    decision: PolicyDecision,
    /** Of the rendered command; of the empty text for a manual step. */
    scriptHash: Sha256.exactOptional(),
    /** What people choose from when the step comes; then all else above is that of the riskiest of them. */
    alternatives: z
      .array(
        z.object({
          title: z.string(),
          floor: RiskLevel,
          level: RiskLevel,
          flags: z.array(RiskFlag),
          decision: PolicyDecision,
          scriptHash: Sha256,
        }),
      )
      .exactOptional(),
    /** Names of the parameters that a person types when the step comes. */
    wanted: z.array(z.string()).exactOptional(),
  }),
);
export type PlannedStep = z.infer<typeof PlannedStep>;

/** What of the alarm is frozen when the plan is made, because success erases it. */
export const FrozenAlarm = z.lazy(() =>
  z.object({
    dimensions: z.record(z.string(), z.string()),
    tags: z.record(z.string(), z.string()),
    comparison: z.string().nullable(),
    threshold: z.number().nullable(),
  }),
);
export type FrozenAlarm = z.infer<typeof FrozenAlarm>;

/** Doorbells of an incident: how often it rang, and how many of these were real changes of the alarm's state. */
const Doorbells = z.lazy(() => z.object({ rung: z.int(), changes: z.int() }));

/** Everything that can happen, by `kind`; each schema is built when its kind is first met, since a chain holds few of them. Bodies hold words, hashes and names; never outputs, secrets or task tokens (I10). */
const events = {
  incident_opened: () =>
    z.object({
      kind: z.literal('incident_opened'),
      alarmArn: z.string(),
      alarmName: z.string(),
      contributorId: z.string().nullable(),
      stateChangedAt: z.string(),
      candidates: z.array(z.object({ runbookId: z.string(), confidence: z.number(), why: z.string() })),
      /** Absent in the first release: the alarm of the fields above, first round. */
      subject: Subject.exactOptional(),
      /** What an alarm has to share with this one to join; absent = none joins. */
      relations: z.array(z.string()).exactOptional(),
    }),
  /** An alarm of the same storm: it has no incident of its own while it is here, and is no target. For people, and decides nothing. */
  related_joined: () =>
    z.object({
      kind: z.literal('related_joined'),
      alarmArn: z.string(),
      alarmName: z.string(),
      stateChangedAt: z.string(),
      relation: z.string(),
    }),
  related_let_go: () =>
    z.object({ kind: z.literal('related_let_go'), alarmArn: z.string(), alarmName: z.string(), why: z.string() }),
  /** An alarm that had so many incidents within an hour opens none until then. In a chain of the day. */
  alarm_rests: () =>
    z.object({ kind: z.literal('alarm_rests'), alarmArn: z.string(), incidents: z.int(), until: z.string() }),
  alarm_joined: () =>
    z.object({ kind: z.literal('alarm_joined'), alarmArn: z.string(), state: z.string(), why: z.string() }),
  envelope_refused: () =>
    z.object({ kind: z.literal('envelope_refused'), alarmArn: z.string().nullable(), why: z.string() }),
  planned: () =>
    z.object({
      kind: z.literal('planned'),
      mode: Mode,
      environment: z.string(),
      runbook: z.object({ id: z.string(), digest: Sha256 }).nullable(),
      policyDigest: Sha256,
      confidence: z.number(),
      chosenBy: z.enum(['route', 'text', 'model', 'person', 'nobody']),
      model: z.string(),
      parameters: z.record(z.string(), z.string()),
      steps: z.array(PlannedStep),
      problems: z.array(z.string()),
      /** Where each parameter's value came from, such as `dimension InstanceId`. */
      sources: z.record(z.string(), z.string()).exactOptional(),
      /** The sorted targets of each selector; `all` is the runbook's own. */
      targets: z.record(z.string(), z.array(z.string())).exactOptional(),
      /** Names of these targets that have one, by instance id; for people, and decide nothing. */
      names: z.record(z.string(), z.string().max(256)).exactOptional(),
      alarm: FrozenAlarm.exactOptional(),
      /** Digest of each evidence, label and text, in the order in which people are shown them. */
      evidence: z.array(Sha256).exactOptional(),
    }),
  gate_decided: () =>
    z.object({
      kind: z.literal('gate_decided'),
      decision: GateDecision,
      dispatch: Dispatch.nullable(),
      status: IncidentStatus.nullable(),
      reasons: z.array(Reason),
      /** On `skip`: whom the step would have asked, as the policy's verdict named them. */
      wouldAsk: z.array(Person).exactOptional(),
      /** How many of them would have to approve. */
      wouldRequire: z.int().exactOptional(),
    }),
  approval_requested: () =>
    z.object({
      kind: z.literal('approval_requested'),
      dispatch: Dispatch,
      requestDigest: Sha256,
      policyDigest: Sha256,
      scriptHash: Sha256,
      level: RiskLevel,
      targets: z.array(z.string()),
      /** Ids of those who may answer, as their identity's own system knows them. */
      approvers: z.array(z.string()),
      required: z.int(),
      expiresAt: z.string(),
      /**
       * The whole question and the text of every script in it: the chain alone proves what was approved. Null when it is of
       * a form that this release cannot read; that something was asked still counts.
       */
      question: Question.nullable().catch(null).exactOptional(),
      scripts: z.array(z.object({ dispatch: Dispatch, script: z.string().nullable() })).exactOptional(),
    }),
  approval_delivered: () =>
    z.object({
      kind: z.literal('approval_delivered'),
      dispatch: Dispatch,
      channel: z.string(),
      messageTs: z.string(),
      /** The incident's first message, in whose thread it is. */
      threadTs: z.string().exactOptional(),
    }),
  /** Nobody answered: it is asked at the next level of its terms as well. */
  approval_escalated: () =>
    z.object({
      kind: z.literal('approval_escalated'),
      dispatch: Dispatch,
      requestDigest: Sha256,
      /** Counted from 1, which is where it was asked first. */
      level: z.int(),
      place: z.string(),
      until: z.string(),
      /** Null where a person was paged. */
      card: z.object({ channel: z.string(), messageTs: z.string() }).nullable(),
    }),
  /** Nobody is asked any more: what it was asked for is over. */
  approval_withdrawn: () =>
    z.object({
      kind: z.literal('approval_withdrawn'),
      dispatch: Dispatch,
      requestDigest: Sha256.nullable(),
      why: z.string(),
    }),
  approval_undeliverable: () =>
    z.object({ kind: z.literal('approval_undeliverable'), dispatch: Dispatch, why: z.string() }),
  approval_superseded: () =>
    z.object({
      kind: z.literal('approval_superseded'),
      dispatch: Dispatch,
      requestDigest: Sha256.nullable(),
      why: z.string(),
    }),
  vote_cast: () => z.object({ kind: z.literal('vote_cast'), dispatch: Dispatch, vote: OldVote }),
  /** A vote as the approval key sealed it. `by` and `word` repeat the payload for those who only read the chain. */
  vote_signed: () =>
    z.object({
      kind: z.literal('vote_signed'),
      dispatch: Dispatch,
      questionDigest: Sha256,
      word: z.string(),
      by: Person,
      envelope: Envelope,
    }),
  vote_refused: () =>
    z.object({
      kind: z.literal('vote_refused'),
      reference: z.string(),
      by: Person,
      decision: z.string(),
      why: z.string(),
    }),
  /** Somebody said to everybody that they are on it: unsigned, for people to read, and decides nothing. */
  acknowledged: () =>
    z.object({
      kind: z.literal('acknowledged'),
      by: Person,
      /** Of the question on whose card it was said. */
      reference: z.string(),
    }),
  approval_settled: () =>
    z.object({
      kind: z.literal('approval_settled'),
      dispatch: Dispatch,
      policyDigest: Sha256,
      requestDigest: Sha256.nullable(),
      decision: z.enum(['approved', 'answered', 'rejected', 'expired', 'undeliverable']),
      by: z.array(Person),
      reason: z.string(),
    }),
  dispatch_intended: () =>
    z.object({
      kind: z.literal('dispatch_intended'),
      dispatch: Dispatch,
      scriptHash: Sha256,
      level: RiskLevel,
      targets: z.array(z.string()),
      document: z.string(),
      /** The digest of the question as the kernel itself built it; null when nobody had to be asked. */
      requestDigest: Sha256.nullable(),
      standing: z.string().nullable(),
      approvedBy: z.array(Person),
      /** Epoch seconds after which the host refuses. */
      notAfter: z.int(),
      executionTimeoutSeconds: z.int(),
      /** For how many of these it was begun again until it exited with 0; absent = it ran once. */
      waitSeconds: z.int().exactOptional(),
      /** The votes that the kernel counted, signatures included. */
      votes: z.array(Envelope).exactOptional(),
      /** Digest of the whole frozen plan, and of this dispatch's parameters. */
      planDigest: Sha256.exactOptional(),
      parametersDigest: Sha256.exactOptional(),
      /** The sorted hosts of the waves after this one; absent = there are none. */
      rest: z.array(z.string()).exactOptional(),
      /** The release whose floor and policy rules judged the script. */
      release: z.string().exactOptional(),
    }),
  dispatch_refused: () =>
    z.object({
      kind: z.literal('dispatch_refused'),
      dispatch: Dispatch,
      outcome: z.enum(['refused', 'stale']),
      reasons: z.array(Reason),
      late: z.literal(true).exactOptional(),
    }),
  command_sent: () =>
    z.object({
      kind: z.literal('command_sent'),
      dispatch: Dispatch,
      commandId: z.string().nullable(),
      error: z.string().nullable(),
      late: z.literal(true).exactOptional(),
    }),
  command_finished: () =>
    z.object({
      kind: z.literal('command_finished'),
      dispatch: Dispatch,
      outcome: DispatchOutcome,
      results: z.array(
        z.object({
          target: z.string(),
          status: z.string(),
          exitCode: z.int(),
          stdoutHash: Sha256,
          stderrHash: Sha256,
          outcome: HostOutcome.exactOptional(),
          /** Secrets that were taken out of both texts before they were hashed and stored: kind → how many. */
          redacted: z.record(z.string(), z.int().min(1)).exactOptional(),
        }),
      ),
      late: z.literal(true).exactOptional(),
    }),
  /** Systems Manager is asked to stop a command, because this person aborted everything. It says nothing of how that ends. */
  cancel_requested: () =>
    z.object({ kind: z.literal('cancel_requested'), dispatch: Dispatch, commandId: z.string(), by: Person }),
  /** A person's word that stops, or lifts what stops, once it counts; where it is signed, with the envelope that proves it. */
  switch_said: () =>
    z.object({
      kind: z.literal('switch_said'),
      word: z.enum(['stop', 'abort', 'resume', 'suspend', 'reinstate']),
      /** The number of a stop, `FROM-TO` of those that are lifted, or the name of who is suspended or reinstated. */
      about: z.string(),
      by: Person,
      reason: z.string(),
      envelope: Envelope.exactOptional(),
    }),
  step_confirmed: () => z.object({ kind: z.literal('step_confirmed'), dispatch: Dispatch }),
  incident_closed: () =>
    z.object({
      kind: z.literal('incident_closed'),
      /** A status that this release does not know is still an ending. */
      status: IncidentStatus.catch('failed'),
      cause: z.string().nullable(),
      doorbells: Doorbells.exactOptional(),
    }),
  people_told: () =>
    z.object({
      kind: z.literal('people_told'),
      incidentId: z.string(),
      status: IncidentStatus,
      slack: z.boolean(),
      paged: z.boolean(),
      late: z.literal(true).exactOptional(),
    }),
  /** Written by the first release only. */
  after_closing: () => z.object({ kind: z.literal('after_closing'), incidentId: z.string(), event: z.string() }),
};
type Kind = keyof typeof events;
export type AuditEvent = { [K in Kind]: z.infer<ReturnType<(typeof events)[K]>> }[Kind];
/** The event of one kind. */
export type EventOf<K extends AuditEvent['kind']> = Extract<AuditEvent, { kind: K }>;

interface Shape {
  readonly schema: z.ZodType<AuditEvent>;
  readonly isExactly: Exactly;
}
const built = new Map<string, Shape>();

/** The shape of a kind; null for what is none of ours. */
function shapeOf(kind: string): Shape | null {
  const known = built.get(kind);
  if (known) return known;
  if (!isKind(kind)) return null;
  const schema: z.ZodType<AuditEvent> = events[kind as Kind]();
  const shape = { schema, isExactly: exactly(schema) };
  built.set(kind, shape);
  return shape;
}

/** Whether this release knows a kind of this name. */
export function isKind(name: string): boolean {
  return Object.hasOwn(events, name);
}

/** The event as its kind says; null when this release does not know the kind, or cannot read it as that. */
export function readEvent(raw: { readonly kind: string }): AuditEvent | null {
  const shape = shapeOf(raw.kind);
  if (!shape) return null;
  return shape.isExactly(raw) ? (raw as AuditEvent) : (shape.schema.safeParse(raw).data ?? null);
}

/** What an incident is about, as its opening says. The first release named no subject: it was an alarm, in its first round. */
export function openedSubject({
  subject,
  alarmArn,
  contributorId,
  stateChangedAt,
}: EventOf<'incident_opened'>): Subject {
  return subject ?? { kind: 'alarm', alarmArn, contributorId, stateChangedAt, round: 1 };
}

/** The digest by which an intent and its burn name the whole plan. */
export function planDigest(planned: EventOf<'planned'>): string {
  return digest('plan/v1', planned);
}

/** Kinds that may still follow a closing entry, each marked `late`. */
export const lateKinds = ['people_told', 'command_sent', 'command_finished', 'dispatch_refused'] as const;
export type LateEvent = EventOf<(typeof lateKinds)[number]>;

/** Whether an event may still follow a closing entry. */
export function isLateKind(event: AuditEvent): event is LateEvent {
  return (lateKinds as readonly string[]).includes(event.kind);
}

/**
 * The event as it may be written: exactly what its kind knows, at every depth.
 *
 * @throws {TypeError} naming the kind, when a field is unknown, missing or wrong: a writer's fault, found before it is stored.
 */
export function writable(event: AuditEvent): AuditEvent {
  const shape = shapeOf(event.kind);
  if (!shape)
    throw new TypeError(
      `audit: event ${event.kind} is of no kind in core/audit/entry.ts: ${Object.keys(events).join(', ')}`,
    );
  if (shape.isExactly(event)) return event;
  const parsed = shape.schema.safeParse(event);
  if (!parsed.success) throw new TypeError(`audit: event ${event.kind}: ${z.prettifyError(parsed.error)}`);
  if (canonicalJson(parsed.data) !== canonicalJson(event))
    throw new TypeError(
      `audit: event ${event.kind} has a field or value that its kind does not know; add it to core/audit/entry.ts`,
    );
  return parsed.data;
}
