/** What is counted from the audit: each entry once, true times, and nothing that the chain does not say. */
import { expect, test } from 'vitest';
import { type Measure, measuresOf } from '../../../core/report/measures.ts';
import { World } from '../../support/world.ts';

const named = (measures: readonly Measure[], name: Measure['name']) => measures.filter((one) => one.name === name);

async function lived() {
  const world = new World();
  const id = await world.ring();
  await world.run(id);
  const { entries } = world.reading(id);
  return {
    world,
    id,
    entries,
    all: measuresOf(
      entries,
      entries.map(({ sequence }) => sequence),
    ),
  };
}

test('an incident counts its ending, each command by its risk, the first card and each answer with their seconds', async () => {
  const { world, entries, all } = await lived();
  expect(named(all, 'IncidentsClosed')).toEqual([
    { name: 'IncidentsClosed', unit: 'Count', value: 1, by: { name: 'Status', value: expect.any(String) } },
  ]);
  expect(named(all, 'Sends')).toHaveLength(world.sends.length);
  expect(named(all, 'TimeToFirstCard')).toHaveLength(1);
  expect(named(all, 'TimeToFirstCard')[0]?.value).toBeGreaterThanOrEqual(0);
  const answers = entries.filter(({ kind }) => kind === 'vote_signed');
  expect(answers.length).toBeGreaterThan(0);
  expect(named(all, 'TimeToAnswer').map(({ by }) => by?.value)).toEqual(answers.map(() => 'approve'));
});

test('only what is new counts: entry by entry it is the same as all at once', async () => {
  const { entries, all } = await lived();
  expect(entries.flatMap(({ sequence }) => measuresOf(entries, [sequence]))).toEqual(all);
  expect(measuresOf(entries, [])).toEqual([]);
});

test('a command that was not sent is no send, and times that contradict each other are no time', async () => {
  const { entries } = await lived();
  const unsent = entries.map((entry) =>
    entry.event?.kind === 'command_sent' ? { ...entry, event: { ...entry.event, commandId: null } } : entry,
  );
  const places = entries.map(({ sequence }) => sequence);
  expect(named(measuresOf(unsent, places), 'Sends')).toEqual([]);
  const early = entries.map((entry) =>
    entry.kind === 'approval_delivered' ? { ...entry, at: '1999-01-01T00:00:00.000Z' } : entry,
  );
  expect(named(measuresOf(early, places), 'TimeToFirstCard')).toEqual([]);
});

test('a question that is asked anew for a later wave is answered since that card, and not since the first one', async () => {
  const { entries } = await lived();
  const later = entries.map((entry) =>
    entry.event?.kind === 'approval_delivered'
      ? { ...entry, event: { ...entry.event, dispatch: { ...entry.event.dispatch, wave: 2 } } }
      : entry,
  );
  const places = entries.map(({ sequence }) => sequence);
  const answers = (of: typeof entries) => named(measuresOf(of, places), 'TimeToAnswer');
  expect(answers(later)).toEqual(answers(entries));
});

test('the first card of a further round is timed since that began, and not since the alarm changed long before', async () => {
  const { entries } = await lived();
  const place = entries.findIndex(({ kind }) => kind === 'approval_delivered');
  const round = (number: number, minutesBefore: number) =>
    entries.map((entry) => {
      const { event, at } = entry;
      if (event?.kind !== 'incident_opened' || event.subject?.kind !== 'alarm') return entry;
      const stateChangedAt = new Date(Date.parse(at) - minutesBefore * 60_000).toISOString();
      return { ...entry, event: { ...event, stateChangedAt, subject: { ...event.subject, round: number } } };
    });
  const timed = (of: typeof entries) =>
    named(measuresOf(of, [entries[place]?.sequence ?? -1]), 'TimeToFirstCard')[0]?.value;
  expect(timed(round(1, 40))).toBeGreaterThan(40 * 60);
  expect(timed(round(2, 40))).toBeLessThan(40 * 60);
});

test('`tell` counts what it was woken for, and of a broken chain nothing', async () => {
  const { world, id, entries } = await lived();
  await world.tell(id, [entries.at(-1)?.sequence ?? 0, 1]);
  const before = world.measures.length;
  const closed = entries.find(({ kind }) => kind === 'incident_closed')?.sequence ?? 0;
  await world.tell(id, [closed]);
  expect(named(world.measures, 'IncidentsClosed')).toHaveLength(1);
  expect(world.measures.length).toBe(before + 1);
  const [, second] = await world.audit.items(id);
  world.audit.plant(id, 2, (second?.text ?? '').replace('"kind"', '"kinds"'));
  await world.tell(id, [closed]).catch(() => {});
  expect(world.measures.length).toBe(before + 1);
});

test('an escalation counts once, by its level; a page by that word', async () => {
  const { entries } = await lived();
  const requested = entries.find(({ kind }) => kind === 'approval_requested');
  if (requested?.event?.kind !== 'approval_requested') throw new Error('nothing was asked');
  const { dispatch, requestDigest } = requested.event;
  const said = { kind: 'approval_escalated' as const, dispatch, requestDigest, place: 'leads', until: requested.at };
  const of = (level: number, card: { channel: string; messageTs: string } | null) =>
    measuresOf([...entries, { ...requested, sequence: 9_000, event: { ...said, level, card } }], [9_000]);
  expect([of(2, { channel: 'C1', messageTs: '1' }), of(3, null)].flat().map(({ name, by }) => [name, by])).toEqual([
    ['Escalations', { name: 'EscalationLevel', value: '2' }],
    ['Escalations', { name: 'EscalationLevel', value: 'page' }],
  ]);
});

test('an answer counts for its approver only with a genuine vote, and by the name that was signed', async () => {
  const { world, entries } = await lived();
  const places = entries.map(({ sequence }) => sequence);
  const key = await world.publicKey();
  const own = (of: typeof entries, pem: string | null) =>
    measuresOf(of, places, pem)
      .filter(({ by }) => by?.name === 'Approver')
      .map(({ name, by, and }) => [name, by?.value, and?.value ?? null]);
  const votes = entries.filter(({ kind }) => kind === 'vote_signed').length;
  expect(own(entries, key)).toEqual(
    Array(votes)
      .fill([
        ['TimeToAnswer', 'ana', null],
        ['Answers', 'ana', 'approve'],
      ])
      .flat(),
  );
  const renamed = entries.map((entry) =>
    entry.event?.kind === 'vote_signed'
      ? { ...entry, event: { ...entry.event, by: { ...entry.event.by, name: 'eve' } } }
      : entry,
  );
  expect(own(renamed, key)).toEqual(own(entries, key));
  const forged = renamed.map((entry) =>
    entry.event?.kind === 'vote_signed'
      ? { ...entry, event: { ...entry.event, envelope: { ...entry.event.envelope, payload: 'e30=' } } }
      : entry,
  );
  expect([own(forged, key), own(entries, null)]).toEqual([[], []]);
});

test('a question that expired is one time-out, and a rejection is none', async () => {
  const { entries } = await lived();
  const settled = entries.find(({ kind }) => kind === 'approval_settled');
  if (settled?.event?.kind !== 'approval_settled') throw new Error('nothing was settled');
  const of = (decision: 'expired' | 'rejected') => {
    const event = { ...(settled.event as Extract<typeof settled.event, { kind: 'approval_settled' }>), decision };
    return measuresOf([...entries, { ...settled, sequence: 9_000, event }], [9_000]);
  };
  expect(of('expired')).toEqual([{ name: 'TimeOuts', unit: 'Count', value: 1, by: null }]);
  expect(of('rejected')).toEqual([]);
});
