/** The chain and its verifier: whatever is changed, removed, reordered, inserted or cut is found, and found where it is. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completeness } from '../../../cli/audit.ts';
import { AuditUnavailable, append, maximumAppendTries, record } from '../../../core/audit/append.ts';
import { type AuditEntry, nextEntry } from '../../../core/audit/entry.ts';
import { verifyChain } from '../../../core/audit/verify.ts';
import { seed, share } from '../../soak.ts';
import { World } from '../../support/world.ts';

const chain = 'inc-00000000000000000000';

/** A closed chain of `length` entries. */
function chainOf(length: number): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (let place = 1; place <= length; place += 1) {
    const author = {
      entryId: `e${place}`,
      at: `2026-11-21T03:00:${String(place % 60).padStart(2, '0')}.000Z`,
      actor: 'gate',
    };
    const event =
      place === length
        ? ({ kind: 'incident_closed', status: 'resolved', cause: null } as const)
        : ({ kind: 'alarm_joined', alarmArn: 'arn', state: 'OK', why: `event ${place}` } as const);
    entries.push(nextEntry(chain, entries.at(-1) ?? null, author, event));
  }
  return entries;
}

const problemsOf = (entries: readonly unknown[], isOpen = false) => {
  const report = verifyChain(chain, entries);
  return [...report.problems.map(({ problem }) => problem), ...completeness(report, isOpen)];
};

describe('I7: a tampered chain is detected and located', () => {
  test('an untouched chain is whole', () => {
    expect(problemsOf(chainOf(12))).toEqual([]);
    expect(verifyChain(chain, chainOf(12))).toMatchObject({ whole: true, closed: true, entries: 12 });
  });

  test('an empty chain is a problem', () => {
    expect(problemsOf([])).not.toEqual([]);
  });

  const manipulations: Record<string, (entries: AuditEntry[], place: number) => unknown[]> = {
    'a changed text': (entries, place) =>
      entries.with(place, { ...(entries[place] as AuditEntry), at: '2026-11-21T04:00:00.000Z' }),
    'a changed event': (entries, place) =>
      entries.with(place, {
        ...(entries[place] as AuditEntry),
        event: { kind: 'alarm_joined', alarmArn: 'other', state: 'OK', why: '' },
      }),
    'a removed entry': (entries, place) => entries.toSpliced(place, 1),
    'an inserted entry': (entries, place) => entries.toSpliced(place, 0, entries[place] as AuditEntry),
    'a swapped pair': (entries, place) =>
      entries
        .with(place, entries[(place + 1) % entries.length] as AuditEntry)
        .with((place + 1) % entries.length, entries[place] as AuditEntry),
    'a tail cut off': (entries, place) => entries.slice(0, place),
    'no entry at all': (entries, place) => (entries as unknown[]).with(place, { nonsense: true }),
    'a rewritten tail': (entries, place) => {
      const author = { entryId: 'forged', at: '2026-11-21T03:00:00.000Z', actor: 'gate' };
      const forged = nextEntry(chain, entries[place - 1] ?? null, author, {
        kind: 'alarm_joined',
        alarmArn: 'x',
        state: 'OK',
        why: '',
      });
      return entries.with(place, forged);
    },
  };

  for (const [name, manipulate] of Object.entries(manipulations)) {
    test(`${name}, at any place`, () => {
      fc.assert(
        fc.property(fc.integer({ min: 2, max: 20 }), fc.nat(), (length, at) => {
          const entries = chainOf(length);
          const place = at % length;
          const report = verifyChain(chain, manipulate(entries, place));
          const found = [...report.problems, ...completeness(report, false)];
          expect(found.length).toBeGreaterThan(0);
          const first = report.problems[0]?.place;
          if (first !== undefined)
            expect(Math.abs(first - (place + 1))).toBeLessThanOrEqual(length === place + 1 ? length : 1);
        }),
        { seed, numRuns: share(10_000) },
      );
    });
  }
});

describe('append', () => {
  test('50 writers at once leave one whole chain with every event once', async () => {
    const world = new World();
    const events = Array.from(
      { length: 50 },
      (_, index) => ({ kind: 'alarm_joined', alarmArn: 'a', state: 'OK', why: `${index}` }) as const,
    );
    const write = async (event: (typeof events)[number]): Promise<void> => {
      try {
        await append(world.writer('triage'), chain, event);
      } catch (error) {
        if (!(error instanceof AuditUnavailable)) throw error;
        await write(event);
      }
    };
    await Promise.all(events.map(write));
    expect(verifyChain(chain, world.chains.get(chain) ?? []).whole).toBe(true);
    expect(
      world
        .events(chain)
        .map((event) => event.kind === 'alarm_joined' && event.why)
        .sort(),
    ).toEqual(events.map(({ why }) => why).sort());
  });

  test('an append whose answer was lost recognises itself', async () => {
    const world = new World();
    const writer = world.writer('triage');
    const deaf = {
      ...writer,
      store: {
        ...writer.store,
        putIfAbsent: async (entry: AuditEntry) => (await writer.store.putIfAbsent(entry)) ?? entry,
      },
    };
    await append(deaf, chain, { kind: 'alarm_joined', alarmArn: 'a', state: 'OK', why: '' });
    expect(world.events(chain)).toHaveLength(1);
  });

  test(`gives up after ${maximumAppendTries} tries instead of going on without an entry`, async () => {
    const world = new World();
    const writer = world.writer('triage');
    const stranger = chainOf(2)[0] as AuditEntry;
    const crowded = { ...writer, store: { ...writer.store, putIfAbsent: async () => stranger } };
    await expect(append(crowded, chain, { kind: 'alarm_joined', alarmArn: 'a', state: 'OK', why: '' })).rejects.toThrow(
      AuditUnavailable,
    );
  });

  test('nothing follows a closing entry: what comes later goes to the chain of the day', async () => {
    const world = new World();
    await append(world.writer('close'), chain, { kind: 'incident_closed', status: 'resolved', cause: null });
    await record(world.writer('decide'), chain, {
      kind: 'vote_refused',
      reference: '2.run.1',
      by: { id: 'U1', name: 'x' },
      decision: 'approve',
      why: 'late',
    });
    expect(world.events(chain)).toHaveLength(1);
    expect(world.events('DAY#2026-11-21')).toEqual([
      expect.objectContaining({ kind: 'after_closing', incidentId: chain }),
    ]);
  });
});
