/** What the gate says: people read these words in the card, the summary and the audit, so each names its cause. */
import { describe, expect, test } from 'vitest';
import type { AuditEvent } from '../../../core/audit/entry.ts';
import { decideNext } from '../../../core/gate/gate.ts';
import type { Situation } from '../../../core/incident/situation.ts';
import { isoOf } from '../../../core/time.ts';
import { alarmOf, compiledOf, policyText, riskTools, start } from '../../support/fixtures.ts';
import {
  finished,
  fullRunbook,
  intended,
  named,
  opened,
  others,
  planned,
  ran,
  settled,
  situationAfter,
} from './situations.ts';

const compiled = compiledOf({ runbook: fullRunbook });
const dry = compiledOf({ mode: 'dry_run', runbook: fullRunbook });
const looksOnly = compiledOf({ runbook: fullRunbook.replace(/2\. Restart[\s\S]*?5\. Look/, '2. Look') });
const hours = 3600_000;
const ok = (secondsAgo: number) => alarmOf({ state: 'OK', stateChangedAt: isoOf(start - secondsAgo * 1000) });
const looked = ran('1.run');
const restarted = [...looked, ...ran('2.before'), ...ran('2.run', 'modifying')];
const everything: AuditEvent[] = [
  ...restarted,
  ...ran('2.after'),
  ...ran('2.verify'),
  ...ran('3.dry_run'),
  ...ran('3.run', 'destructive'),
  intended('4.run', 'read_only'),
  { kind: 'step_confirmed', dispatch: named('4.run') },
  ...ran('5.run'),
];
const refused = (outcome: 'refused' | 'stale', ...texts: string[]): AuditEvent => ({
  kind: 'dispatch_refused',
  dispatch: named('2.run'),
  outcome,
  reasons: texts.map((text) => ({ rule: 'r', text })),
});
const first = (name: string, decision: 'rejected' | 'expired') => [
  ...looked,
  ...ran('2.before'),
  settled(name, decision),
];

const rows: readonly [words: string, situation: Situation][] = [
  ['the incident is closed', situationAfter([{ kind: 'incident_closed', status: 'aborted', cause: null }])],
  ['CloudWatch does not know the alarm that this incident is about', situationAfter([], { alarm: null })],
  [
    'the alarm fix-web is not opted in: tag it countersign=on',
    situationAfter(everything, { alarm: alarmOf({ tags: {} }) }),
  ],
  ['no plan was made', situationAfter([], { whole: [opened] })],
  [
    'no InstanceId; no path',
    situationAfter([], { whole: [opened, planned(compiled, { problems: ['no InstanceId', 'no path'] })] }),
  ],
  [
    'the plan names another environment than the policy gives its account',
    situationAfter([], { whole: [opened, planned(compiled, { environment: 'sandbox' })] }),
  ],
  [
    'no reviewed runbook fits this alarm: not chosen: fix 0.95',
    situationAfter([], { whole: [opened, planned(compiled, { runbook: null })] }),
  ],
  ['the incident is nearly 8 h old, its maximum age', situationAfter([], { now: start + 8 * hours })],
  [
    'the step could still run when the incident reaches its maximum age of 8 h',
    situationAfter([], { now: start + 8 * hours - 11 * 60_000 + 1000 }),
  ],
  ['a command may have run, and how it ended is still to be asked', situationAfter([intended('1.run', 'read_only')])],
  ['the alarm is OK; nothing was changed', situationAfter(looked, { alarm: ok(1) })],
  [
    'the alarm is INSUFFICIENT_DATA; nothing was changed',
    situationAfter(looked, { alarm: alarmOf({ state: 'INSUFFICIENT_DATA' }) }),
  ],
  ['too few votes; expired', situationAfter([...looked, refused('refused', 'too few votes', 'expired')])],
  [
    'what was asked was out of date 3 times in a row: −i-1; +i-2',
    situationAfter([
      ...looked,
      refused('stale', 'old'),
      refused('stale', 'old'),
      refused('stale', '−i-1', '+i-2'),
      { kind: 'gate_decided', decision: 'skip', dispatch: named('3.run'), status: null, reasons: [] },
    ]),
  ],
  [
    "the policy's mode is dry_run and the plan was made in live",
    situationAfter(everything, { compiled: dry, whole: [opened, planned(compiled), ...everything] }),
  ],
  [
    'a deploy changed or removed what of the runbook has already run',
    situationAfter([], { whole: [opened, planned(compiled, { runbook: { id: 'gone', digest: 'ab'.repeat(32) } })] }),
  ],
  ['dry run: nothing was changed', situationAfter([...looked, ...ran('2.run')], { compiled: dryLooks() })],
  [
    'every step is done or was skipped, nothing was changed, the alarm is still on',
    situationAfter([...looked, ...ran('2.run')], { compiled: looksOnly }),
  ],
  ['the alarm has been OK for 10 s', situationAfter(everything, { alarm: ok(10) })],
  ['the alarm must stay OK for 10 s', situationAfter(everything, { alarm: ok(3) })],
  ['waiting for the alarm to return to OK', situationAfter(everything)],
  ['the alarm did not return to OK within 60 s', situationAfter(everything, { now: start + 60_000 })],
  [
    'a step failed',
    situationAfter([
      ...restarted,
      ...ran('2.after'),
      ...failedCheck(),
      ...ran('2.rollback', 'modifying'),
      ...ran('5.run'),
    ]),
  ],
  ['a person rejected the step', situationAfter(first('2.run', 'rejected'))],
  ['nobody approved the step in time', situationAfter(first('2.run', 'expired'))],
  ['stopped (number 1): ana says stop', situationAfter(looked, { stopped: true })],
  [
    'stopped (number 7): somebody says stop',
    situationAfter(looked, { kill: { stopped: true, number: 7, stop: null, aborted: null } }),
  ],
  ['100 dispatches are the most of one incident', situationAfter([...others(100), ...looked])],
];

function dryLooks() {
  return compiledOf({ mode: 'dry_run', runbook: fullRunbook.replace(/2\. Restart[\s\S]*?5\. Look/, '2. Look') });
}

function failedCheck(): AuditEvent[] {
  return [intended('2.verify', 'read_only'), finished('2.verify', 'failed')];
}

describe('the gate says', () => {
  test.each(rows)('“%s”', (words, situation) => {
    expect(decideNext(situation, riskTools).reasons.map(({ text }) => text)).toEqual([words]);
  });
});

test('an alarm that lost its tag ends the incident, whatever was changed', () => {
  for (const events of [[], restarted, everything])
    expect(decideNext(situationAfter(events, { alarm: alarmOf({ tags: {} }) }), riskTools)).toMatchObject({
      decision: 'halt',
      status: 'halted',
      reasons: [{ rule: 'alarm.not_opted_in' }],
    });
});

test('what throws and is no refusal is told as an error, not as a changed plan', () => {
  const instances = [null as never];
  expect(decideNext(situationAfter([], { instances }), riskTools)).toMatchObject({
    decision: 'halt',
    status: 'halted',
    reasons: [{ rule: 'gate.error', text: expect.stringContaining('null') }],
  });
});

test('a policy that halts does so in a dry run too', () => {
  const frozen = (mode: 'live' | 'dry_run') =>
    compiledOf({
      runbook: fullRunbook,
      policy: policyText(
        mode,
        'environments: { production: { freeze: [{ from: 2026-01-01T00:00:00Z, to: 2027-01-01T00:00:00Z, reason: year end }] } }',
      ),
    });
  for (const mode of ['live', 'dry_run'] as const)
    expect(
      decideNext(situationAfter([...looked, ...ran('2.before')], { compiled: frozen(mode) }), riskTools),
    ).toMatchObject({ decision: 'halt', status: 'halted' });
});
