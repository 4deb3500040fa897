/** After a failure: what people are asked, what each answer leads to, and in which order what was done is undone. */
import { describe, expect, test } from 'vitest';
import { buildQuestion } from '../../../core/approval/build.ts';
import type { EventOf } from '../../../core/audit/entry.ts';
import { maximumAttempts } from '../../../core/dispatch.ts';
import { decideNext } from '../../../core/gate/gate.ts';
import type { Situation } from '../../../core/incident/situation.ts';
import { isoOf } from '../../../core/time.ts';
import type { DispatchOutcome } from '../../../core/words.ts';
import {
  account,
  alarmOf,
  compiledOf,
  instanceId,
  policyText,
  riskTools,
  standing,
  start,
} from '../../support/fixtures.ts';
import {
  finished,
  fullRunbook,
  intended,
  named,
  opened,
  planned,
  ran,
  settled,
  situationAfter,
  spoke,
} from './situations.ts';

/** Two changes with ways back, the first with a check, in a tier that asks what is to follow a failure. */
const low = compiledOf({ runbook: fullRunbook.replace('severity: high', 'severity: low') });
const high = compiledOf({ runbook: fullRunbook });
const document = { name: 'countersign-run', digest: '0'.repeat(64) };
const begun = [...ran('1.run'), ...ran('2.before')];
const failedRun = (outcome: DispatchOutcome = 'failed', attempt = 1) => [
  ...begun,
  ...ran(`2.run.${attempt}`, 'modifying', outcome),
];
const said = (word: string, attempt = 1, at = start) =>
  spoke(`2.run.${attempt}`, word, { kind: 'failure', at: isoOf(at) });

function answer(situation: Situation) {
  const { decision, dispatch, status, reasons, asks, derived, signed } = decideNext(situation, riskTools);
  const name = dispatch && [dispatch.step, dispatch.part, dispatch.attempt].join('.');
  return { decision, name, status, rule: reasons[0]?.rule, asks, targets: derived?.targets ?? null, signed };
}
const next = (events: Parameters<typeof situationAfter>[0], more: Parameters<typeof situationAfter>[1] = {}) =>
  answer(situationAfter(events, { compiled: low, ...more }));

describe('a change that failed', () => {
  test.each<DispatchOutcome>(['failed', 'timed_out', 'unknown', 'partial', 'not_started'])(
    'with %s asks what is to follow, of its own command and hosts, before anything else',
    (outcome) => {
      expect(next(failedRun(outcome))).toMatchObject({
        decision: 'ask',
        name: '2.run.1',
        asks: 'failure',
        targets: [instanceId],
        signed: false,
      });
    },
  );

  test('asks nobody in a tier that halts on failure: what was done is undone', () => {
    expect(next(failedRun(), { compiled: high })).toMatchObject({ name: '2.rollback.1', asks: 'approve' });
    const events = [...failedRun(), ...ran('2.rollback', 'modifying'), ...ran('2.after'), ...ran('5.run')];
    expect(next(events, { compiled: high, spoken: [said('continue')] })).toMatchObject({ status: 'failed' });
  });

  test('is asked about only by its wave on which it failed', () => {
    const other = 'i-0000000000000000b';
    const first = { ...intended('2.run', 'modifying'), targets: [other], rest: [instanceId] };
    const second = { ...intended('2.run', 'modifying'), dispatch: { ...named('2.run'), wave: 2 } };
    const end = { ...finished('2.run', 'failed'), dispatch: second.dispatch } as ReturnType<typeof finished>;
    const events = [...begun, first, finished('2.run'), second, end];
    expect(next(events)).toMatchObject({ asks: 'failure', name: '2.run.1', targets: [instanceId] });
  });

  test('is none where others wrote that a check failed which nobody sent', () => {
    const events = [...begun, ...ran('2.run', 'modifying'), ...ran('2.after'), finished('2.verify', 'failed')];
    expect(next(events)).toMatchObject({ name: '3.dry_run.1' });
  });

  test('that is stopped meanwhile waits, and one whose alarm is OK asks nobody', () => {
    expect(next(failedRun(), { stopped: true })).toMatchObject({ decision: 'wait', rule: 'kill_switch' });
    const alarm = alarmOf({ state: 'OK', stateChangedAt: isoOf(start - 1000) });
    expect(next(failedRun(), { alarm })).toMatchObject({ name: '2.rollback.1', asks: 'approve' });
  });
});

describe('the answer', () => {
  test('continue leaves it as it is and goes on', () => {
    const spoken = [said('continue')];
    expect(next(failedRun(), { spoken })).toMatchObject({ name: '2.after.1' });
    expect(next([...failedRun(), ...ran('2.after')], { spoken })).toMatchObject({ name: '3.dry_run.1' });
  });

  test('skip undoes it, asked, and goes on', () => {
    const spoken = [said('skip')];
    expect(next(failedRun(), { spoken })).toMatchObject({ name: '2.rollback.1', asks: 'approve' });
    const undone = [...failedRun(), ...ran('2.rollback', 'modifying'), ...ran('2.after')];
    expect(next(undone, { spoken })).toMatchObject({ name: '3.dry_run.1' });
  });

  test('retry looks again, and asks anew', () => {
    const spoken = [said('retry')];
    expect(next(failedRun(), { spoken })).toMatchObject({ decision: 'proceed', name: '2.before.2' });
    const looked = [...failedRun(), ...ran('2.before.2')];
    expect(next(looked, { spoken })).toMatchObject({
      decision: 'ask',
      name: '2.run.2',
      asks: 'approve',
      signed: true,
    });
  });

  test('abort undoes what was done, the newest first, and then runs what always runs', () => {
    const done = [...begun, ...ran('2.run', 'modifying'), ...ran('2.after'), ...ran('2.verify'), ...ran('3.dry_run')];
    const failed = [...done, ...ran('3.run', 'destructive', 'failed')];
    const spoken = [spoke('3.run', 'abort', { kind: 'failure' })];
    expect(next(failed, { spoken })).toMatchObject({ name: '2.rollback.1', asks: 'approve' });
    expect(next([...failed, ...ran('2.rollback', 'modifying')], { spoken })).toMatchObject({ name: '5.run.1' });
    expect(next([...failed, ...ran('2.rollback', 'modifying'), ...ran('5.run')], { spoken })).toMatchObject({
      decision: 'halt',
      status: 'failed',
      rule: 'step.failed',
    });
  });

  test.each(['expired', 'rejected'] as const)('that nobody gives (%s) is an abort', (decision) => {
    const settlement = settled('2.run', decision) as EventOf<'approval_settled'>;
    const silent = (events: Parameters<typeof situationAfter>[0]) => {
      const { progress, ...rest } = situationAfter(events, { compiled: low });
      const failure = { requested: null, delivered: null, undeliverable: null, settled: settlement };
      const dispatches = progress.dispatches.map((known) =>
        known.dispatch.step === 2 && known.dispatch.part === 'run' ? { ...known, failure } : known,
      );
      return answer({ ...rest, progress: { ...progress, dispatches } });
    };
    expect(silent(failedRun())).toMatchObject({ name: '2.rollback.1' });
    const undone = [...failedRun(), ...ran('2.rollback', 'modifying'), ...ran('2.after'), ...ran('5.run')];
    expect(silent(undone)).toMatchObject({ decision: 'halt', status: 'failed', rule: 'step.failed' });
  });

  test('counts by the first signed word, and none that answered something else', () => {
    const both = [said('abort', 1, start + 2000), said('continue', 1, start + 1000)];
    expect(next([...failedRun(), ...ran('2.after')], { spoken: both })).toMatchObject({ name: '3.dry_run.1' });
    for (const word of ['approve', 'reject', 'modify', 'anything'])
      expect(next(failedRun(), { spoken: [said(word)] }), word).toMatchObject({ asks: 'failure' });
    const elsewhere = [spoke('2.run', 'continue'), spoke('3.run', 'continue', { kind: 'failure' })];
    expect(next(failedRun(), { spoken: elsewhere })).toMatchObject({ asks: 'failure' });
  });
});

describe('a further attempt', () => {
  const retried = (attempts: number) =>
    Array.from({ length: attempts }, (_, before) => [
      ...(before === 0 ? begun : ran(`2.before.${before + 1}`)),
      ...ran(`2.run.${before + 1}`, 'modifying', 'failed'),
    ]).flat();
  const again = (attempts: number) => Array.from({ length: attempts }, (_, before) => said('retry', before + 1));

  test('that succeeds is no failure of the incident any more', () => {
    const events = [...retried(1), ...ran('2.before.2'), ...ran('2.run.2', 'modifying'), ...ran('2.after.2')];
    const spoken = again(1);
    expect(next(events, { spoken })).toMatchObject({ name: '2.verify.2' });
    expect(next([...events, ...ran('2.verify.2')], { spoken })).toMatchObject({ name: '3.dry_run.1' });
  });

  test(`is asked about like the first, and the ${maximumAttempts}th is the last`, () => {
    expect(next(retried(2), { spoken: again(1) })).toMatchObject({ asks: 'failure', name: '2.run.2' });
    expect(next(retried(maximumAttempts), { spoken: again(maximumAttempts) })).toMatchObject({
      asks: 'failure',
      name: `2.run.${maximumAttempts}`,
    });
  });

  test('begins with nobody’s word but a signed one', () => {
    expect(next([...retried(1), ...ran('2.before.2')])).toMatchObject({
      asks: 'failure',
      name: '2.run.1',
    });
  });

  test('is not covered by what covered the first: somebody looks', () => {
    const covered = compiledOf({
      runbook: fullRunbook.replace('severity: high', 'severity: low'),
      policy: policyText('live', standing(5)),
    });
    const first = answer(situationAfter(begun, { compiled: covered }));
    expect(first).toMatchObject({ decision: 'proceed', name: '2.run.1' });
    const events = [...failedRun(), ...ran('2.before.2')];
    expect(next(events, { compiled: covered, spoken: again(1) })).toMatchObject({
      decision: 'ask',
      asks: 'approve',
      name: '2.run.2',
    });
  });

  test('wants as many people as the policy, also where a standing approval covered the first', () => {
    const covered = compiledOf({
      runbook: fullRunbook.replace('severity: high', 'severity: low'),
      policy: policyText(
        'live',
        standing(5).replace(`'${account}']`, `'${account}'], quorum: { modifying: 2 }`),
      ).replace('approvers: [ana]', 'approvers: [ana, ben]'),
    });
    const checked = [
      ...begun,
      ...ran('2.run', 'modifying'),
      ...ran('2.after'),
      ...ran('2.verify', 'read_only', 'failed'),
    ];
    const situation = situationAfter([...checked, ...ran('2.before.2')], { compiled: covered, spoken: again(1) });
    const { derived, asks } = decideNext(situation, riskTools);
    if (!derived || asks !== 'approve') throw new Error('nothing is asked');
    const times = { createdAt: isoOf(start), expiresAt: isoOf(start + 60_000) };
    const question = buildQuestion(situation, derived, { ...times, revision: 1, nonce: 'n'.repeat(16), document });
    expect(question.terms.required).toBe(2);
    expect(derived.verdict.standing).toBeNull();
  });

  test.each([
    ['the alarm is OK', { alarm: alarmOf({ state: 'OK', stateChangedAt: isoOf(start - 1000) }) }],
    ['the tier has come to halt on failure', { compiled: high }],
  ])('is not begun once %s, and what failed is undone', (_, more) => {
    const spoken = again(1);
    for (const events of [failedRun(), [...failedRun(), ...ran('2.before.2')]])
      expect(next(events, { spoken, ...more })).toMatchObject({ name: '2.rollback.1', asks: 'approve' });
  });

  test.each(['rejected', 'expired'] as const)('that is %s leaves the way back of what failed', (decision) => {
    const events = [...failedRun(), ...ran('2.before.2'), settled('2.run.2', decision)];
    expect(next(events, { spoken: again(1) })).toMatchObject({ name: '2.rollback.1', asks: 'approve' });
    const undone = [...events, ...ran('2.rollback', 'modifying'), ...ran('2.after'), ...ran('5.run')];
    expect(next(undone, { spoken: again(1) })).toMatchObject({ decision: 'done', status: decision });
  });

  test('that is skipped leaves the way back of what failed, before the runbook goes on', () => {
    const events = [...failedRun(), ...ran('2.before.2')];
    const spoken = [...again(1), spoke('2.run.2', 'skip')];
    expect(next(events, { spoken })).toMatchObject({ name: '2.rollback.1', asks: 'approve' });
    const undone = [...events, ...ran('2.rollback', 'modifying'), ...ran('2.after')];
    expect(next(undone, { spoken })).toMatchObject({ name: '3.dry_run.1' });
  });

  test.each([
    ['skip', '2.rollback.1'],
    ['continue', '3.dry_run.1'],
  ])('that could not be started, and then %s: next is %s', (word, name) => {
    const events = [...failedRun(), ...ran('2.before.2'), ...ran('2.run.2', 'modifying', 'not_started')];
    expect(next(events, { spoken: [...again(1), said(word, 2)] })).toMatchObject({ name });
  });

  test('goes also to hosts of which others wrote that a wave nobody sent had succeeded there', () => {
    const other = 'i-0000000000000000b';
    const first = { ...intended('2.run', 'modifying'), targets: [instanceId], rest: [other] };
    const forged = {
      ...finished('2.run'),
      dispatch: { ...named('2.run'), wave: 2 },
      results: [host(other, 'succeeded')],
    } as ReturnType<typeof finished>;
    const plan = { targets: { all: [other, instanceId] } };
    const events = [...begun, first, finished('2.run', 'failed'), forged, ...ran('2.before.2')];
    const instances = [other, instanceId].map((id) => ({ id, tags: { countersign: 'on' }, online: true }));
    const compiled = compiledOf({
      runbook: fullRunbook
        .replace('severity: high', 'severity: low')
        .replace('targets: { from: alarm, max: 1 }', 'targets: { tags: { countersign: on }, max: 2 }'),
    });
    const whole = [opened, planned(compiled, plan), ...events];
    expect(next([], { whole, compiled, spoken: again(1), instances })).toMatchObject({
      name: '2.run.2',
      targets: [other, instanceId].toSorted(),
    });
  });

  test('leaves each host’s way back to the last attempt that came to it', () => {
    const other = 'i-0000000000000000b';
    const two = { ...intended('2.run', 'modifying'), targets: [other, instanceId] };
    const mixed = {
      ...finished('2.run', 'partial'),
      results: [host(other, 'succeeded'), host(instanceId, 'failed')],
    } as ReturnType<typeof finished>;
    const events = [...begun, two, mixed, ...ran('2.before.2'), ...ran('2.run.2', 'modifying', 'failed')];
    const instances = [other, instanceId].map((id) => ({ id, tags: { countersign: 'on' }, online: true }));
    const spoken = [said('retry'), said('abort', 2)];
    expect(next(events, { spoken, instances })).toMatchObject({ name: '2.rollback.2', targets: [instanceId] });
    const undone = [...events, ...ran('2.rollback.2', 'modifying'), ...ran('2.after.2')];
    expect(next(undone, { spoken, instances })).toMatchObject({ name: '2.rollback.1', targets: [other] });
  });
});

function host(target: string, outcome: 'succeeded' | 'failed') {
  const hash = '0'.repeat(64);
  return { target, status: 'x', exitCode: 0, stdoutHash: hash, stderrHash: hash, outcome };
}
