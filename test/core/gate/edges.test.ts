/** The gate at its edges: what stops a tier and what does not, what is not offered twice, and the last of every budget. */

import { describe, expect, test } from 'vitest';
import type { AuditEvent } from '../../../core/audit/entry.ts';
import { sha256 } from '../../../core/digest.ts';
import { decideNext } from '../../../core/gate/gate.ts';
import type { Progress } from '../../../core/incident/progress.ts';
import type { Situation } from '../../../core/incident/situation.ts';
import type { Spoken } from '../../../core/incident/spoken.ts';
import { historyLimits } from '../../../core/limits.ts';
import { isoOf } from '../../../core/time.ts';
import type { DispatchOutcome } from '../../../core/words.ts';
import { alarmOf, compiledOf, fixRunbook, policyText, riskTools, start } from '../../support/fixtures.ts';
import {
  fullRunbook,
  intended,
  named,
  opened,
  others,
  planned,
  ran,
  settled,
  situationAfter,
  spoke,
} from './situations.ts';

const full = compiledOf({ runbook: fullRunbook });
/** In a tier that goes on after a failure. */
const low = compiledOf({ runbook: fixRunbook });
const undoing = compiledOf({
  runbook: fullRunbook.replace('bash when=always\n   df -h /', () => 'bash when=always\n   systemctl start web'),
});
const ok = (secondsAgo: number) => alarmOf({ state: 'OK', stateChangedAt: isoOf(start - secondsAgo * 1000) });
const looked = ran('1.run');
const begun = [...looked, ...ran('2.before')];
const answer = (situation: Situation) => {
  const { decision, dispatch, status, reasons, seconds } = decideNext(situation, riskTools);
  const name = dispatch ? `${dispatch.step}.${dispatch.part}` : null;
  return { decision, name, status, rule: reasons[0]?.rule, text: reasons[0]?.text, seconds };
};

describe('a failure', () => {
  const behind = (outcome: DispatchOutcome, compiled = low) =>
    answer(situationAfter([...begun, ...ran('2.run', 'modifying', outcome), ...ran('2.after')], { compiled }));

  test('of a look stops no tier', () => {
    expect(answer(situationAfter(ran('1.run', 'read_only', 'failed')))).toMatchObject({ name: '2.before' });
  });

  const outcomes: DispatchOutcome[] = ['failed', 'unknown', 'timed_out', 'partial', 'not_started'];

  test.each(outcomes)('of a change (%s) stops the tiers that say so: what undoes is offered', (outcome) => {
    const high = compiledOf({ runbook: fixRunbook.replace('severity: low', 'severity: high') });
    const expected =
      outcome === 'not_started' ? { decision: 'halt', status: 'failed', rule: 'step.failed' } : { name: '4.run' };
    expect(behind(outcome, high)).toMatchObject(expected);
  });

  test.each(outcomes)('of a change (%s) in the others asks people what is to follow', (outcome) => {
    expect(behind(outcome)).toMatchObject({ decision: 'ask', name: '2.run', rule: 'step.failed_asks' });
  });

  test('that went on is told as one when the alarm stays on', () => {
    const events = [
      ...begun,
      ...ran('2.run', 'modifying', 'failed'),
      ...ran('2.after'),
      ...ran('3.dry_run'),
      ...ran('3.run', 'destructive'),
      ...ran('4.run'),
    ];
    const spoken = [spoke('2.run', 'continue', { kind: 'failure' })];
    expect(answer(situationAfter(events, { compiled: low, spoken, now: start + 60_000 }))).toMatchObject({
      decision: 'halt',
      status: 'failed',
      rule: 'step.failed',
    });
    expect(answer(situationAfter(events, { compiled: low, spoken, alarm: ok(10) }))).toMatchObject({
      status: 'resolved',
    });
  });

  test('that touched no host is not rolled back, and an undo goes where an earlier change did', () => {
    const changed = [
      ...begun,
      ...ran('2.run', 'modifying'),
      ...ran('2.after'),
      ...ran('2.verify'),
      ...ran('3.dry_run'),
    ];
    const events = [...changed, ...ran('3.run', 'destructive', 'not_started')];
    expect(answer(situationAfter(events))).toMatchObject({ name: '2.rollback' });
    expect(answer(situationAfter([...events, ...ran('2.rollback', 'modifying')]))).toMatchObject({ name: '5.run' });
  });
});

describe('what was refused by a person or by time', () => {
  const changed = [...begun, ...ran('2.run', 'modifying'), ...ran('2.after'), ...ran('2.verify')];

  test.each(['rejected', 'expired'] as const)('is not offered again: an undo that was %s', (decision) => {
    const events = [...changed, settled('5.run', decision)];
    expect(answer(situationAfter(changed, { compiled: undoing, alarm: ok(1) }))).toMatchObject({ name: '5.run' });
    expect(answer(situationAfter(events, { compiled: undoing }))).toMatchObject({
      decision: 'done',
      name: null,
      status: decision,
    });
  });

  test.each(['rejected', 'expired'] as const)('is not offered again: a way back that was %s', (decision) => {
    const events = [...begun, ...ran('2.run', 'modifying', 'failed'), settled('2.rollback', decision)];
    expect(answer(situationAfter(events))).toMatchObject({ decision: 'proceed', name: '2.after' });
  });
});

describe('when the last step is done', () => {
  const changed: AuditEvent[] = [
    ...begun,
    ...ran('2.run', 'modifying'),
    ...ran('2.after'),
    ...ran('3.dry_run'),
    ...ran('3.run', 'destructive'),
    ...ran('4.run'),
  ];

  test('a plan of a dry run that changed something does not end as a dry run', () => {
    const dry = compiledOf({ mode: 'dry_run', runbook: fixRunbook });
    const whole = [opened, planned(dry), ...changed];
    expect(answer(situationAfter([], { compiled: dry, whole, now: start + 60_000 }))).toMatchObject({
      status: 'unverified',
    });
  });

  test('a dry run whose alarm went to OK ends as a dry run, and a live one as recovered', () => {
    for (const [mode, status] of [
      ['dry_run', 'dry_run'],
      ['live', 'recovered'],
    ] as const)
      expect(
        answer(situationAfter(looked, { compiled: compiledOf({ mode, runbook: fixRunbook }), alarm: ok(1) })),
      ).toMatchObject({ decision: 'done', status, rule: 'alarm.not_in_alarm' });
  });

  test('the window counts from the end of the last change', () => {
    const situation = situationAfter(changed, { compiled: low, now: start + 70_000 });
    const ends: Record<string, string> = { '2.run': isoOf(start), '3.run': isoOf(start + 40_000) };
    const dispatches = situation.progress.dispatches.map((known) => ({
      ...known,
      finishedAt: ends[`${known.dispatch.step}.${known.dispatch.part}`] ?? known.finishedAt,
    }));
    const progress: Progress = { ...situation.progress, dispatches };
    expect(answer({ ...situation, progress })).toMatchObject({ decision: 'wait', rule: 'alarm.awaited', seconds: 32 });
  });
});

describe('what cannot be derived any more', () => {
  const noHost = { instances: [] };

  test('ends the incident before anything was changed', () => {
    expect(answer(situationAfter(looked, noHost))).toMatchObject({ decision: 'halt', rule: 'plan.changed' });
  });

  test('while what was changed is being undone is passed over: what else undoes is offered, then it halts and says what is gone', () => {
    const events = [...begun, ...ran('2.run', 'modifying', 'failed')];
    expect(answer(situationAfter(events, noHost))).toMatchObject({
      decision: 'halt',
      status: 'halted',
      rule: 'undo.impossible',
      text: expect.stringMatching(/step 2 rollback: no target is left: i-0123456789abcdef0 .*; step 5 run: no target/),
    });
  });
});

describe('the last of a budget', () => {
  test('the hundredth dispatch may begin, the next may not', () => {
    expect(answer(situationAfter([...others(98), ...looked]))).toMatchObject({ name: '2.before' });
    expect(answer(situationAfter([...others(99), ...looked]))).toMatchObject({ rule: 'dispatches.used_up' });
  });

  const asking = (questions: number, out: boolean, decision: 'answered' | null = null) => {
    const events: AuditEvent[] = [...begun, { kind: 'approval_undeliverable', dispatch: named('2.run'), why: '' }];
    const { progress, ...rest } = situationAfter(events);
    const dispatches = progress.dispatches.map((known) =>
      known.dispatch.part === 'run' && known.dispatch.step === 2
        ? {
            ...known,
            requested: out ? ({ kind: 'approval_requested' } as never) : null,
            settled: decision ? ({ kind: 'approval_settled', decision } as never) : null,
          }
        : known,
    );
    return answer({ ...rest, progress: { ...progress, dispatches, questions } });
  };
  const most = historyLimits.maximumQuestions;
  const usedUp = {
    decision: 'halt',
    status: 'halted',
    rule: 'questions.used_up',
    text: '150 questions are the most of one incident',
  };

  test('the last question may be asked and answered, and none after it', () => {
    expect(asking(most - 1, false)).toMatchObject({ decision: 'ask', name: '2.run' });
    expect(asking(most, false)).toMatchObject(usedUp);
    expect(asking(most, true)).toMatchObject({ decision: 'ask', name: '2.run' });
    expect(asking(most, true, 'answered')).toMatchObject(usedUp);
  });

  test('what was never heard of is a question too, and what needs none is no question', () => {
    const { progress, ...rest } = situationAfter(begun);
    expect(answer({ ...rest, progress: { ...progress, questions: most } })).toMatchObject(usedUp);
    const first = situationAfter([]);
    expect(answer({ ...first, progress: { ...first.progress, questions: most } })).toMatchObject({ name: '1.run' });
  });
});

describe('a plan under another policy or runbook', () => {
  const older = planned(full, { environment: 'sandbox', policyDigest: sha256('older') });
  const edited = (from: string, to: string) => compiledOf({ runbook: fullRunbook.replace(from, () => to) });
  const really = (name: string, script: string, level: 'read_only' | 'modifying' = 'read_only') =>
    ran(name, level).map((event) =>
      event.kind === 'dispatch_intended' ? { ...event, scriptHash: sha256(script) } : event,
    );
  const step = (number: number, script: string) => ({
    number,
    title: '',
    declared: null,
    floor: 'read_only' as const,
    model: null,
    level: 'read_only' as const,
    flags: [],
    decision: 'proceed' as const,
    scriptHash: sha256(script),
  });
  const ranForReal = [
    ...really('1.run', 'df -h /'),
    ...really('2.before', 'systemctl is-active web'),
    ...really('2.run', 'systemctl restart web', 'modifying'),
  ];
  const under = (
    runbook: string,
    events: readonly AuditEvent[],
    steps: ReturnType<typeof step>[] = [],
    spoken: readonly Spoken[] = [],
  ) => {
    const compiled = compiledOf({ runbook });
    return answer(situationAfter([], { compiled, spoken, whole: [opened, planned(full, { steps }), ...events] }));
  };

  test('may name another environment than this policy: the policy may have been changed', () => {
    expect(answer(situationAfter([], { whole: [opened, older] }))).toMatchObject({ name: '1.run' });
  });

  test('goes on where a step was edited that nothing was burnt of', () => {
    const newer = edited('systemctl restart web', 'systemctl reload web');
    const whole = [
      opened,
      planned(full),
      ...really('1.run', 'df -h /'),
      ...really('2.before', 'systemctl is-active web'),
    ];
    expect(answer(situationAfter([], { compiled: newer, whole }))).toMatchObject({ decision: 'ask', name: '2.run' });
  });

  test('halts where a step is gone of which something was burnt', () => {
    const shorter = fullRunbook.replace(/3\. Delete[\s\S]*/, '');
    expect(under(shorter, [...ranForReal, ...really('5.run', 'df -h /')])).toMatchObject({ rule: 'runbook.changed' });
  });

  test('goes on after a confirmed manual step, which has no script, and not when a command took its place', () => {
    const manual: AuditEvent[] = [
      ...ranForReal,
      ...really('2.after', 'systemctl is-active web'),
      ...really('2.verify', 'systemctl is-active web'),
      ...really('3.dry_run', "find /var/log/app -name '*.gz' -print"),
      { ...intended('4.run', 'read_only'), scriptHash: sha256('') },
      { kind: 'step_confirmed', dispatch: named('4.run') },
    ];
    const later = fullRunbook.replace("-name '*.gz' -delete", "-name '*.gz' -mtime +7 -delete");
    expect(under(later, manual, [], [spoke('3.run', 'skip')])).toMatchObject({ decision: 'proceed', name: '5.run' });
    const command = fullRunbook.replace(
      '4. Call the owner',
      () => '4. Call the owner\n\n   ```bash\n   df -h /\n   ```',
    );
    expect(under(command, manual, [], [spoke('3.run', 'skip')])).toMatchObject({ rule: 'runbook.changed' });
    expect(under(later, [...ranForReal, ...really('4.before', '')])).toMatchObject({ rule: 'runbook.changed' });
  });

  test('undoes only with steps that undo, each compared with its own plan', () => {
    const newer = fullRunbook.replace('systemctl restart web', () => 'systemctl reload web');
    const own = [step(1, 'df -h /'), step(5, 'df -h /')];
    expect(under(newer, ranForReal, own)).toMatchObject({ decision: 'proceed', name: '5.run' });
    const unchanged = step(3, "find /var/log/app -name '*.gz' -delete");
    expect(under(newer, ranForReal, [unchanged, ...own])).toMatchObject({ decision: 'proceed', name: '5.run' });
    expect(under(newer, ranForReal, [step(1, 'df -h /'), step(5, 'df')])).toMatchObject({ rule: 'runbook.changed' });
    expect(under(newer, ranForReal, [step(1, 'df -h /')])).toMatchObject({ rule: 'runbook.changed' });
    expect(under(newer, ranForReal)).toMatchObject({ rule: 'runbook.changed' });
  });

  test('compares what was burnt with the values of its plan', () => {
    const text = (command: string) =>
      fullRunbook
        .replace('parameters: {}', 'parameters: { mount: { type: path, description: Where, default: / } }')
        .replace('df -h /', () => 'df -h {{ mount }}')
        .replace('-delete', () => command);
    const [before, compiled] = [compiledOf({ runbook: text('-delete') }), compiledOf({ runbook: text('-print') })];
    const whole = (script: string) => [
      opened,
      planned(before, { parameters: { mount: '/' } }),
      ...really('1.run', script),
    ];
    expect(answer(situationAfter([], { compiled, whole: whole("df -h '/'") }))).toMatchObject({ name: '2.before' });
    expect(answer(situationAfter([], { compiled, whole: whole("df -h '/data'") }))).toMatchObject({
      rule: 'runbook.changed',
    });
  });

  test('does not undo with what has a placeholder that the plan has no value for', () => {
    const newer = fullRunbook
      .replace('systemctl restart web', () => 'systemctl reload web')
      .replace('parameters: {}', 'parameters: { mount: { type: path, description: Where, default: / } }')
      .replace('bash when=always\n   df -h /', () => 'bash when=always\n   df -h {{ mount }}');
    expect(under(newer, ranForReal, [step(5, 'df -h /')])).toMatchObject({ rule: 'runbook.changed' });
  });
});

test('an unasked action of the policy’s is none of a dry run that changed nothing', () => {
  const dry = compiledOf({ policy: policyText('dry_run'), runbook: fullRunbook });
  expect(answer(situationAfter(begun, { compiled: dry }))).toMatchObject({ decision: 'skip', name: '2.run' });
});
