/**
 * Events for a SIEM, in the Open Cybersecurity Schema Framework 1.5.0 (https://schema.ocsf.io/1.5.0): an incident's beginning and
 * end as Incident Findings (2005), each signed word of a person and each command as API Activities (6003).
 */
import type { ReadEntry } from '../audit/chain.ts';
import type { EventOf } from '../audit/entry.ts';
import { dispatchKey, sameDispatch } from '../dispatch.ts';
import type { Person } from '../person.ts';
import { release } from '../release.ts';
import { epochOf } from '../time.ts';
import type { DispatchOutcome, IncidentStatus, RiskLevel } from '../words.ts';

const version = '1.5.0';

/** Read as OCSF's own schema says (test/fixtures/ocsf); times are milliseconds since 1970. */
export interface OcsfEvent {
  readonly class_uid: 2005 | 6003;
  readonly [attribute: string]: unknown;
}

/** Informational, low, medium, high. */
const severityOf: Readonly<Record<RiskLevel, number>> = { read_only: 1, modifying: 3, destructive: 4, forbidden: 4 };
const read = 2;
const update = 3;

/** The events of an incident, in the order of its entries. */
export function ocsfEventsOf(incident: string, entries: readonly ReadEntry[]): OcsfEvent[] {
  const [first] = entries;
  if (first?.event?.kind !== 'incident_opened') return [];
  const about = new About(incident, first.event, entries);
  return entries.flatMap((entry) => about.eventOf(entry));
}

class About {
  readonly #incident: string;
  readonly #opened: EventOf<'incident_opened'>;
  readonly #entries: readonly ReadEntry[];

  constructor(incident: string, opened: EventOf<'incident_opened'>, entries: readonly ReadEntry[]) {
    this.#incident = incident;
    this.#opened = opened;
    this.#entries = entries;
  }

  eventOf(entry: ReadEntry): OcsfEvent[] {
    const { event } = entry;
    if (event?.kind === 'incident_opened') return [this.#finding(entry, 1, 1, 'New')];
    if (event?.kind === 'incident_closed') return [this.#finding(entry, 3, ...endOf(event.status))];
    if (event?.kind === 'vote_signed') return [this.#word(entry, event)];
    return event?.kind === 'command_sent' ? this.#command(entry, event) : [];
  }

  #finding(entry: ReadEntry, activity: number, status: number, name: string): OcsfEvent {
    const { alarmName, alarmArn } = this.#opened;
    return {
      ...this.#base(entry, 2005, activity),
      status_id: status,
      status: name,
      ...this.#assignee(),
      finding_info_list: [{ uid: this.#incident, title: alarmName, related_events: [{ uid: alarmArn }] }],
      ...(entry.event?.kind === 'incident_closed' && entry.event.cause !== null ? { comment: entry.event.cause } : {}),
    };
  }

  /** Who said that they are on it; where nobody did, those whom the policy has asked. */
  #assignee() {
    const on = this.#entries.find(({ kind }) => kind === 'acknowledged')?.event;
    return on?.kind === 'acknowledged' ? { assignee: userOf(on.by) } : { assignee_group: { name: 'approvers' } };
  }

  #word(entry: ReadEntry, { word, by, dispatch, questionDigest }: EventOf<'vote_signed'>): OcsfEvent {
    return {
      ...this.#base(entry, 6003, update),
      actor: { user: userOf(by) },
      api: { operation: word, service: { name: 'countersign' }, request: { uid: questionDigest } },
      src_endpoint: { svc_name: by.via },
      resources: [{ uid: dispatchKey(this.#incident, dispatch), type: 'Countersign dispatch' }],
      status_id: 1,
    };
  }

  #command(entry: ReadEntry, { dispatch, commandId }: EventOf<'command_sent'>): OcsfEvent[] {
    const intent = this.#entries.findLast(
      ({ sequence, event }) =>
        sequence < entry.sequence && event?.kind === 'dispatch_intended' && sameDispatch(event.dispatch, dispatch),
    )?.event;
    if (intent?.kind !== 'dispatch_intended') return [];
    const finished = this.#entries.find(
      ({ event }) => event?.kind === 'command_finished' && sameDispatch(event.dispatch, dispatch),
    )?.event;
    const [approver] = intent.approvedBy;
    return [
      {
        ...this.#base(entry, 6003, intent.level === 'read_only' ? read : update),
        severity_id: severityOf[intent.level],
        actor: approver ? { user: userOf(approver), app_name: 'countersign' } : { app_name: 'countersign' },
        api: {
          operation: 'SendCommand',
          service: { name: 'ssm.amazonaws.com' },
          ...(commandId === null ? {} : { request: { uid: commandId } }),
        },
        src_endpoint: { svc_name: 'countersign-execute' },
        resources: intent.targets.map((uid) => ({ uid, type: 'managed instance' })),
        status_id: finished?.kind === 'command_finished' ? statusOf(finished.outcome) : 0,
        ...(finished?.kind === 'command_finished' ? { status_detail: finished.outcome } : {}),
        unmapped: { dispatch: dispatchKey(this.#incident, dispatch), script_sha256: intent.scriptHash },
      },
    ];
  }

  #base({ at, entryId, sequence, chain, hash }: ReadEntry, classUid: 2005 | 6003, activity: number) {
    const { region, account } = placeOf(this.#opened.alarmArn);
    return {
      class_uid: classUid,
      category_uid: Math.floor(classUid / 1000),
      activity_id: activity,
      type_uid: classUid * 100 + activity,
      time: epochOf(at),
      severity_id: 1,
      metadata: {
        version,
        product: { name: 'Countersign', version: release },
        profiles: classUid === 2005 ? ['cloud', 'incident'] : ['cloud'],
        uid: entryId,
        original_time: at,
        log_name: chain,
        sequence,
        labels: [`entry sha256:${hash}`],
      },
      cloud: { provider: 'AWS', region, account: { uid: account } },
    };
  }
}

function userOf({ name, id }: Person) {
  return { name, uid: id };
}

/** `arn:aws:cloudwatch:REGION:ACCOUNT:alarm:NAME` */
function placeOf(alarmArn: string): { region: string; account: string } {
  const [, , , region = '', account = ''] = alarmArn.split(':');
  return { region, account };
}

/** OCSF knows Resolved and Closed. */
function endOf(status: IncidentStatus): [number, string] {
  return status === 'resolved' || status === 'recovered' ? [4, 'Resolved'] : [5, 'Closed'];
}

function statusOf(outcome: DispatchOutcome): number {
  if (outcome === 'succeeded') return 1;
  return outcome === 'unknown' || outcome === 'running' ? 0 : 2;
}
