/** What counts as drift of a step, incident by incident, and what nobody signed does not. */
import { expect, test } from 'vitest';
import type { ReadEntry } from '../../../core/audit/chain.ts';
import type { AuditEvent } from '../../../core/audit/entry.ts';
import { driftOf, isDrifting } from '../../../core/report/drift.ts';
import { isoOf } from '../../../core/time.ts';
import { genuine, people, publicKey, sealed, strangersKey } from '../audit/genuine.ts';

const shape = { reads: 0, changes: ['modifying'], standing: false, closed: true, late: false, titled: true } as const;
const kept = (digest: string, reviewed: string | null = '2026-11-20') => [
  { id: 'fix', digest, reviewed, reviewEvery: '90d' },
];

function read(events: readonly AuditEvent[], from = Date.parse('2026-11-21T03:00:00.000Z')): ReadEntry[] {
  return events.map((event, index) => ({
    ...({} as ReadEntry),
    kind: event.kind,
    event,
    at: isoOf(from + index * 1000),
    sequence: index + 1,
  }));
}

const eventsOf = ({ entries }: Awaited<ReturnType<typeof genuine>>) => entries.map(({ event }) => event as AuditEvent);

test('an alarm that no runbook fits is counted by its name, with the first and the last time', () => {
  const opened: AuditEvent = {
    kind: 'incident_opened',
    alarmArn: 'arn',
    alarmName: 'queue-deep',
    contributorId: null,
    stateChangedAt: '2026-11-21T03:00:00.000Z',
    candidates: [],
  };
  const closed = { kind: 'incident_closed', status: 'no_match', cause: null } as const;
  const of = (id: string, day: string) => ({ id, entries: read([opened, closed], Date.parse(`${day}T03:00:00.000Z`)) });
  const found = driftOf([of('inc-b', '2026-11-22'), of('inc-a', '2026-11-20')], null, [], '2026-11-23');
  expect(found.unanswered).toEqual({
    'queue-deep': { incidents: 2, first: '2026-11-20T03:00:00.000Z', last: '2026-11-22T03:00:00.000Z' },
  });
  expect(isDrifting(found)).toBe(true);
});

test('who changes values changed the step; a name that somebody wrote without the key did not', async () => {
  const chain = await genuine('one', { ...shape, runbookDigest: 'a'.repeat(64) });
  const asked = eventsOf(chain).find((event) => event.kind === 'approval_requested');
  if (asked?.kind !== 'approval_requested') throw new Error('nothing was asked');
  const { dispatch, requestDigest } = asked;
  const word = (envelope: Awaited<ReturnType<typeof chain.sealed>>): AuditEvent => ({
    kind: 'vote_signed',
    dispatch,
    questionDigest: requestDigest,
    word: 'modify',
    by: people.ben,
    envelope,
  });
  const vote = { question: requestDigest, by: people.ben, at: '2026-11-21T03:00:09.000Z', word: 'modify' };
  const genuineWord = word(await chain.sealed({ ...vote, parameters: { unit: 'db' } }));
  const forged = word(await sealed(vote, strangersKey));
  const seenWith = (event: AuditEvent) =>
    driftOf(
      [{ id: chain.id, entries: read([...eventsOf(chain), event]) }],
      publicKey,
      kept('a'.repeat(64)),
      '2026-11-23',
    );
  expect(seenWith(genuineWord).runbooks[0]?.steps).toMatchObject([{ step: 1, seen: { modified: { incidents: 1 } } }]);
  expect(seenWith(forged).runbooks[0]?.steps).toEqual([]);
  expect(isDrifting(seenWith(forged))).toBe(false);
});

test('a question that expired counts for its step, and a review that is over for its runbook', async () => {
  const chain = await genuine('two', { ...shape, runbookDigest: 'b'.repeat(64) });
  const events = eventsOf(chain).flatMap((event): AuditEvent[] => {
    if (event.kind === 'approval_settled') return [{ ...event, decision: 'expired', by: [] }];
    return event.kind === 'vote_signed' || /^(dispatch|command)_/.test(event.kind) ? [] : [event];
  });
  const incidents = [{ id: chain.id, entries: read(events) }];
  const found = driftOf(incidents, publicKey, kept('b'.repeat(64), '2026-08-01'), '2026-11-23');
  expect(found.runbooks[0]).toMatchObject({
    review: 'overdue',
    reviewDays: 114,
    steps: [{ step: 1, isCurrent: true, seen: { expired: { incidents: 1 } } }],
  });
});
