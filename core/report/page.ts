/** What a paged person reads: on a phone, in plain text, without Slack. */
import { pageTopic } from '../approval/levels.ts';
import type { Question } from '../question.ts';
import { shownInline } from '../shown.ts';
import { isoOf } from '../time.ts';
import type { IncidentStatus } from '../words.ts';
import { unsureAdvice } from './words.ts';

export interface PageFacts {
  readonly incidentId: string;
  readonly status: IncidentStatus;
  readonly alarmName: string;
  readonly cause: string | null;
  /** Steps that may have run, with their hosts. */
  readonly unsure: readonly string[];
  /** Whether the summary with all details is in Slack. */
  readonly inSlack: boolean;
}

/** Subject and text of a page. The alarm may still be on, so the text says what to do before it says why. */
export function pageOf(facts: PageFacts): { subject: string; text: string } {
  const { incidentId, status, alarmName, cause, unsure, inSlack } = facts;
  const lines = [
    `Countersign ended incident ${incidentId} as ${status}. Look at the alarm ${alarmName} now; Countersign does nothing more about it.`,
    ...(unsure.length > 0 ? [`${unsureAdvice} It is ${unsure.join('; ')}.`] : []),
    `Why: ${cause ?? 'see the audit'}`,
    inSlack ? 'What ran, and what did not, is in Slack.' : 'Slack did not take the summary.',
    `Audit: countersign audit show ${incidentId}`,
  ];
  return {
    subject: `Countersign: ${alarmName} ${status}`,
    text: lines.map((line) => shownInline(line, 600)).join('\n'),
  };
}

/** Subject and text of a page for a question that nobody answers. It can be answered until it expires. */
export function waitingPage(question: Question): { subject: string; text: string } {
  const { incidentId, items, terms, expiresAt, place, runbook } = question;
  const titles = items.map(({ dispatch, title }) => `step ${dispatch.step} (${title})`).join(', ');
  const asked = terms.levels.filter((level) => level.place !== pageTopic).map((level) => level.place);
  const lines = [
    `Countersign waits for an answer, and nobody gives one. Answer before ${expiresAt}; then it expires, and no answer means no.`,
    `Asked: ${titles} of ${runbook.id} in ${place.environment}, ${items.map(({ level }) => level).join(', ')}.`,
    `Who may answer: ${terms.approvers.join(', ')}. ${terms.required} must approve.`,
    `Where: Slack, ${[...new Set(asked)].join(', ')}.`,
    `Audit: countersign audit show ${incidentId}`,
  ];
  return {
    subject: `Countersign: an answer is wanted for ${incidentId}`,
    text: lines.map((line) => shownInline(line, 600)).join('\n'),
  };
}

/** Subject and text of a page for an alarm that opens no incidents for a while. `until` is epoch milliseconds. */
export function restingPage(alarmName: string, incidents: number, until: number): { subject: string; text: string } {
  const lines = [
    `The alarm ${alarmName} had ${incidents} incidents within an hour. It is not opened again until ${isoOf(until)}, whatever it rings: look at it now.`,
    'If it is on then, it is opened by itself.',
    'How many are too many: storms.incidents_per_hour in countersign.yaml.',
  ];
  return {
    subject: `Countersign: ${alarmName} is not answered for a while`,
    text: lines.map((line) => shownInline(line, 600)).join('\n'),
  };
}
