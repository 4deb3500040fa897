/** The fold: what of a chain counts, once, and that what permits something comes from burns alone. */
import { describe, expect, test } from 'vitest';
import { readChain } from '../../../core/audit/chain.ts';
import type { AuditEvent } from '../../../core/audit/entry.ts';
import {
  type Burns,
  findDispatch,
  hasFailed,
  isMutation,
  isOpen,
  mutations,
  progressOf,
  subjectOf,
  touchedHosts,
} from '../../../core/incident/progress.ts';
import { compiledOf } from '../../support/fixtures.ts';
import {
  burnsOf,
  chainOf,
  finished,
  fullRunbook,
  incidentId,
  intended,
  named,
  opened,
  planned,
  ran,
  subject,
} from '../gate/situations.ts';

const plan = planned(compiledOf({ runbook: fullRunbook }));
const none: Burns = { burns: [], byFirstRelease: [] };
const fold = (
  events: readonly AuditEvent[],
  burns: Burns | null = { burns: burnsOf([opened, plan, ...events]), byFirstRelease: [] },
) => progressOf(readChain(incidentId, chainOf([opened, plan, ...events])).entries, burns);
const run = named('2.run');
const closing: AuditEvent = { kind: 'incident_closed', status: 'aborted', cause: null };
const sent: AuditEvent = { kind: 'command_sent', dispatch: run, commandId: 'c-1', error: null };
const host = (target: string, outcome: 'succeeded' | 'failed' | 'not_started' | 'refused_by_host' | 'unknown') => ({
  target,
  status: 'x',
  exitCode: 0,
  stdoutHash: 'ab'.repeat(32),
  stderrHash: 'ab'.repeat(32),
  outcome,
});

describe('what counts once', () => {
  test('the first opening, plan, closing and end of a command; nothing rewrites them', () => {
    const other = { ...opened, alarmName: 'other' } as AuditEvent;
    const progress = fold([
      ...ran('2.run', 'modifying'),
      other,
      { ...plan, confidence: 0.1 },
      finished('2.run', 'failed'),
    ]);
    expect(progress.opened).toMatchObject({ alarmName: 'fix-web' });
    expect(progress.planned?.confidence).toBe(0.92);
    expect(findDispatch(progress, run)?.finished?.outcome).toBe('succeeded');
    expect(subjectOf(progress)).toEqual(subject);
  });

  test('the newest intent before the send, and none after it', () => {
    const later = { ...intended('2.run', 'modifying'), notAfter: 9 } as AuditEvent;
    expect(findDispatch(fold([intended('2.run', 'modifying'), later]), run)?.intended?.notAfter).toBe(9);
    expect(findDispatch(fold([intended('2.run', 'modifying'), sent, later]), run)?.intended?.notAfter).toBe(0);
  });

  test('stale rounds in a row, until something comes of a dispatch', () => {
    const stale: AuditEvent = { kind: 'dispatch_refused', dispatch: run, outcome: 'stale', reasons: [] };
    expect(fold([stale, stale]).staleRounds).toBe(2);
    expect(fold([stale, stale, finished('1.run')]).staleRounds).toBe(0);
    expect(fold([stale, { ...stale, outcome: 'refused' }, stale]).staleRounds).toBe(1);
  });
});

describe('burns', () => {
  test('an intent without a burn is no mutation and not open', () => {
    const known = findDispatch(fold([intended('2.run', 'modifying')], none), run);
    expect(known && [isMutation(known), isOpen(known)]).toEqual([false, false]);
  });

  test('a burn of which the chain says nothing is open', () => {
    const burns = burnsOf([opened, plan, intended('2.run', 'destructive')]);
    const progress = fold([], { burns, byFirstRelease: [] });
    expect(mutations(progress)).toHaveLength(1);
    expect(progress.dispatches.map(isOpen)).toEqual([true]);
  });

  test('the level of the burn counts, whatever the chain says it was', () => {
    const burns = burnsOf([opened, plan, intended('2.run', 'modifying')]);
    expect(mutations(fold(ran('2.run', 'read_only'), { burns, byFirstRelease: [] }))).toHaveLength(1);
  });

  test('a dispatch that the first release burnt counts as its intent says', () => {
    const progress = fold(ran('2.run', 'modifying'), { burns: [], byFirstRelease: [run] });
    expect(mutations(progress)).toHaveLength(1);
    expect(progress.dispatches[0]?.burn).toMatchObject({ level: 'modifying' });
  });

  test('without any word from Dispatches an intent counts as burnt', () => {
    expect(mutations(fold([intended('2.run', 'modifying')], null))).toHaveLength(1);
  });
});

describe('late facts', () => {
  const begun = [intended('2.run', 'modifying')];
  const late = (event: AuditEvent): AuditEvent => ({ ...event, late: true }) as AuditEvent;

  test('of a burnt dispatch count once, behind the closing', () => {
    const progress = fold([...begun, closing, late(sent), late(finished('2.run')), late(finished('2.run', 'failed'))]);
    expect(findDispatch(progress, run)).toMatchObject({
      sent: { commandId: 'c-1' },
      finished: { outcome: 'succeeded' },
    });
  });

  test('do not count without the burn, without the mark, or of another kind', () => {
    expect(findDispatch(fold([...begun, closing, late(finished('2.run'))], none), run)?.finished).toBeNull();
    expect(findDispatch(fold([...begun, closing, finished('2.run')]), run)?.finished).toBeNull();
    expect(fold([closing, { ...plan, confidence: 0 }]).planned?.confidence).toBe(0.92);
    expect(fold([closing, late(finished('3.run'))]).dispatches).toEqual([]);
    const skip: AuditEvent = { kind: 'gate_decided', decision: 'skip', dispatch: run, status: null, reasons: [] };
    expect(findDispatch(fold([...begun, closing, skip]), run)?.skipped).toBe(false);
  });

  test('that people were told is noted once', () => {
    const told = (slack: boolean): AuditEvent => ({
      kind: 'people_told',
      incidentId,
      status: 'aborted',
      slack,
      paged: true,
      late: true,
    });
    expect(fold([closing, told(true), told(false)]).told).toMatchObject({ slack: true });
    expect(fold([closing, { ...told(true), late: undefined } as unknown as AuditEvent]).told).toBeNull();
  });
});

describe('hosts that an undo is for', () => {
  const on = (
    results: ReturnType<typeof host>[],
    outcome: 'partial' | 'unknown' | 'failed' | 'not_started' = 'partial',
  ) => {
    const targets = ['i-1', 'i-2', 'i-3'];
    const intent = { ...intended('2.run', 'modifying'), targets } as AuditEvent;
    const known = findDispatch(fold([intent, { kind: 'command_finished', dispatch: run, outcome, results }]), run);
    return known ? { touched: touchedHosts(known), failed: hasFailed(known) } : null;
  };

  test('are those on which something may have run, host by host', () => {
    expect(on([host('i-1', 'succeeded'), host('i-2', 'refused_by_host'), host('i-3', 'unknown')])).toEqual({
      touched: ['i-1', 'i-3'],
      failed: true,
    });
    expect(
      on([host('i-1', 'not_started'), host('i-2', 'not_started'), host('i-3', 'refused_by_host')], 'not_started'),
    ).toEqual({ touched: [], failed: true });
  });

  test('are all where nobody knows, and a host without an outcome has that of all', () => {
    expect(on([], 'unknown')?.touched).toEqual(['i-1', 'i-2', 'i-3']);
    expect(on([host('i-1', 'not_started')], 'failed')?.touched).toEqual(['i-2', 'i-3']);
    const open = findDispatch(fold([{ ...intended('2.run', 'modifying'), targets: ['i-1'] } as AuditEvent]), run);
    expect(open && touchedHosts(open)).toEqual(['i-1']);
  });
});
