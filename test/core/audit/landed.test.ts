/** Chains of every released version: this release folds and verifies them, and cannot be stopped by what a later one will write. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { disbelief, nextEntry, readChain } from '../../../core/audit/chain.ts';
import type { AuditEvent } from '../../../core/audit/entry.ts';
import type { AuditEntry } from '../../../core/audit/envelope.ts';
import { verifyChain } from '../../../core/audit/verify.ts';
import { canonicalJson } from '../../../core/digest.ts';
import { progressOf } from '../../../core/incident/progress.ts';
import { itemsOf, rehashed } from './genuine.ts';

interface Landed {
  readonly incidentId: string;
  readonly open: boolean;
  /** Keys of the burn markers in Audit. */
  readonly burnt: readonly string[];
  readonly entries: readonly AuditEntry[];
}

const folder = new URL('../../fixtures/landed/', import.meta.url);
const landed = readdirSync(folder).map((name): [string, Landed] => [
  name,
  JSON.parse(readFileSync(new URL(name, folder), 'utf8')),
]);

/** What Dispatches, which was empty then, and the first release's own markers say of these chains. */
function factsOf({ entries, open, burnt, incidentId }: Landed) {
  const intended = readChain(incidentId, itemsOf(entries)).entries.flatMap(({ event }) =>
    event?.kind === 'dispatch_intended' ? [event.dispatch] : [],
  );
  const byFirstRelease = intended.filter(({ step, part, attempt }) =>
    burnt.includes(`${incidentId}.${step}.${part}.${attempt}`),
  );
  return { burns: [], byFirstRelease, publicKey: null, isOpen: open, recovery: [] };
}

describe.each(landed)('%s of the first release', (_, chain) => {
  const { incidentId, entries, open } = chain;
  const reading = readChain(incidentId, itemsOf(entries));

  test('is read whole, and folds', () => {
    expect([reading.problems, reading.unknown, disbelief(reading)]).toEqual([[], [], null]);
    expect(reading.head).toMatchObject({ sequence: entries.length, closed: !open });
    const progress = progressOf(reading.entries, factsOf(chain));
    expect(progress.opened?.alarmName).toBe('fix-web');
    expect(progress.planned?.runbook?.id).toBe('fix');
    expect(progress.closed !== null).toBe(!open);
    expect(progress.entries).toBe(entries.length);
    for (const { intended, burn, sent } of progress.dispatches)
      if (sent) expect(burn).toMatchObject({ scriptHash: intended?.scriptHash, level: intended?.level });
  });

  test('verifies without a problem; what its form cannot prove is named', () => {
    const report = verifyChain(incidentId, itemsOf(entries), factsOf(chain));
    expect(report).toMatchObject({ verdict: 'cannot_tell', problems: [], closed: !open });
    const votes = entries.flatMap(({ event, sequence }) => (event.kind === 'vote_cast' ? [sequence] : []));
    for (const place of votes)
      expect(report.cannotTell).toContainEqual({ place, why: expect.stringMatching(/first release/) });
  });

  test('an intent without its votes, or with a stranger’s, and a send without its burn are problems all the same', () => {
    const unvoted = rehashed(entries.filter(({ event }) => event.kind !== 'vote_cast'));
    const strangers = rehashed(
      entries.map((entry) => {
        const { vote } = entry.event as { vote?: object };
        return vote ? { ...entry, event: { ...entry.event, vote: { ...vote, by: { id: 'U9', name: 'eve' } } } } : entry;
      }),
    );
    for (const some of [unvoted, strangers]) {
      const { problems } = verifyChain(incidentId, itemsOf(some), factsOf(chain));
      for (const { event, sequence: place } of some)
        if (event.kind === 'dispatch_intended' && event.requestDigest !== null)
          expect(problems).toContainEqual({ place, problem: 'has 0 of 1 approvals' });
    }
    const unburnt = verifyChain(incidentId, itemsOf(entries), { ...factsOf(chain), byFirstRelease: [] });
    expect(unburnt.problems.length > 0).toBe(factsOf(chain).byFirstRelease.length > 0);
  });
});

describe('what a later release writes', () => {
  const [, chain] = landed.find(([name]) => name === 'resolved.json') as [string, Landed];
  const { incidentId, entries } = chain;
  const before = readChain(incidentId, itemsOf(entries));
  const folded = progressOf(before.entries, factsOf(chain));

  /** The chain with one more entry before the closing. */
  function withEntry(event: object): AuditEntry[] {
    const last = entries.at(-1) as AuditEntry;
    return rehashed(entries.toSpliced(-1, 0, { ...last, entryId: 'future', event: event as AuditEntry['event'] }));
  }

  test('a kind that may be ignored is kept, named and ignored', () => {
    const reading = readChain(incidentId, itemsOf(withEntry({ kind: 'weather_seen', sky: { colour: 'grey' } })));
    expect(reading.unknown).toEqual([{ place: entries.length, kind: 'weather_seen', mustKnow: false }]);
    expect([reading.problems, disbelief(reading)]).toEqual([[], null]);
    expect(reading.entries.at(-2)?.raw).toEqual({ kind: 'weather_seen', sky: { colour: 'grey' } });
    expect(progressOf(reading.entries, factsOf(chain))).toEqual({ ...folded, entries: folded.entries + 1 });
  });

  test('a kind that must be known stops who does not know it', () => {
    const reading = readChain(incidentId, itemsOf(withEntry({ kind: 'approval_revoked', mustKnow: true })));
    expect(reading.problems).toEqual([]);
    expect(disbelief(reading)).toMatch(/"approval_revoked", which this release must know/);
    expect(verifyChain(incidentId, itemsOf(withEntry({ kind: 'approval_revoked', mustKnow: true })))).toMatchObject({
      verdict: 'cannot_tell',
      problems: [],
    });
  });

  test('fields more, at every depth of every entry, are hashed and ignored', () => {
    const more = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(more);
      if (typeof value !== 'object' || value === null) return value;
      const fields = Object.entries(value).map(([name, field]) => [name, more(field)]);
      return { ...Object.fromEntries(fields), fromTheFuture: { deep: [1] } };
    };
    // Parameters are a map of the runbook's own names: a field more there is a parameter more.
    const closedShapes = ['parameters'];
    const richer = rehashed(
      entries.map((entry) => {
        const kept = Object.fromEntries(Object.entries(entry.event).filter(([name]) => closedShapes.includes(name)));
        return { ...entry, event: { ...(more(entry.event) as AuditEntry['event']), ...kept } };
      }),
    );
    const reading = readChain(incidentId, itemsOf(richer));
    expect([reading.problems, reading.unknown]).toEqual([[], []]);
    expect(progressOf(reading.entries, factsOf(chain))).toEqual(folded);
  });

  test('a question of a later format was asked all the same', () => {
    const asked = {
      ...entries.find(({ event }) => event.kind === 'approval_requested')?.event,
      question: { format: 3, kind: 'ponder' },
      dispatch: { step: 4, part: 'run', attempt: 5, wave: 1, fleet: 'all' },
    };
    const progress = progressOf(readChain(incidentId, itemsOf(withEntry(asked))).entries, factsOf(chain));
    expect(progress.questions).toBe(folded.questions + 1);
    expect(progress.dispatches.at(-1)).toMatchObject({
      dispatch: { step: 4, attempt: 5 },
      requested: { question: null },
    });
  });

  test('words of a list that grew make the entry unknown, never an error; an unknown ending is an ending', () => {
    const words: [string, object][] = [
      ['gate_decided', { kind: 'gate_decided', decision: 'ponder', dispatch: null, status: null, reasons: [] }],
      ['planned', { ...entries[1]?.event, mode: 'rehearsal' }],
      [
        'command_finished',
        { kind: 'command_finished', dispatch: entries[2]?.event.dispatch, outcome: 'undone', results: [] },
      ],
    ];
    for (const [kind, event] of words) {
      const reading = readChain(incidentId, itemsOf(withEntry(event)));
      expect(reading.unknown).toEqual([{ place: entries.length, kind, mustKnow: false }]);
      expect(progressOf(reading.entries, factsOf(chain))).toEqual({ ...folded, entries: folded.entries + 1 });
    }
    const closing = { kind: 'incident_closed', status: 'evaporated', cause: null };
    const ended = rehashed(entries.with(-1, { ...(entries.at(-1) as AuditEntry), event: closing }));
    const reading = readChain(incidentId, itemsOf(ended));
    expect([reading.unknown, reading.head?.closed]).toEqual([[], true]);
    expect(progressOf(reading.entries).closed?.status).toBe('failed');
  });
});

describe('reading a chain', () => {
  const chain = 'inc-00000000000000000000';
  const author = (entryId: string) => ({ entryId, at: '2026-11-21T03:00:00.000Z', actor: 'gate' });
  const joined = (why: string): AuditEvent => ({ kind: 'alarm_joined', alarmArn: 'arn', state: 'OK', why });

  test('500 entries are read, and nothing but the first break is reported where one is missing', () => {
    const many: AuditEntry[] = [];
    for (let place = 1; place <= 500; place += 1)
      many.push(nextEntry(chain, many.at(-1) ?? null, author(`e${place}`), joined(`${place}`)));
    expect(readChain(chain, itemsOf(many))).toMatchObject({ problems: [], head: { sequence: 500, closed: false } });
    const items = many.map((entry) => ({ place: entry.sequence, text: canonicalJson(entry) }));
    const found = readChain(chain, items.toSpliced(249, 1)).problems;
    expect(new Set(found.map(({ place }) => place))).toEqual(new Set([250]));
  });

  test('an empty chain is no problem, and an unreadable end has no head', () => {
    expect(readChain(chain, [])).toEqual({
      chain,
      hashes: new Map(),
      entries: [],
      problems: [],
      unknown: [],
      head: null,
    });
    const only = readChain(chain, [{ place: 1, text: 'garbage' }]);
    expect([only.head, disbelief(only)]).toEqual([null, 'entry 1 of the audit is no audit entry']);
  });

  test('what nests as deep as an item can is read without an error, and is not believed', () => {
    const event = `{"kind":"x","deep":${'['.repeat(190_000)}${']'.repeat(190_000)}}`;
    const whole = canonicalJson(nextEntry(chain, null, author('e'), joined('x')));
    const text = whole.replace(/"event":\{[^}]*\}/, `"event":${event}`);
    expect(() => JSON.parse(text)).not.toThrow();
    expect(readChain(chain, [{ place: 1, text }]).problems).toHaveLength(1);
    expect(verifyChain(chain, [{ place: 1, text }]).verdict).toBe('broken');
  });
});
