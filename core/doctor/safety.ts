/** Checks of what stops or holds: the kill switch, the tables' own policies, the document, and queues of what got lost. */
import type { SwitchReading } from '../incident/kill-switch.ts';
import type { StopAlarms } from '../policy/facts.ts';
import { type SafeguardFinding, safeguardWords } from '../report/safeguards.ts';
import { type Check, cannotTell, fail, type Look, ok, warn } from './check.ts';
import { nextFor } from './failure.ts';

export function killSwitchCheck(reading: Look<SwitchReading>): Check {
  if ('failure' in reading)
    return cannotTell('kill switch', `it could not be read: ${reading.failure.text}`, nextFor(reading.failure));
  const { stopped, number, stop } = reading.value;
  if (!stopped) return ok('kill switch', 'nothing is stopped');
  return fail(
    'kill switch',
    `everything is stopped (number ${number}) by ${stop?.by ?? 'somebody'} since ${stop?.at ?? 'a time that is not known'}: ${stop?.why ?? 'no reason was given'}`,
    'find out why; then countersign resume (docs/operations.md, "Stop everything")',
  );
}

/** Of the policy's stop alarms; nothing is said where it names none. */
export function stopAlarmChecks(states: Look<StopAlarms>): Check[] {
  if ('failure' in states)
    return [cannotTell('stop alarms', `they could not be read: ${states.failure.text}`, nextFor(states.failure))];
  const all = Object.entries(states.value);
  const named = (fits: (state: string | null) => boolean) =>
    all.flatMap(([name, state]) => (fits(state) ? [name] : []));
  const [missing, firing] = [named((state) => state === null), named((state) => state === 'ALARM')];
  const stops = 'so nothing is changed where they are named';
  if (missing.length > 0)
    return [
      fail(
        'stop alarms',
        `CloudWatch knows none of the name ${missing.join(', ')}, ${stops}`,
        'correct stop_alarms in countersign.yaml, or make the alarm',
      ),
    ];
  if (firing.length > 0)
    return [warn('stop alarms', `in ALARM: ${firing.join(', ')}, ${stops}`, 'look at what these alarms are about')];
  return all.length === 0
    ? []
    : [ok('stop alarms', `there, and not in ALARM: ${all.map(([name]) => name).join(', ')}`)];
}

/** What sweep looks at every hour: `findings` of all that could be looked at, `unseen` of the rest. */
export interface Safeguards {
  readonly findings: readonly SafeguardFinding[];
  readonly unseen: readonly string[];
}

export function tablesChecks(safeguards: Look<Safeguards>): Check[] {
  if ('failure' in safeguards)
    return [
      cannotTell('tables', `they could not be looked at: ${safeguards.failure.text}`, nextFor(safeguards.failure)),
    ];
  const { findings, unseen } = safeguards.value;
  const failed = findings.map((finding) => {
    const { what, mend } = safeguardWords(finding);
    return fail('tables', what, mend);
  });
  const hidden = unseen.map((text) =>
    cannotTell(
      'tables',
      `one could not be looked at: ${text}`,
      'ask for the right to describe the tables and to read their policies',
    ),
  );
  const all = [...failed, ...hidden];
  return all.length > 0 ? all : [ok('tables', 'four tables, each protected by its own policy, and watched')];
}

export function documentCheck(name: string, isThere: Look<boolean>): Check {
  if ('failure' in isThere)
    return cannotTell('document', `${name} could not be read: ${isThere.failure.text}`, nextFor(isThere.failure));
  if (isThere.value) return ok('document', `${name} is the one that was deployed`);
  return fail(
    'document',
    `${name} is not there, or is another one: nothing can be sent`,
    'deploy countersign-target again',
  );
}

export interface WaitingQueue {
  readonly name: string;
  /** Null = there is no such queue. */
  readonly messages: number | null;
}

/** Every queue in which something lies that reached nobody. */
export function queueChecks(queues: Look<readonly WaitingQueue[]>): Check[] {
  if ('failure' in queues)
    return [
      cannotTell('dead letters', `the queues could not be asked: ${queues.failure.text}`, nextFor(queues.failure)),
    ];
  const found = queues.value.flatMap(({ name, messages }) => {
    if (messages === null)
      return [fail('dead letters', `the queue ${name} is not there`, 'deploy countersign-response again')];
    if (messages === 0) return [];
    return [
      warn(
        'dead letters',
        `${messages} ${messages === 1 ? 'event waits' : 'events wait'} in ${name}: they reached no function`,
        'docs/operations.md says what each queue holds, and how to send it again',
      ),
    ];
  });
  return found.length > 0
    ? found
    : [ok('dead letters', `nothing lies in ${queues.value.map(({ name }) => name).join(', ')}`)];
}
