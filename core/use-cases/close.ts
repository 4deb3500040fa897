/** Closing: the closing entry first, then cards are withdrawn, people are told, and only then the incident leaves the OPEN list. */
import type { Alarm } from '../alarm/alarm.ts';
import { type AuditWriter, append, recordOfDay } from '../audit/append.ts';
import type { AuditEntry } from '../audit/entry.ts';
import type { Compiled } from '../compiled.ts';
import { progressOf } from '../incident/progress.ts';
import { pageOf } from '../report/page.ts';
import type { ShownOutputs } from '../report/show.ts';
import { causeOf, summaryOf } from '../report/summary.ts';
import type { IncidentStatus } from '../words.ts';
import { endCard } from './end-card.ts';
import type { Cards, ControlStore } from './ports.ts';

export interface ClosePorts {
  readonly writer: AuditWriter;
  readonly control: Pick<ControlStore, 'list' | 'end'>;
  readonly cards: Pick<Cards, 'post' | 'update'>;
  entries(incidentId: string): Promise<AuditEntry[]>;
  alarm(alarmArn: string, contributorId: string | null): Promise<Alarm | null>;
  shown(incidentId: string): Promise<ShownOutputs>;
  /** Pages a person through the page topic. */
  page(subject: string, text: string): Promise<void>;
  /** Deletes the incident's OPEN item and lock. */
  release(incidentId: string): Promise<void>;
  now(): number;
}

/** Endings that a person must learn of even if nobody reads the channel. */
const paged: readonly IncidentStatus[] = ['halted', 'failed', 'aborted', 'expired', 'unverified', 'no_match'];

/**
 * Closes an incident; running it again finishes what a crash left undone and tells people again rather than never.
 * Throws when nobody could be told, so that the incident stays OPEN and `sweep` comes back to it.
 */
export async function close(
  ports: ClosePorts,
  compiled: Compiled,
  { incidentId, status, cause }: { incidentId: string; status: IncidentStatus; cause: string | null },
): Promise<IncidentStatus> {
  const claimed = await believable(ports, incidentId, status);
  await append(ports.writer, incidentId, { kind: 'incident_closed', status: claimed, cause });
  const entries = await ports.entries(incidentId);
  const closed = progressOf(entries).closed ?? { status: claimed, cause };
  await withdraw(ports, incidentId);
  await tell(ports, compiled, incidentId, entries, closed.status, closed.cause);
  await ports.release(incidentId);
  return closed.status;
}

/** "Resolved" and "recovered" are claims about the alarm: made only when CloudWatch, asked again, says OK. */
async function believable(ports: ClosePorts, incidentId: string, status: IncidentStatus): Promise<IncidentStatus> {
  if (status !== 'resolved' && status !== 'recovered') return status;
  const alarm = await alarmNow(ports, await ports.entries(incidentId));
  return alarm?.state === 'OK' ? status : 'unverified';
}

/** The alarm as CloudWatch tells it now; null when it cannot be read: closing must not fail for want of a word. */
async function alarmNow(ports: ClosePorts, entries: readonly AuditEntry[]): Promise<Alarm | null> {
  const opened = progressOf(entries).opened;
  return opened ? ports.alarm(opened.alarmArn, opened.contributorId).catch(() => null) : null;
}

async function withdraw(ports: ClosePorts, incidentId: string): Promise<void> {
  for (const record of await ports.control.list(incidentId)) {
    if (record.status !== 'PENDING' || !(await ports.control.end(record.request, 'WITHDRAWN'))) continue;
    await endCard(ports.cards, record, 'WITHDRAWN', ports.now(), 'The incident ended.');
  }
}

async function tell(
  ports: ClosePorts,
  compiled: Compiled,
  incidentId: string,
  entries: readonly AuditEntry[],
  status: IncidentStatus,
  cause: string | null,
): Promise<void> {
  const facts = { incidentId, compiled, status, cause, alarm: await alarmNow(ports, entries), now: ports.now() };
  const summary = summaryOf(facts, entries, await ports.shown(incidentId));
  const slack = await succeeds(ports.cards.post(compiled.policy.safety.approval_channel, summary));
  const mustPage = !slack || paged.includes(status);
  const { alarmName = 'unknown' } = progressOf(entries).opened ?? {};
  const page = pageOf({ incidentId, status, alarmName, cause: causeOf(cause, entries), inSlack: slack });
  const paging = mustPage && (await succeeds(ports.page(page.subject, page.text)));
  if (!slack && !paging)
    throw new Error(
      `close: incident ${incidentId} ended as ${status}, but neither Slack nor the page topic took the message`,
    );
  await recordOfDay(ports.writer, { kind: 'people_told', incidentId, status, slack, paged: paging });
}

function succeeds(attempt: Promise<unknown>): Promise<boolean> {
  return attempt.then(
    () => true,
    () => false,
  );
}
