/** Every point at which a step can stop, against the words: "not run" only where it certainly did not run. */
import { describe, expect, test } from 'vitest';
import { type Head, nextEntry, readChain } from '../../../core/audit/chain.ts';
import type { AuditEvent, EventOf } from '../../../core/audit/entry.ts';
import type { AuditEntry } from '../../../core/audit/envelope.ts';
import type { Burn } from '../../../core/burn.ts';
import { canonicalJson, sha256 } from '../../../core/digest.ts';
import type { Dispatch } from '../../../core/dispatch.ts';
import { progressOf } from '../../../core/incident/progress.ts';
import { fateOf, type Proof } from '../../../core/report/words.ts';
import { DispatchOutcome, type HostOutcome } from '../../../core/words.ts';
import { burnOf, digest, dispatchOf, id, intended } from '../use-cases/closing.ts';

const run = dispatchOf(2);
const hosts = ['i-1', 'i-2', 'i-3'];

const requested: AuditEvent = {
  kind: 'approval_requested',
  dispatch: run,
  requestDigest: digest,
  policyDigest: digest,
  scriptHash: digest,
  level: 'modifying',
  targets: ['i-1'],
  approvers: [],
  required: 1,
  expiresAt: '',
};
const settled = (decision: EventOf<'approval_settled'>['decision']): AuditEvent => ({
  kind: 'approval_settled',
  dispatch: run,
  policyDigest: digest,
  requestDigest: digest,
  decision,
  by: [],
  reason: '',
});
const intent = intended(run, { targets: ['i-1'] });
const sent: AuditEvent = { kind: 'command_sent', dispatch: run, commandId: 'c', error: null };
const lost: AuditEvent = { kind: 'command_sent', dispatch: run, commandId: null, error: 'time-out' };
const refused = (outcome: 'refused' | 'stale'): AuditEvent => ({
  kind: 'dispatch_refused',
  dispatch: run,
  outcome,
  reasons: [],
});
const skipped: AuditEvent = { kind: 'gate_decided', decision: 'skip', dispatch: run, status: null, reasons: [] };
const confirmed: AuditEvent = { kind: 'step_confirmed', dispatch: run };
const closed: AuditEvent = { kind: 'incident_closed', status: 'halted', cause: null };

function finished(outcome: DispatchOutcome, results: Record<string, HostOutcome> = {}, dispatch = run): AuditEvent {
  return {
    kind: 'command_finished',
    dispatch,
    outcome,
    results: Object.entries(results).map(([target, host]) => ({
      target,
      status: 'x',
      exitCode: 0,
      stdoutHash: digest,
      stderrHash: digest,
      outcome: host,
    })),
  };
}

/** As the first release wrote it: without an outcome per host. */
function old(outcome: DispatchOutcome, statuses: Record<string, string>): AuditEvent {
  return {
    kind: 'command_finished',
    dispatch: run,
    outcome,
    results: Object.entries(statuses).map(([target, status]) => ({
      target,
      status,
      exitCode: 0,
      stdoutHash: digest,
      stderrHash: digest,
    })),
  };
}

function dispatchesAfter(events: readonly AuditEvent[], burns: readonly Burn[] | null) {
  let head: Head | null = null;
  const items = events.map((event, index) => {
    const entry: AuditEntry = nextEntry(
      id,
      head,
      { entryId: `e${index}`, at: '2026-11-21T03:00:00.000Z', actor: 'test' },
      event,
    );
    head = { ...entry, closed: false };
    return { place: entry.sequence, text: canonicalJson(entry) };
  });
  return progressOf(readChain(id, items).entries, burns && { burns, byFirstRelease: [] }).dispatches;
}

const burnt = [burnOf(run, { targets: ['i-1'] })];
const onThree = [burnOf(run, { targets: hosts })];
const manualBurn = [burnOf(run, { scriptHash: sha256('') })];
const unknown = 'may have run: look at the host first';
const silent = 'sent, result unknown: look at the host first';

type Case = [string, readonly AuditEvent[], readonly Burn[] | null, string];

const notBurnt: Case[] = [
  ['nothing happened', [], [], 'not run'],
  ['asked only', [requested], [], 'not run'],
  ['approved only', [requested, settled('approved')], [], 'not run'],
  ['rejected', [requested, settled('rejected')], [], 'not run'],
  ['expired', [requested, settled('expired')], [], 'not run: nobody answered in time'],
  ['undeliverable', [requested, settled('undeliverable')], [], 'not run: nobody could be asked'],
  ['skipped', [skipped], [], 'not run'],
  ['intended only', [intent], [], 'not run'],
  ['intended and refused', [intent, refused('refused')], [], 'not run: refused by the executor'],
  ['stale', [intent, refused('stale')], [], 'not run: what was asked had changed'],
  ['said to be sent', [intent, sent], [], 'not run'],
  ['said to have ended well', [intent, sent, finished('succeeded', { 'i-1': 'succeeded' })], [], 'not run'],
  ['said to be confirmed', [confirmed], [], 'not run'],
];

const isBurnt: Case[] = [
  ['burnt, and no entry left', [], burnt, unknown],
  ['burnt only', [intent], burnt, unknown],
  ['burnt, and an answer lost', [intent, lost], burnt, unknown],
  ['burnt, and refused a second time', [intent, refused('refused')], burnt, unknown],
  ['sent', [intent, sent], burnt, silent],
  ['sent, and refused a second time', [intent, sent, refused('refused')], burnt, silent],
  ['sent, and rejected afterwards', [intent, sent, settled('rejected'), skipped], burnt, silent],
  ['succeeded', [intent, sent, finished('succeeded', { 'i-1': 'succeeded' })], burnt, 'ran'],
  ['failed', [intent, sent, finished('failed', { 'i-1': 'failed' })], burnt, 'failed'],
  ['timed out', [intent, sent, finished('timed_out', { 'i-1': 'timed_out' })], burnt, 'timed out'],
  ['unknown', [intent, sent, finished('unknown', { 'i-1': 'unknown' })], burnt, unknown],
  ['unknown without hosts', [intent, lost, finished('unknown')], burnt, unknown],
  [
    'refused by the host',
    [intent, sent, finished('not_started', { 'i-1': 'refused_by_host' })],
    burnt,
    'not run: the host refused it',
  ],
  [
    'not started',
    [intent, sent, finished('not_started', { 'i-1': 'not_started' })],
    burnt,
    'not run: it could not be started',
  ],
  ['certainly not accepted', [intent, lost, finished('not_started')], burnt, 'not run: it could not be started'],
  ['sent, and then said not to be started', [intent, sent, finished('not_started')], burnt, unknown],
  ['ended well, and no host is named', [intent, sent, finished('succeeded')], burnt, unknown],
  ['ended well elsewhere', [intent, sent, finished('succeeded', { 'i-9': 'succeeded' })], burnt, unknown],
  [
    'late',
    [
      intent,
      closed,
      { ...sent, late: true },
      { ...finished('succeeded', { 'i-1': 'succeeded' }), late: true } as AuditEvent,
    ],
    burnt,
    'ran',
  ],
  ['a manual step, confirmed', [intent, confirmed], manualBurn, 'done by hand'],
  ['a manual step, not confirmed', [intent], manualBurn, 'may have been done by hand: look at the host first'],
  ['confirmed, and no manual step', [intent, sent, confirmed], burnt, silent],
  ['intended, with burns unreadable', [intent], null, unknown],
  ['ended, with burns unreadable', [intent, sent, finished('failed', { 'i-1': 'failed' })], null, 'failed'],
];

const mixed: Case[] = [
  [
    'a mix',
    [intent, sent, finished('partial', { 'i-1': 'succeeded', 'i-2': 'failed', 'i-3': 'unknown' })],
    onThree,
    'ran on i-1; failed on i-2; may have run on i-3: look at the host first',
  ],
  [
    'a host of which nothing is said',
    [intent, sent, finished('succeeded', { 'i-1': 'succeeded', 'i-2': 'succeeded' })],
    onThree,
    'ran on i-1, i-2; may have run on i-3: look at the host first',
  ],
  [
    'a wave that did not go out',
    [{ ...requested, targets: hosts } as AuditEvent, intent, sent, finished('failed', { 'i-1': 'failed' })],
    burnt,
    'failed on i-1; not run on i-2, i-3',
  ],
];

const byFirstRelease: Case[] = [
  ['ran', [intent, sent, old('succeeded', { 'i-1': 'Success' })], burnt, 'ran'],
  ['refused by its host', [intent, sent, old('refused', { 'i-1': 'Failed' })], burnt, 'not run: the host refused it'],
  ['a lost delivery', [intent, sent, old('timed_out', { 'i-1': 'DeliveryTimedOut' })], burnt, unknown],
  [
    'one word for all hosts',
    [intent, sent, old('refused', { 'i-1': 'Success', 'i-2': 'Failed', 'i-3': 'Success' })],
    onThree,
    'ran on i-1, i-3; may have run on i-2: look at the host first',
  ],
];

describe.each([
  ['without a burn', notBurnt],
  ['with a burn', isBurnt],
  ['on several hosts', mixed],
  ['of the first release', byFirstRelease],
])('%s', (_group, cases) => {
  test.each(cases)('%s', (_name, events, burns, words) => {
    const fate = fateOf(dispatchesAfter(events, burns), 'audit');
    expect(fate.words).toBe(words);
    expect(fate.isUnsure).toBe(words.includes('look at the host first'));
    expect(fate.mark === '✓').toBe(words === 'ran' || words === 'done by hand');
  });
});

describe('attempts and waves', () => {
  const second: Dispatch = { ...run, attempt: 2 };
  const wave = burnOf(dispatchOf(2, { wave: 2 }), { targets: ['i-2', 'i-3'] });
  const ran = [intent, sent, finished('failed', { 'i-1': 'failed' })];
  const again = [intended(second, { targets: ['i-1'] }), finished('succeeded', { 'i-1': 'succeeded' }, second)];

  test.each<Case>([
    ['the newest burnt attempt counts', [...ran, ...again], [...burnt, burnOf(second, { targets: ['i-1'] })], 'ran'],
    ['an attempt that was not burnt undoes nothing', [...ran, intended(second, { targets: ['i-1'] })], burnt, 'failed'],
    ['every wave counts', ran, [...burnt, wave], 'failed on i-1; may have run on i-2, i-3: look at the host first'],
  ])('%s', (_name, events, burns, words) => {
    const dispatches = dispatchesAfter(events, burns).toReversed();
    expect(fateOf(dispatches, 'audit').words).toBe(words);
  });
});

describe('a chain that must not be believed', () => {
  const ended = [intent, sent, finished('not_started', { 'i-1': 'not_started' }), confirmed];
  test.each<[Proof, readonly Burn[] | null, string]>([
    ['burns', burnt, unknown],
    ['burns', [], 'not run'],
    ['nothing', null, 'nobody knows whether it ran: look at the host first'],
  ])('with %s, %j', (proof, burns, words) => {
    const said = fateOf(dispatchesAfter(ended, burns), proof).words;
    expect([words, silent]).toContain(said);
  });
});

test('whatever the outcome and the hosts, "not run" is said of no host that may have run', () => {
  const certain: readonly string[] = ['not_started', 'refused_by_host'];
  for (const outcome of DispatchOutcome.options)
    for (const host of ['succeeded', 'failed', 'timed_out', 'unknown', 'not_started', 'refused_by_host'] as const) {
      const { words } = fateOf(dispatchesAfter([intent, sent, finished(outcome, { 'i-1': host })], burnt), 'audit');
      expect(words.includes('not run'), `${outcome}, ${host}`).toBe(certain.includes(host));
    }
});
