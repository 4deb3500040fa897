/** Each answer of the gate has a case that reaches it: every rule that ends an incident, every turn of the order, every wait. */
import { describe, expect, test } from 'vitest';
import type { AuditEvent } from '../../../core/audit/entry.ts';
import { sha256 } from '../../../core/digest.ts';
import { decideNext } from '../../../core/gate/gate.ts';
import type { Situation } from '../../../core/incident/situation.ts';
import { isoOf } from '../../../core/time.ts';
import { alarmOf, compiledOf, policyText, riskTools, start } from '../../support/fixtures.ts';
import {
  burnsOf,
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
  skipped,
} from './situations.ts';

const compiled = compiledOf({ runbook: fullRunbook });
const minutes = 60_000;
const hours = 3600_000;
const ok = (secondsAgo: number) => alarmOf({ state: 'OK', stateChangedAt: isoOf(start - secondsAgo * 1000) });
const looked = ran('1.run');
const restarted = [...looked, ...ran('2.before'), ...ran('2.run', 'modifying')];
const deleted = [
  ...restarted,
  ...ran('2.after'),
  ...ran('2.verify'),
  ...ran('3.dry_run'),
  ...ran('3.run', 'destructive'),
];
const confirmed: AuditEvent = { kind: 'step_confirmed', dispatch: named('4.run') };
const everything = [...deleted, intended('4.run', 'read_only'), confirmed, ...ran('5.run')];
const refused = (outcome: 'refused' | 'stale'): AuditEvent => ({
  kind: 'dispatch_refused',
  dispatch: named('2.run'),
  outcome,
  reasons: [{ rule: 'r', text: 'the request is no longer approved' }],
});
const answer = (situation: Situation) => {
  const { decision, dispatch, status, reasons, seconds } = decideNext(situation, riskTools);
  const name = dispatch ? `${dispatch.step}.${dispatch.part}` : null;
  return { decision, name, status, rule: reasons[0]?.rule, text: reasons.map(({ text }) => text).join('; '), seconds };
};

type Row = [what: string, situation: Situation, expected: Partial<ReturnType<typeof answer>>];

describe('the incident ends at once when', () => {
  const closed: AuditEvent = { kind: 'incident_closed', status: 'aborted', cause: null };
  const rows: Row[] = [
    ['its chain is closed', situationAfter([closed]), { decision: 'done', status: 'aborted', rule: 'incident.closed' }],
    [
      'its chain is closed and everything else is wrong too',
      situationAfter([closed], { alarm: null, stopped: true }),
      { rule: 'incident.closed' },
    ],
    [
      'CloudWatch does not know its alarm',
      situationAfter([], { alarm: null }),
      { decision: 'halt', status: 'halted', rule: 'alarm.unknown' },
    ],
    [
      'its chain is about another alarm',
      situationAfter([], { incidentId: 'inc-00000000000000000000' }),
      { rule: 'alarm.unknown' },
    ],
    ['its chain is empty', situationAfter([], { whole: [] }), { decision: 'halt', rule: 'alarm.unknown' }],
    [
      'it has no plan',
      situationAfter([], { whole: [opened] }),
      { decision: 'halt', status: 'failed', rule: 'plan.missing' },
    ],
    [
      'planning refused',
      situationAfter([], { whole: [opened, planned(compiled, { problems: ['no InstanceId'] })] }),
      { decision: 'halt', status: 'halted', rule: 'plan.refused', text: 'no InstanceId' },
    ],
    [
      'no runbook fits',
      situationAfter([], { whole: [opened, planned(compiled, { runbook: null })] }),
      { decision: 'done', status: 'no_match', rule: 'plan.no_match' },
    ],
    [
      'a deploy removed its runbook',
      situationAfter([], { whole: [opened, planned(compiled, { runbook: { id: 'gone', digest: 'ab'.repeat(32) } })] }),
      { decision: 'halt', status: 'halted', rule: 'runbook.changed' },
    ],
    [
      'its chain is broken',
      situationAfter([], { broken: 'entry 3 of the audit was changed' }),
      { decision: 'halt', status: 'halted', rule: 'audit.broken', text: 'entry 3 of the audit was changed' },
    ],
    [
      'its chain is broken and says that it is closed',
      situationAfter([closed], { broken: 'entry 3 of the audit was changed' }),
      { rule: 'audit.broken' },
    ],
    [
      'the plan names another environment than the policy that it was made under',
      situationAfter([], { whole: [opened, planned(compiled, { environment: 'sandbox' })] }),
      { decision: 'halt', status: 'halted', rule: 'plan.environment' },
    ],
    [
      'the mode was switched before anything was changed',
      situationAfter(looked, {
        compiled: compiledOf({ mode: 'dry_run', runbook: fullRunbook }),
        whole: [opened, planned(compiled), ...looked],
      }),
      { decision: 'halt', status: 'halted', rule: 'mode.changed' },
    ],
    [
      'a parameter is not what was planned, before anything was changed',
      situationAfter([], { whole: [opened, planned(compiled, { parameters: { unit: 'web' } })] }),
      {
        decision: 'halt',
        status: 'halted',
        rule: 'plan.changed',
        text: 'parameters changed since the plan: unit was web and is now not set',
      },
    ],
    [
      'no planned target is left',
      situationAfter([], { whole: [opened, planned(compiled, { targets: { all: ['i-00000000000000bad'] } })] }),
      {
        decision: 'halt',
        status: 'halted',
        rule: 'plan.changed',
        text: expect.stringContaining('no target is left: i-00000000000000bad'),
      },
    ],
    [
      'what was asked was out of date three times in a row',
      situationAfter([...looked, refused('stale'), refused('stale'), refused('stale')]),
      { decision: 'halt', status: 'halted', rule: 'dispatch.stale' },
    ],
    [
      'it is 7 h 50 min old',
      situationAfter([], { now: start + 8 * hours - 10 * minutes }),
      { decision: 'halt', status: 'halted', rule: 'incident.too_old' },
    ],
    [
      'a step could run longer than the incident may live',
      situationAfter([], { now: start + 8 * hours - 11 * minutes + 1000 }),
      { decision: 'halt', status: 'halted', rule: 'incident.no_time_left' },
    ],
    [
      '100 dispatches are used',
      situationAfter([...others(100), ...looked]),
      { decision: 'halt', status: 'halted', rule: 'dispatches.used_up' },
    ],
    [
      'the alarm is OK before anything was changed',
      situationAfter(looked, { alarm: ok(1) }),
      { decision: 'done', status: 'recovered', rule: 'alarm.not_in_alarm' },
    ],
    [
      'the alarm has no data before anything was changed',
      situationAfter(looked, { alarm: alarmOf({ state: 'INSUFFICIENT_DATA' }) }),
      { decision: 'done', status: 'unverified', rule: 'alarm.not_in_alarm' },
    ],
    [
      'the kernel refused',
      situationAfter([...looked, refused('refused')]),
      { decision: 'halt', status: 'halted', rule: 'dispatch.refused', text: 'the request is no longer approved' },
    ],
    [
      'the kernel refused after its intent',
      situationAfter([...looked, intended('2.run', 'modifying'), refused('refused')]),
      { decision: 'halt', status: 'halted', rule: 'dispatch.refused', text: 'the request is no longer approved' },
    ],
    [
      'a request could not be delivered',
      situationAfter([...looked, settled('2.run', 'undeliverable')]),
      {
        decision: 'halt',
        status: 'halted',
        rule: 'approval.undeliverable',
        text: 'the approval request could not be delivered',
      },
    ],
    [
      'a request could not be shown, and says why',
      situationAfter([
        ...looked,
        { kind: 'approval_undeliverable', dispatch: named('2.run'), why: 'the card is too long' },
        settled('2.run', 'undeliverable'),
      ]),
      { rule: 'approval.undeliverable', text: 'the approval request could not be delivered: the card is too long' },
    ],
    [
      'a rule throws',
      situationAfter(looked, {
        alarm: alarmOf({ stateChangedAt: 'never', state: 'OK' }),
        progress: situationAfter(everything).progress,
      }),
      { decision: 'halt', status: 'halted', rule: 'gate.error' },
    ],
    [
      'time itself is not known',
      situationAfter([], { now: Number.NaN }),
      { decision: 'halt', rule: 'incident.too_old' },
    ],
  ];
  test.each(rows)('%s', (_, situation, expected) => {
    expect(answer(situation)).toMatchObject({ name: null, ...expected });
  });

  test('7 h 49 min leaves time for a step of a minute', () => {
    expect(answer(situationAfter([], { now: start + 8 * hours - 11 * minutes }))).toMatchObject({
      decision: 'proceed',
    });
  });

  test('the hundredth dispatch may be asked for, sent, and followed by the wait for the alarm', () => {
    const begun = [...looked, ...ran('2.before')];
    expect(answer(situationAfter([...others(97), ...begun]))).toMatchObject({ decision: 'ask', name: '2.run' });
    const full = situationAfter([...others(97), ...begun, settled('2.run', 'approved')]);
    expect(full.progress.dispatches).toHaveLength(100);
    expect(answer(full)).toMatchObject({ decision: 'ask', name: '2.run' });
    const ended = situationAfter([...others(100 - 9), ...everything]);
    expect(ended.progress.dispatches).toHaveLength(100);
    expect(answer(ended)).toMatchObject({ decision: 'wait', rule: 'alarm.awaited' });
  });
});

describe('what comes next', () => {
  const dry = compiledOf({ mode: 'dry_run', runbook: fullRunbook });
  const failed = [...looked, ...ran('2.before'), ...ran('2.run', 'modifying', 'failed')];
  const undone = [...failed, ...ran('2.rollback', 'modifying'), ...ran('2.after')];
  const rows: Row[] = [
    ['the first look', situationAfter([]), { decision: 'proceed', name: '1.run' }],
    ['an observation before the step', situationAfter(looked), { decision: 'proceed', name: '2.before' }],
    [
      'the step itself, asked',
      situationAfter([...looked, ...ran('2.before')]),
      { decision: 'ask', name: '2.run', rule: 'mutation' },
    ],
    [
      'the step again, when the policy changed under its approval',
      situationAfter([...looked, ...ran('2.before'), refused('stale')]),
      { decision: 'ask', name: '2.run' },
    ],
    ['the observation after it', situationAfter(restarted), { decision: 'proceed', name: '2.after' }],
    ['its check', situationAfter([...restarted, ...ran('2.after')]), { decision: 'proceed', name: '2.verify' }],
    [
      'the next step, when the check is well',
      situationAfter([...restarted, ...ran('2.after'), ...ran('2.verify')]),
      { decision: 'proceed', name: '3.dry_run' },
    ],
    ['a manual step, asked', situationAfter(deleted), { decision: 'ask', name: '4.run', rule: 'manual' }],
    [
      'what follows a confirmed manual step',
      situationAfter([...deleted, intended('4.run', 'read_only'), confirmed]),
      { decision: 'proceed', name: '5.run' },
    ],
    [
      'what always runs, after a rejected manual step',
      situationAfter([...deleted, settled('4.run', 'rejected')]),
      { decision: 'proceed', name: '5.run' },
    ],
    ['the way back, asked, after a failure', situationAfter(failed), { decision: 'ask', name: '2.rollback' }],
    ['what always runs, after a failure undone', situationAfter(undone), { decision: 'proceed', name: '5.run' }],
    [
      'what was begun, when the alarm is OK',
      situationAfter(restarted, { alarm: ok(1) }),
      { decision: 'proceed', name: '2.after' },
    ],
    [
      'what always runs, when the alarm is OK',
      situationAfter([...restarted, ...ran('2.after'), ...ran('2.verify')], { alarm: ok(1) }),
      { decision: 'proceed', name: '5.run' },
    ],
    [
      'what always runs, after a failed check',
      situationAfter([
        ...restarted,
        ...ran('2.after'),
        ...ran('2.verify', 'read_only', 'failed'),
        ...ran('2.rollback', 'modifying'),
      ]),
      { decision: 'proceed', name: '5.run' },
    ],
    [
      'the way back, asked, after a failed check',
      situationAfter([...restarted, ...ran('2.after'), ...ran('2.verify', 'read_only', 'failed')]),
      { decision: 'ask', name: '2.rollback' },
    ],
    ['a dry run’s look', situationAfter([], { compiled: dry }), { decision: 'proceed', name: '1.run' }],
    [
      'a dry run’s skip',
      situationAfter([...looked, ...ran('2.before')], { compiled: dry }),
      { decision: 'skip', name: '2.run', status: null },
    ],
    [
      'what the policy halts',
      situationAfter([...looked, ...ran('2.before')], {
        compiled: compiledOf({
          runbook: fullRunbook,
          policy: policyText(
            'live',
            'environments: { production: { freeze: [{ from: 2026-01-01T00:00:00Z, to: 2027-01-01T00:00:00Z, reason: year end }] } }',
          ),
        }),
      }),
      { decision: 'halt', status: 'halted', name: '2.run', rule: 'freeze' },
    ],
  ];
  test.each(rows)('%s', (_, situation, expected) => {
    expect(answer(situation)).toMatchObject(expected);
  });
});

describe('with nothing left to do', () => {
  const dry = compiledOf({ mode: 'dry_run', runbook: fullRunbook });
  const late = (seconds: number) => ({ now: start + seconds * 1000 });
  const reads = compiledOf({ runbook: fullRunbook.replace(/2\. Restart[\s\S]*?5\. Look/, '2. Look') });
  const rejectedFirst = [...looked, ...ran('2.before'), settled('2.run', 'rejected')];
  const failedCheck = [
    ...restarted,
    ...ran('2.after'),
    ...ran('2.verify', 'read_only', 'failed'),
    settled('2.rollback', 'rejected'),
    ...ran('5.run'),
  ];
  const rows: Row[] = [
    [
      'nothing was changed and the alarm is on',
      situationAfter([...looked, ...ran('2.run')], { compiled: reads }),
      { decision: 'done', status: 'unverified', rule: 'alarm.still_on' },
    ],
    [
      'a person rejected the first change',
      situationAfter(rejectedFirst),
      { decision: 'done', status: 'rejected', rule: 'step.rejected' },
    ],
    [
      'nobody answered',
      situationAfter([...looked, ...ran('2.before'), settled('2.run', 'expired')]),
      { decision: 'done', status: 'expired', rule: 'step.expired' },
    ],
    ['a check failed', situationAfter(failedCheck), { decision: 'halt', status: 'failed', rule: 'step.failed' }],
    [
      'a check failed, and the alarm is OK all the same',
      situationAfter(failedCheck, { alarm: ok(100) }),
      { status: 'failed' },
    ],
    [
      'a rejected manual step',
      situationAfter([...deleted, settled('4.run', 'rejected'), ...ran('5.run')]),
      { decision: 'done', status: 'rejected' },
    ],
    [
      'a dry run',
      situationAfter(
        [
          ...looked,
          ...ran('2.before'),
          skipped('2.run'),
          ...ran('3.dry_run'),
          skipped('3.run'),
          skipped('4.run'),
          ...ran('5.run'),
        ],
        { compiled: dry },
      ),
      { decision: 'done', status: 'dry_run', rule: 'mode.dry_run' },
    ],
    ['the alarm is not yet OK', situationAfter(everything), { decision: 'wait', rule: 'alarm.awaited', seconds: 2 }],
    ['the alarm is not yet OK after 30 s', situationAfter(everything, late(30)), { decision: 'wait', seconds: 32 }],
    [
      'the window is over',
      situationAfter(everything, late(60)),
      { decision: 'done', status: 'unverified', rule: 'alarm.still_on' },
    ],
    [
      'the alarm is OK since 3 s',
      situationAfter(everything, { alarm: ok(3) }),
      { decision: 'wait', rule: 'alarm.recovering', seconds: 7 },
    ],
    [
      'the alarm is OK for long enough',
      situationAfter(everything, { alarm: ok(10) }),
      { decision: 'done', status: 'resolved', rule: 'alarm.recovered' },
    ],
    [
      'the alarm says that it is OK from tomorrow on',
      situationAfter(everything, { alarm: ok(-86_400) }),
      { decision: 'wait', seconds: 60 },
    ],
  ];
  test.each(rows)('%s', (_, situation, expected) => {
    expect(answer(situation)).toMatchObject({ name: null, ...expected });
  });

  test('a wait is never shorter than a second nor longer than a minute', () => {
    const patient = compiledOf({
      runbook: fullRunbook,
      policy: policyText('live').replace(
        'recovered_after: 10s, verification_window: 60s',
        'recovered_after: 1h, verification_window: 2h',
      ),
    });
    for (let second = 0; second < 7200; second += 97) {
      const waiting = answer(situationAfter(everything, { compiled: patient, ...late(second) }));
      const recovering = answer(situationAfter(everything, { compiled: patient, ...late(second), alarm: ok(0) }));
      for (const { decision, seconds } of [waiting, recovering])
        if (decision === 'wait') expect(seconds).toSatisfy((n: number) => Number.isInteger(n) && n >= 1 && n <= 60);
    }
  });
});

describe('a standing approval', () => {
  const standing = (most: number) =>
    compiledOf({
      runbook: fullRunbook,
      policy: policyText(
        'live',
        `environments: { production: { accounts: ['111122223333'] } }
tiers: { high: { max_autonomous_actions: ${most} } }
standing_approvals:
  - { environment: production, level: modifying, owner: ana, reason: harmless, granted: 2026-11-01T00:00:00Z, expires: 2026-12-01T00:00:00Z }`,
      ),
    });
  const before = [...looked, ...ran('2.before')];

  test('lets a modifying step proceed, as often as the tier allows', () => {
    expect(answer(situationAfter(before, { compiled: standing(1) }))).toMatchObject({
      decision: 'proceed',
      name: '2.run',
    });
    expect(answer(situationAfter(before, { compiled: standing(0) }))).toMatchObject({ decision: 'ask', name: '2.run' });
    const used = { compiled: standing(1), autonomousActions: 1 };
    expect(answer(situationAfter(before, used))).toMatchObject({
      decision: 'ask',
      name: '2.run',
      text: expect.stringContaining('all 1 autonomous actions of tier high are used'),
    });
    expect(answer(situationAfter(before, { ...used, compiled: standing(2) }))).toMatchObject({ decision: 'proceed' });
  });

  test('is counted from burns and never from the chain: entries that say it was used, or was not, change nothing', () => {
    const claimed = [
      intended('1.run', 'modifying', 'ana: harmless'),
      finished('1.run'),
      ...ran('1.after'),
      ...ran('2.before'),
    ];
    expect(answer(situationAfter(claimed, { compiled: standing(1) }))).toMatchObject({
      decision: 'proceed',
      name: '2.run',
    });
    const unknown = { compiled: standing(1), autonomousActions: Number.POSITIVE_INFINITY };
    expect(answer(situationAfter(before, unknown))).toMatchObject({ decision: 'ask' });
  });

  test('never covers a destructive step', () => {
    const next = [...before, ...ran('2.run', 'modifying'), ...ran('2.after'), ...ran('2.verify'), ...ran('3.dry_run')];
    expect(answer(situationAfter(next, { compiled: standing(5) }))).toMatchObject({ decision: 'ask', name: '3.run' });
  });
});

describe('the kill switch', () => {
  const stopped = { stopped: true };

  test('holds what would be sent or asked, for a minute at a time', () => {
    expect(answer(situationAfter([], stopped))).toMatchObject({ decision: 'wait', rule: 'kill_switch', seconds: 60 });
    expect(answer(situationAfter([...looked, ...ran('2.before')], stopped))).toMatchObject({
      decision: 'wait',
      rule: 'kill_switch',
    });
    expect(answer(situationAfter(restarted, stopped)).text).toBe('stopped (number 1): ana says stop');
  });

  test('holds up no ending: a closed chain, a recovered alarm, the maximum age', () => {
    expect(answer(situationAfter(looked, { ...stopped, alarm: ok(1) }))).toMatchObject({
      decision: 'done',
      status: 'recovered',
    });
    expect(answer(situationAfter(everything, { ...stopped, alarm: ok(10) }))).toMatchObject({
      decision: 'done',
      status: 'resolved',
    });
    expect(answer(situationAfter([], { ...stopped, now: start + 8 * hours }))).toMatchObject({
      rule: 'incident.too_old',
    });
  });
});

describe('what changes while an incident runs', () => {
  const dry = compiledOf({ mode: 'dry_run', runbook: fullRunbook });
  const inMode = (mode: 'live' | 'dry_run', events: readonly AuditEvent[]) => ({
    whole: [opened, planned(mode === 'live' ? compiled : dry), ...events],
  });

  test('live to dry_run after a change: undo is asked for, and it never ends as "nothing was changed"', () => {
    const changed = [...restarted, ...ran('2.after'), ...ran('2.verify')];
    expect(answer(situationAfter([], { compiled: dry, ...inMode('live', changed) }))).toMatchObject({
      decision: 'proceed',
      name: '5.run',
    });
    const done = [...changed, ...ran('5.run')];
    expect(answer(situationAfter([], { compiled: dry, ...inMode('live', done) }))).toMatchObject({
      decision: 'halt',
      status: 'halted',
      rule: 'mode.changed',
    });
  });

  test('an undo that changes something is asked for even where a standing approval covers it', () => {
    const undoing = fullRunbook.replace(
      'bash when=always\n   df -h /',
      () => 'bash when=always\n   systemctl start web',
    );
    const policy = (mode: 'live' | 'dry_run') =>
      policyText(
        mode,
        `environments: { production: { accounts: ['111122223333'] } }
standing_approvals:
  - { environment: production, level: modifying, owner: ana, reason: harmless, granted: 2026-11-01T00:00:00Z, expires: 2026-12-01T00:00:00Z }`,
      );
    const live = compiledOf({ runbook: undoing, policy: policy('live') });
    const switched = compiledOf({ runbook: undoing, policy: policy('dry_run') });
    const whole = [opened, planned(live), ...restarted, ...ran('2.after'), ...ran('2.verify')];
    expect(answer(situationAfter([], { compiled: live, whole, alarm: ok(1) }))).toMatchObject({
      decision: 'proceed',
      name: '5.run',
    });
    expect(answer(situationAfter([], { compiled: switched, whole }))).toMatchObject({ decision: 'ask', name: '5.run' });
  });

  test('dry_run to live: what was skipped was never done, so nothing goes on', () => {
    const skippedRestart = [...looked, ...ran('2.before'), skipped('2.run'), ...ran('3.dry_run')];
    expect(answer(situationAfter([], { compiled, ...inMode('dry_run', skippedRestart) }))).toMatchObject({
      decision: 'halt',
      status: 'halted',
      rule: 'mode.changed',
    });
  });

  const edited = (from: string, to: string) => compiledOf({ runbook: fullRunbook.replace(from, () => to) });
  const hashOf = (script: string) => sha256(script);
  const really = (name: string, script: string, level: 'read_only' | 'modifying' = 'read_only') =>
    ran(name, level).map((event) =>
      event.kind === 'dispatch_intended' ? { ...event, scriptHash: hashOf(script) } : event,
    );
  const ranForReal = [
    ...really('1.run', 'df -h /'),
    ...really('2.before', 'systemctl is-active web'),
    ...really('2.run', 'systemctl restart web', 'modifying'),
  ];

  test('a runbook whose later step was edited goes on: what ran is the same in it', () => {
    const newer = edited('-delete', '-mtime +7 -delete');
    const whole = [opened, planned(compiled), ...ranForReal];
    expect(answer(situationAfter([], { compiled: newer, whole }))).toMatchObject({
      decision: 'proceed',
      name: '2.after',
    });
  });

  test('a runbook in which a step that ran is another one halts; what undoes is still offered if it is unchanged', () => {
    const newer = edited('systemctl restart web', 'systemctl reload web');
    const steps = [
      {
        number: 5,
        title: 'Look again',
        declared: null,
        floor: 'read_only',
        model: null,
        level: 'read_only',
        flags: [],
        decision: 'proceed',
        scriptHash: hashOf('df -h /'),
      },
    ] as const;
    const whole = (scriptHash: string) => [
      opened,
      planned(compiled, { steps: steps.map((step) => ({ ...step, flags: [], scriptHash })) }),
      ...ranForReal,
    ];
    expect(answer(situationAfter([], { compiled: newer, whole: whole(hashOf('df -h /')) }))).toMatchObject({
      decision: 'proceed',
      name: '5.run',
    });
    expect(answer(situationAfter([], { compiled: newer, whole: whole(hashOf('df')) }))).toMatchObject({
      decision: 'halt',
      rule: 'runbook.changed',
    });
    const done = [...whole(hashOf('df -h /')), ...ran('5.run')];
    expect(answer(situationAfter([], { compiled: newer, whole: done }))).toMatchObject({
      decision: 'halt',
      status: 'halted',
      rule: 'runbook.changed',
    });
  });

  test('an intent without a burn is no mutation: a forged one does not keep an incident from ending as recovered', () => {
    const forged = [...looked, intended('2.run', 'modifying'), finished('2.run')];
    expect(answer(situationAfter(forged, { burns: burnsOf([opened, ...looked]), alarm: ok(1) }))).toMatchObject({
      decision: 'done',
      status: 'recovered',
    });
  });

  test('a command that was begun and whose end is not known is looked at again, whatever else there is to do', () => {
    const begun = [...looked, intended('2.before', 'read_only')];
    for (const situation of [situationAfter(begun), situationAfter(begun, { alarm: ok(1) })])
      expect(answer(situation)).toMatchObject({
        decision: 'proceed',
        name: '2.before',
        rule: 'dispatch.unfinished',
      });
  });

  test('a burn without any entry is a command whose end is not known', () => {
    const burns = burnsOf([opened, planned(compiled), ...restarted]);
    expect(answer(situationAfter(looked, { burns }))).toMatchObject({
      decision: 'proceed',
      rule: 'dispatch.unfinished',
    });
  });
});
