/** How a change ended is told as Systems Manager says, wherever it says something; else as the chain does. */
import { describe, expect, test } from 'vitest';
import type { EventOf } from '../../../core/audit/entry.ts';
import type { Invocation } from '../../../core/derive/outcome.ts';
import { sha256 } from '../../../core/digest.ts';
import { dispatchName } from '../../../core/dispatch.ts';
import { type DispatchProgress, type Progress, progressOf } from '../../../core/incident/progress.ts';
import { asLookedAt, changesToLookAt, endOf, type Look } from '../../../core/report/ended.ts';
import { fateOf } from '../../../core/report/words.ts';
import type { DispatchOutcome } from '../../../core/words.ts';
import { burnOf, dispatchOf } from '../use-cases/closing.ts';

const run = dispatchOf(2);
const hosts = ['i-1', 'i-2'];
const said = (target: string, status: string, changes: Partial<Invocation> = {}): Invocation => ({
  target,
  status,
  exitCode: status === 'Success' ? 0 : 1,
  stdout: '',
  stderr: '',
  ...changes,
});

function progressWith(changes: Partial<DispatchProgress> = {}): Progress {
  const folded = progressOf([], { burns: [burnOf(run, { targets: hosts })], byFirstRelease: [] });
  return { ...folded, dispatches: folded.dispatches.map((known) => ({ ...known, ...changes })) };
}

const finishedAs = (outcome: DispatchOutcome): EventOf<'command_finished'> => ({
  kind: 'command_finished',
  dispatch: run,
  outcome,
  results: [],
});
const sentAs = (commandId: string | null) =>
  ({ kind: 'command_sent', dispatch: run, commandId, error: commandId ? null : 'AccessDenied' }) as const;

/** What is told of the change after this look. */
function toldOf(progress: Progress, look?: Look) {
  const looks = new Map(look === undefined ? [] : [[dispatchName(run), look]]);
  return fateOf(asLookedAt(progress, looks).dispatches, 'audit');
}

describe('what is told of a change', () => {
  const claims: (DispatchOutcome | null)[] = ['succeeded', 'failed', 'timed_out', 'unknown', 'not_started', null];

  test.each(claims)('that the chain calls %s is what Systems Manager says on every host', (claim) => {
    const progress = progressWith({ finished: claim && finishedAs(claim), sent: sentAs('c') });
    const told = (...statuses: string[]) =>
      toldOf(
        progress,
        hosts.map((host, index) => said(host, statuses[index] ?? '')),
      );
    expect(told('Success', 'Success')).toMatchObject({ words: 'ran', outcome: 'succeeded', isUnsure: false });
    expect(told('Failed', 'Failed')).toMatchObject({ words: 'failed', outcome: 'failed' });
    expect(told('Undeliverable', 'Undeliverable').words).toBe('not run: it could not be started');
    expect(told('Success', 'Failed').words).toBe('ran on i-1; failed on i-2');
    expect(told('Success', 'InProgress').words).toBe('ran on i-1; may have run on i-2: look at the host first');
    expect(told('Pending', 'InProgress')).toMatchObject({
      words: 'may have run: look at the host first',
      isUnsure: true,
    });
  });

  test('of which Systems Manager knows nothing: that it ended is not believed, that it was never sent is', () => {
    for (const claim of claims.filter((claim) => claim !== 'not_started'))
      expect(toldOf(progressWith({ finished: claim && finishedAs(claim) }), null).words).toMatch(/may have run/);
    const unsent = finishedAs('not_started');
    expect(toldOf(progressWith({ finished: unsent, sent: sentAs(null) }), null).words).toMatch(/^not run/);
    expect(toldOf(progressWith({ finished: unsent, sent: sentAs('c') }), null).words).toMatch(/may have run/);
  });

  test('about which Systems Manager does not answer is what the chain says', () => {
    const results = hosts.map((target) => endOf(run, 'failed', [said(target, 'Failed')]).event.results[0]);
    const finished = { ...finishedAs('failed'), results: results.flatMap((result) => result ?? []) };
    expect(toldOf(progressWith({ finished })).words).toBe('failed');
  });
});

test('it is asked of changes that went out from this release: not of looks, manual steps, or the first release’s', () => {
  const burns = [
    burnOf(dispatchOf(1), { level: 'read_only' }),
    burnOf(dispatchOf(2)),
    burnOf(dispatchOf(3), { scriptHash: sha256('') }),
    burnOf(dispatchOf(4), { level: 'destructive' }),
  ];
  const progress = progressOf([], { burns, byFirstRelease: [] });
  expect(changesToLookAt(progress).map(({ dispatch }) => dispatch.step)).toEqual([2, 4]);
  const old = progress.dispatches.map((known) => ({
    ...known,
    burn: known.burn && { ...known.burn, planDigest: null },
  }));
  expect(changesToLookAt({ ...progress, dispatches: old })).toEqual([]);
});

test('the end holds the hashes of exactly the texts that are stored, without secrets', () => {
  const secret = 'AKIAIOSFODNN7EXAMPLA';
  const { event, outputs } = endOf(run, 'failed', [said('i-1', 'Failed', { stdout: `key ${secret}`, stderr: 'x' })]);
  expect(JSON.stringify([event, outputs])).not.toContain(secret);
  expect(event.results).toEqual([
    {
      target: 'i-1',
      status: 'Failed',
      exitCode: 1,
      outcome: 'failed',
      stdoutHash: sha256(outputs[0]?.stdout ?? ''),
      stderrHash: sha256('x'),
      redacted: { 'AWS access key id': 1 },
    },
  ]);
});

test('the chain counts by kind what was taken out of an output, and says nothing where nothing was', () => {
  const outputs = [
    said('i-1', 'Success', {
      stdout: 'AWS_ACCESS_KEY_ID=AKIAQ3EXAMPLEABCD7ZZ\npassword=hunter2zz',
      stderr: 'password=another1zz',
    }),
    said('i-2', 'Success', { stdout: 'all is well' }),
  ];
  const { event } = endOf(run, 'succeeded', outputs);
  const [first, second] = event.results;
  expect(Object.values(first?.redacted ?? {}).reduce((sum, count) => sum + count, 0)).toBe(3);
  expect(first?.redacted).toMatchObject({ password: 2 });
  expect(second).not.toHaveProperty('redacted');
});
