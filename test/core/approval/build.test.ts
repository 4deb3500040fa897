/** The question: everything that is approved, the same for whoever builds it, and bound to what was shown beside it. */
import { describe, expect, test } from 'vitest';
import { areWithinPolicy, buildQuestion, rollbackScript, timesFrom } from '../../../core/approval/build.ts';
import type { AuditEvent } from '../../../core/audit/entry.ts';
import { sha256 } from '../../../core/digest.ts';
import { Question } from '../../../core/question.ts';
import { isoOf } from '../../../core/time.ts';
import { account, instanceId, region, start } from '../../support/fixtures.ts';
import { fullRunbook, intended, named, opened, planned, ran, situationAfter, subject } from '../gate/situations.ts';
import { asking, compiledFor, derivedIn, eventsBefore, question } from './asked.ts';

const compiled = compiledFor({ runbook: fullRunbook });
const given = (events: readonly AuditEvent[], changes = {}) => situationAfter(events, { compiled, ...changes });
const { situation, derived, origin } = asking(given(eventsBefore));
const shownAfter = (events: readonly AuditEvent[]) => asking(given(events)).question.shown;

describe('a question', () => {
  test('says what runs where, for how long, under which policy, and who may answer until when', () => {
    const built = buildQuestion(situation, derived, origin);
    expect(Question.parse(built)).toEqual(built);
    expect(built).toMatchObject({
      format: 2,
      kind: 'approve',
      revision: 1,
      incidentId: situation.incidentId,
      place: { account, region, environment: 'production', mode: 'live' },
      subject,
      runbook: { id: 'fix', digest: derived.runbook.digest },
      policyDigest: compiled.policyDigest,
      items: [
        {
          dispatch: named('2.run'),
          title: 'Restart',
          scriptHash: sha256(derived.script ?? ''),
          parameters: {},
          targets: [instanceId],
          waves: [1],
          level: 'modifying',
          flags: [],
          executionTimeoutSeconds: 60,
          deliveryTimeoutSeconds: 30,
        },
      ],
      document: { name: compiled.document.name, digest: compiled.document.digest },
      terms: {
        required: 1,
        approvers: ['ana', 'ben'],
        secondChannel: false,
        levels: [{ place: 'incidents', mention: null, until: isoOf(start + 600_000) }],
      },
      initiator: null,
      nonce: origin.nonce,
      createdAt: isoOf(start),
      expiresAt: isoOf(start + 600_000),
    });
  });

  test('is the same for the kernel later, whatever was appended since', () => {
    const asked = buildQuestion(situation, derived, origin);
    const requested: AuditEvent = {
      kind: 'approval_requested',
      dispatch: derived.dispatch,
      requestDigest: sha256('x'),
      policyDigest: compiled.policyDigest,
      scriptHash: derived.scriptHash,
      level: 'modifying',
      targets: [instanceId],
      approvers: [],
      required: 1,
      expiresAt: origin.expiresAt,
      question: asked,
    };
    const later = given([...eventsBefore, requested, intended('2.run', 'modifying')], {
      burns: [],
      now: start + 300_000,
    });
    expect(buildQuestion(later, derivedIn(later), origin)).toEqual(asked);
    // A later wave of the same step, and what ran only since, are not what was shown.
    const since = given([...eventsBefore, requested, ...ran('3.before'), ...ran('2.after')]);
    expect(buildQuestion(since, derived, origin).shown).toEqual(asked.shown);
  });

  test('asks at least one person, also where the verdict names no number', () => {
    const verdict = { ...derived.verdict, approvals: { ...derived.verdict.approvals, required: 0 } };
    expect(buildQuestion(situation, { ...derived, verdict }, origin).terms.required).toBe(1);
    const two = { ...derived.verdict, approvals: { ...derived.verdict.approvals, required: 2 } };
    expect(buildQuestion(situation, { ...derived, verdict: two }, origin).terms.required).toBe(2);
  });

  test('of a manual step is of its own kind, and without targets has no wave', () => {
    const built = buildQuestion(situation, { ...derived, script: null, targets: [], waves: [[]] }, origin);
    expect(built).toMatchObject({ kind: 'manual', items: [{ targets: [], waves: [] }] });
    expect(Question.safeParse(built).success).toBe(true);
  });

  test('is about the first wave, whichever wave asks', () => {
    const wave2 = { ...derived, dispatch: { ...derived.dispatch, wave: 2 } };
    expect(buildQuestion(situation, wave2, origin)).toEqual(buildQuestion(situation, derived, origin));
  });

  test('is not built about an incident whose subject is not proven, or whose alarm is unknown', () => {
    expect(() => buildQuestion({ ...situation, subject: null }, derived, origin)).toThrow(/not proven/);
    expect(() => buildQuestion({ ...situation, alarm: null }, derived, origin)).toThrow(/not proven/);
  });
});

describe('what was shown', () => {
  test('is null where nothing was', () => {
    expect(question.shown).toMatchObject({ dryRun: null, rollback: null, evidence: [] });
    expect(buildQuestion(given(ran('1.run')), derived, origin).shown.before).toBeNull();
    expect(buildQuestion(given([intended('2.before', 'read_only')]), derived, origin).shown.before).toBeNull();
  });

  test('covers evidence and rollback', () => {
    const evidence = [sha256('a'), sha256('b')];
    const whole = [opened, planned(compiled, { evidence }), ...eventsBefore];
    expect(asking(given([], { whole })).question.shown).toMatchObject({
      evidence,
      rollback: sha256('systemctl stop web'),
    });
    expect(rollbackScript(derived)).toBe('systemctl stop web');
  });

  const printed = (
    changes: Partial<{ exitCode: number; stdoutHash: string; stderrHash: string; status: string }> = {},
  ) => ({
    target: instanceId,
    status: 'Success',
    exitCode: 0,
    stdoutHash: sha256('out'),
    stderrHash: sha256(''),
    ...changes,
  });
  const observed = (
    result: ReturnType<typeof printed>,
    outcome: 'succeeded' | 'failed' = 'succeeded',
  ): AuditEvent[] => [
    ...ran('1.run'),
    intended('2.before', 'read_only'),
    { kind: 'command_finished', dispatch: named('2.before'), outcome, results: [result] },
  ];

  test.each([
    ['an output', printed({ stdoutHash: sha256('other') }), 'succeeded' as const],
    ['an error output', printed({ stderrHash: sha256('other') }), 'succeeded' as const],
    ['an exit code', printed({ exitCode: 1 }), 'succeeded' as const],
    ['a status', printed({ status: 'Failed' }), 'succeeded' as const],
    ['an outcome', printed(), 'failed' as const],
  ])('changes with %s of what was observed before', (_, result, outcome) => {
    const asked = shownAfter(observed(printed()));
    expect(asked.before).toMatch(/^[0-9a-f]{64}$/);
    const other = shownAfter(observed(result, outcome));
    expect(other.before).not.toBe(asked.before);
    expect(other.outcomes).not.toBe(asked.outcomes);
  });

  test('changes with how earlier steps ended', () => {
    const ended = (...events: AuditEvent[]) => shownAfter([...events, ...ran('2.before')]).outcomes;
    const unfinished = intended('1.run', 'read_only');
    const refused: AuditEvent = {
      kind: 'dispatch_refused',
      dispatch: named('1.run'),
      outcome: 'stale',
      reasons: [],
    };
    const seen = [ended(...ran('1.run')), ended(...ran('1.run', 'read_only', 'failed'))];
    const open = given([unfinished, ...ran('2.before')], { burns: [] });
    const stale = given([unfinished, refused, ...ran('2.before')], { burns: [] });
    seen.push(
      buildQuestion(open, derived, origin).shown.outcomes,
      buildQuestion(stale, derived, origin).shown.outcomes,
    );
    expect(new Set(seen).size).toBe(4);
  });

  test('is computed from the chain alone: burns that only some may read change nothing', () => {
    const without = given(eventsBefore, { burns: [] });
    expect(buildQuestion(without, derived, origin)).toEqual(buildQuestion(situation, derived, origin));
  });
});

describe('times', () => {
  test('a question waits as long as the policy says, and never longer than the incident may live', () => {
    expect(timesFrom(situation, derived)).toEqual({ createdAt: isoOf(start), expiresAt: isoOf(start + 600_000) });
    const late = given(eventsBefore, { now: start + (28_800 - 600 - 90.5) * 1000 });
    expect(timesFrom(late, derived).expiresAt).toBe(isoOf(late.now + 90_000));
  });

  test.each([
    [0, false],
    [-1, false],
    [1, true],
    [600_000, true],
    [600_001, false],
  ])('a life of %d ms is within a policy of 10 minutes: %s', (life, expected) => {
    const times = { createdAt: isoOf(start), expiresAt: isoOf(start + life) };
    expect(areWithinPolicy(times, situation, derived)).toBe(expected);
  });
});
