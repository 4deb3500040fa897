/** What may be told of how an incident ended: a claim that CloudWatch, a burn, the policy or a signature refutes is not repeated. */
import type { Alarm } from '../alarm/alarm.ts';
import type { IncidentStatus, Mode } from '../words.ts';

export interface Ending {
  readonly status: IncidentStatus;
  readonly cause: string | null;
}

/** What close itself found out. */
export interface Findings {
  /** Why the chain must not be believed; null when it may be. */
  readonly broken: string | null;
  /** The alarm as CloudWatch tells it now; null when it could not be read. */
  readonly alarm: Alarm | null;
  /** That something may have been changed, in words: a burn above read_only or of a manual step exists, or somebody confirmed one; or burns could not be read. Null when none. */
  readonly changed: string | null;
  /** Of the policy in close's own asset. */
  readonly mode: Mode;
  /** Whether a person's signed `reject` on a question of this incident exists. */
  readonly isRejected: boolean;
}

/** The ending that people are told, for one that the machine or the chain claims. */
export function toldEnding(claimed: Ending, findings: Findings): Ending {
  if (findings.broken !== null)
    return {
      status: 'halted',
      cause: `audit.broken: ${findings.broken}. Nothing that the audit says of this incident can be relied on`,
    };
  const refuted = refutation(claimed.status, findings);
  if (refuted === null) return claimed;
  const cause = `it was to be told as ${claimed.status}, but ${refuted.why}`;
  return { status: refuted.status, cause: claimed.cause === null ? cause : `${claimed.cause}; ${cause}` };
}

/** The only ending of an incident whose chain must not be believed, whatever any chain says. */
export function brokenEnding(broken: string): Ending {
  const cause = `audit.broken: ${broken}. Nothing that the audit says of this incident can be relied on`;
  return { status: 'halted', cause };
}

/** What instead, and why; null when nothing speaks against the claim. */
function refutation(status: IncidentStatus, findings: Findings): { status: IncidentStatus; why: string } | null {
  const { alarm, changed, mode, isRejected } = findings;
  switch (status) {
    case 'resolved':
    case 'recovered':
      if (alarm?.state !== 'OK')
        return { status: 'unverified', why: `the alarm is ${alarm?.state ?? 'not readable'} now` };
      return status === 'recovered' && changed !== null ? { status: 'unverified', why: changed } : null;
    case 'dry_run':
      if (changed !== null) return { status: 'halted', why: changed };
      return mode === 'dry_run' ? null : { status: 'halted', why: 'the policy’s mode is live' };
    case 'no_match':
      return changed === null ? null : { status: 'halted', why: changed };
    case 'rejected':
      return isRejected ? null : { status: 'halted', why: 'no signed vote rejects it' };
    default:
      return null;
  }
}
