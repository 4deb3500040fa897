/** What stops everything, and who is suspended, as neutral data; and the words in which a person is told of it. */
import type { Abort, SwitchReading } from '../incident/kill-switch.ts';
import type { Person } from '../person.ts';
import { shownInline } from '../shown.ts';

/** Who stopped, when and why. Not signed: whoever may write Control may put a stop. */
export interface StopWords {
  readonly number: number;
  readonly by: string;
  readonly why: string;
  /** ISO 8601, as whoever put it says. */
  readonly at: string;
}

/** Of the stop that is in force; null when none is. */
export function stopWordsOf({ stopped, stop, number }: SwitchReading): StopWords | null {
  return stopped ? { by: stop?.by ?? 'somebody', why: stop?.why ?? '', at: stop?.at ?? 'unknown', number } : null;
}

/** Who was not allowed to, and who is, by name. */
export interface NotAllowed {
  readonly kind: 'not_allowed';
  readonly who: readonly string[];
  /** Why, where the names do not say it. */
  readonly why?: string;
}

export interface Stopped {
  /** `lifted`: it was put, and somebody has lifted it since. */
  readonly kind: 'stopped' | 'lifted';
  /** The stop that is in force, which may be an earlier one; null when none is. */
  readonly stop: StopWords | null;
  /** The abort of this word; null where none was asked for, or it could not be. */
  readonly abort: Abort | null;
  /** Why it is stopped and not aborted, where that was asked for. */
  readonly notAborted: string | null;
  /** Whether this very word was heard before. */
  readonly isRepeated: boolean;
}

export type Resumed =
  | {
      readonly kind: 'resumed';
      readonly from: number;
      readonly to: number;
      /** What was lifted, oldest first. */
      readonly lifted: readonly StopWords[];
      /** A stop that is in force all the same; null = Countersign sends again. */
      readonly still: StopWords | null;
    }
  /** It was stopped after that was said, so whoever said it has not seen it. */
  | { readonly kind: 'stopped_since'; readonly still: StopWords }
  /** There was no stop, or none of those that the person saw is in force any more. */
  | { readonly kind: 'not_stopped'; readonly still: StopWords | null }
  /** Somebody aborted while this was being decided: it was not seen, so it is not lifted. */
  | { readonly kind: 'aborted_meanwhile'; readonly still: StopWords };

/** What was burnt, and nobody has written how it ended, or that nobody knows. */
export interface Unended {
  readonly incidentId: string;
  readonly dispatch: string;
  readonly hosts: readonly string[];
  /** ISO 8601; until then it may still be sent. */
  readonly sendBy: string;
  /** `may_be_sent`: its send may not have begun yet. `unknown`: it was given up to find out how it ended on these hosts. */
  readonly state: 'may_be_sent' | 'may_be_running' | 'unknown';
}

/** Somebody who may not approve. */
export interface SuspendedPerson {
  readonly name: string;
  readonly by: string;
  readonly why: string;
  readonly at: string;
  /** By the approval key: it bars resume and reinstate too. */
  readonly signed: boolean;
}

export interface SwitchStatus {
  readonly stopped: boolean;
  /** Of the stop in force, or the one that the next stop gets. */
  readonly number: number;
  /** The stops that a resume would lift, oldest first; the first ten of them. */
  readonly stops: readonly StopWords[];
  /** How many there are. */
  readonly count: number;
  /** The newest abort that the approval key signed; null = there never was one. */
  readonly aborted: Pick<Abort, 'number' | 'by' | 'at' | 'reason'> | null;
  readonly unended: readonly Unended[];
  /** Open incidents that were looked at, and how many there are; of the others it is not said what runs. */
  readonly looked: { readonly at: number; readonly of: number };
  readonly suspended: readonly SuspendedPerson[];
}

/** A person was suspended, or may approve again. `already`: it was so before. */
export interface Suspended {
  readonly kind: 'suspended' | 'reinstated' | 'not_suspended' | 'changed_meanwhile';
  readonly person: SuspendedPerson | null;
  readonly name: string;
  readonly already: boolean;
  /** Why it is not signed, where whoever said it may sign. */
  readonly notSigned?: string;
}

const inline = (text: string) => shownInline(text, 200);

/** `stop 3 by ana (2026-11-28T03:00:00Z): load balancer migration` */
export function stopLine({ number, by, why, at }: StopWords): string {
  return `stop ${number} by ${inline(by)} (${inline(at)})${why === '' ? '' : `: ${inline(why)}`}`;
}

export function notAllowedText({ who, why }: NotAllowed): string {
  const names = who.length === 0 ? 'The policy names nobody who may.' : `${who.map(inline).join(', ')} may.`;
  return why === undefined ? `You may not do that. ${names}` : `Not done: ${why}`;
}

export function stoppedText({ kind, stop, abort, notAborted, isRepeated }: Stopped): string {
  const isNot = notAborted === null ? '' : `NOT aborted: ${inline(notAborted)} `;
  const aborted =
    abort === null
      ? 'What runs on hosts already goes on; incidents wait.'
      : 'What waits is revoked; what runs on hosts is cancelled within a minute or two, and may have run in part: look at these hosts. Incidents that were open end as halted, and nothing is undone.';
  const again = isRepeated ? 'You said so already. ' : '';
  if (kind === 'lifted' || stop === null)
    return `${again}${isNot}It was stopped, and somebody has lifted that stop since: Countersign sends again.${abort === null ? '' : ` The abort holds: ${aborted}`}`;
  return `${again}${isNot}Stopped: nothing is sent any more. It is ${stopLine(stop)}. ${aborted} Lift it: /countersign resume, or countersign resume.`;
}

export function resumedText(resumed: Resumed): string {
  switch (resumed.kind) {
    case 'not_stopped':
      return resumed.still === null
        ? 'Nothing is stopped: there is nothing to lift.'
        : `What you saw is lifted already. It is stopped again: ${stopLine(resumed.still)}.`;
    case 'stopped_since':
      return `Not lifted: it was stopped after you said that. Look, and say it again. It is ${stopLine(resumed.still)}.`;
    case 'aborted_meanwhile':
      return `Not lifted: somebody aborted at the same moment. Look, and say it again. It is ${stopLine(resumed.still)}.`;
    case 'resumed': {
      const shown = resumed.lifted.slice(0, 5).map(stopLine);
      const more = resumed.to - resumed.from + 1 - shown.length;
      const what = [...shown, ...(more > 0 ? [`${more} more`] : [])].join('; ');
      return resumed.still === null
        ? `Resumed: Countersign sends again, and what waits goes on within a minute. Lifted: ${what}.`
        : `Lifted: ${what}. It is still stopped, by a stop that came meanwhile or lies further on: ${stopLine(resumed.still)}.`;
    }
  }
}

export function suspendedText({ kind, person, name, already, notSigned }: Suspended): string {
  const who = inline(name);
  const by = person === null ? '' : ` (by ${inline(person.by)}${person.why === '' ? '' : `: ${inline(person.why)}`})`;
  switch (kind) {
    case 'suspended':
      return `${who} ${already ? 'was suspended already' : 'is suspended'}${by}: nothing that ${who} approved counts, and no new vote. ${
        person?.signed ? `${who} may not resume or reinstate either.` : `${who} may still resume and reinstate.`
      }${notSigned === undefined || person?.signed ? '' : ` It is not signed: ${inline(notSigned)} Say it again to sign it.`}`;
    case 'reinstated':
      return `${who} may approve again.`;
    case 'not_suspended':
      return `${who} is not suspended.`;
    case 'changed_meanwhile':
      if (person === null) return `${who} is not suspended any more: somebody reinstated ${who} at the same moment.`;
      return `${who} is suspended${by}: somebody wrote at the same moment. Look, and say it again.`;
  }
}

/** A send that was burnt before a stop may begin for 10 s (core/burn.ts) and be on the wire for 5 (core/use-cases/stop.ts). */
export const underWaySeconds = 15;

/** How it stands, in lines. */
export function statusLines(status: SwitchStatus): string[] {
  const { stopped, number, stops, count, aborted, unended, looked, suspended } = status;
  const more = count - stops.length;
  return [
    stopped
      ? `Stopped: nothing is sent, but for what was under way, within ${underWaySeconds} s of the ${count === 1 ? 'stop' : 'first'}. ${count === 1 ? 'One stop is' : `${count} stops are`} in force.`
      : `Not stopped: Countersign sends. The next stop is number ${number}.`,
    ...stops.map((stop) => `- ${stopLine(stop)}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
    ...(aborted === null ? [] : [`Last abort: number ${aborted.number}, by ${said(aborted)}.`]),
    ...(unended.length === 0 ? ['No command is known to run.'] : ['Not known to have ended:']),
    ...unended.slice(0, 20).map(unendedLine),
    ...(looked.at < looked.of ? [`Only ${looked.at} of ${looked.of} open incidents could be looked at.`] : []),
    ...suspended.map(
      (one) =>
        `Suspended: ${inline(one.name)}, by ${inline(one.by)} (${inline(one.at)})${one.signed ? ', signed' : ''}${one.why === '' ? '' : `: ${inline(one.why)}`}`,
    ),
  ];
}

function said({ by, at, reason }: { by: Person; at: string; reason: string }): string {
  return `${inline(by.name)} (${at})${reason === '' ? '' : `: ${inline(reason)}`}`;
}

function unendedLine({ incidentId, dispatch, hosts, state, sendBy }: Unended): string {
  const where = hosts.length === 0 ? 'no host' : hosts.join(', ');
  const words = {
    may_be_sent: `may be sent until ${sendBy}`,
    may_be_running: 'may be running',
    unknown: 'nobody knows how it ended, and whether it runs on',
  };
  return `- ${incidentId} ${dispatch} on ${where}: ${words[state]}`;
}
