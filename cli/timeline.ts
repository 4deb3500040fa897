/** An incident's timeline in words: one line per audit entry, with the seconds since the first. */

import { entryOf, type ReadEntry, readEntry, type StoredItem } from '../core/audit/chain.ts';
import type { AuditEvent } from '../core/audit/entry.ts';
import type { AuditEntry } from '../core/audit/envelope.ts';
import type { Dispatch } from '../core/dispatch.ts';
import { visible } from '../core/visible.ts';
import type { QuestionKind } from '../core/words.ts';
import { colours as pc } from './colours.ts';

/** Any text as one line that a terminal only displays. */
export function oneLine(text: string): string {
  return visible(text).replaceAll('\n', ' ⏎ ');
}

/** One line per item as it lies in the table: seconds since the first, who wrote it, what happened; or that it cannot be read. */
export function timeline(items: readonly StoredItem[]): string[] {
  const entries = items.map(({ text }) => entryOf(text));
  const first = entries.find((entry) => entry !== null);
  return entries.map((entry, index) =>
    entry ? lineOf(readEntry(entry), first) : pc.red(`entry ${index + 1} cannot be read: run countersign audit verify`),
  );
}

function lineOf({ at, actor, kind, event, raw }: ReadEntry, first: AuditEntry | undefined): string {
  const seconds = Date.parse(at) - Date.parse(first?.at ?? '');
  const since = Number.isNaN(seconds) ? '?' : (seconds / 1000).toFixed(1);
  const words = event ? wordsOf(event) : `${kind.slice(0, 60)}: this release does not know what it says`;
  const late = raw.late === true ? `${pc.yellow('late:')} ` : '';
  return `${pc.dim(`+${since.padStart(6)} s`)}  ${pc.dim(oneLine(actor).padEnd(16))}  ${late}${oneLine(words)}`;
}

/** Such as `step 3 rollback (attempt 2)`. */
export const partOf = ({ step, part, attempt, wave }: Dispatch) =>
  `step ${step} ${part}${attempt > 1 ? ` (attempt ${attempt})` : ''}${wave > 1 ? ` (wave ${wave})` : ''}`;

/** What is asked of people, before the part that it is about. */
const askedWords: Readonly<Record<QuestionKind, string>> = {
  approve: 'approval requested for',
  plan: 'approval requested for',
  manual: 'confirmation requested for',
  choose: 'choice requested for',
  input: 'values requested for',
  failure: 'asked what is to follow the failure of',
};

/** What an event says, in one line. */
export function wordsOf(event: AuditEvent): string {
  switch (event.kind) {
    case 'incident_opened':
      return `incident opened for ${event.alarmName}; candidates: ${event.candidates.map(({ runbookId }) => runbookId).join(', ') || 'none'}`;
    case 'alarm_joined':
      return `doorbell joined: ${event.why}`;
    case 'related_joined':
      return `also ringing: ${event.alarmName} (${event.relation}), since ${event.stateChangedAt}`;
    case 'related_let_go':
      return `no longer ringing: ${event.alarmName}: ${event.why}`;
    case 'alarm_rests':
      return `${event.alarmArn} opens nothing until ${event.until}: ${event.incidents} incidents within an hour`;
    case 'envelope_refused':
      return `envelope refused: ${event.why}`;
    case 'planned':
      return `planned ${event.runbook?.id ?? 'nothing'} (${event.mode}, ${event.environment}; chosen by ${event.chosenBy}; model ${event.model})`;
    case 'gate_decided':
      return `gate: ${event.decision}${event.dispatch ? ` ${partOf(event.dispatch)}` : ''}${event.status ? ` as ${event.status}` : ''}: ${event.reasons.map(({ text }) => text).join('; ')}`;
    case 'approval_requested':
      return `${askedWords[event.question?.kind ?? 'approve']} ${partOf(event.dispatch)} (${event.level}), until ${event.expiresAt}, digest ${event.requestDigest.slice(0, 12)}`;
    case 'approval_delivered':
      return `card posted for ${partOf(event.dispatch)}`;
    case 'approval_escalated':
      return `nobody answered ${partOf(event.dispatch)}: level ${event.level}, ${event.card ? `asked in ${event.place}` : 'a person was paged'}, until ${event.until}`;
    case 'approval_withdrawn':
      return `request for ${partOf(event.dispatch)} withdrawn: ${event.why}`;
    case 'approval_undeliverable':
      return `card for ${partOf(event.dispatch)} could not be posted: ${event.why}`;
    case 'approval_superseded':
      return `request for ${partOf(event.dispatch)} superseded: ${event.why}`;
    case 'vote_cast':
      return `${event.vote.by.name} votes ${event.vote.decision} on ${partOf(event.dispatch)}, signed`;
    case 'vote_signed':
      return `${event.by.name} says ${event.word} to ${partOf(event.dispatch)}, signed`;
    case 'vote_refused':
      return `${event.by.name}'s ${event.decision} refused: ${event.why}`;
    case 'acknowledged':
      return `${event.by.name} is on it`;
    case 'approval_settled':
      return `${partOf(event.dispatch)} ${event.decision}${event.by.length > 0 ? ` by ${event.by.map(({ name }) => name).join(', ')}` : ''}${event.reason ? `: ${event.reason}` : ''}`;
    case 'dispatch_intended':
      return `about to send ${partOf(event.dispatch)} (${event.level}) to ${event.targets.join(', ')}, script ${event.scriptHash.slice(0, 12)}`;
    case 'dispatch_refused':
      return `${partOf(event.dispatch)} ${event.outcome}: ${event.reasons.map(({ text }) => text).join('; ')}`;
    case 'command_sent':
      return event.commandId
        ? `sent ${partOf(event.dispatch)} as ${event.commandId}`
        : `send of ${partOf(event.dispatch)} failed: ${event.error ?? ''}`;
    case 'command_finished':
      return `${partOf(event.dispatch)} ${event.outcome}${event.results.map(({ target, exitCode }) => `; ${target} exit ${exitCode}`).join('')}`;
    case 'cancel_requested':
      return `${event.by.name} aborted: Systems Manager is asked to cancel ${event.commandId} of ${partOf(event.dispatch)}`;
    case 'switch_said':
      return `${event.by.name} says ${event.word} (${event.about})${event.reason ? `: ${event.reason}` : ''}${event.envelope ? ', signed' : ''}`;
    case 'step_confirmed':
      return `${partOf(event.dispatch)} confirmed by a person`;
    case 'incident_closed':
      return `closed as ${event.status}${event.cause ? `: ${event.cause}` : ''}${event.doorbells ? `; rung ${event.doorbells.rung} times` : ''}`;
    case 'people_told':
      return `people told of ${event.incidentId} (${event.status}): Slack ${event.slack ? 'yes' : 'no'}, page ${event.paged ? 'yes' : 'no'}`;
    case 'after_closing':
      return `after closing of ${event.incidentId}: ${event.event}`;
  }
}
