/** Appending: nobody gives up, nothing is doubled or lost, whoever writes at the same moment and whichever answer is lost. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AuditUnavailable,
  type AuditWriter,
  append,
  appendAll,
  appendOfDay,
  begin,
  ChainBroken,
} from '../../../core/audit/append.ts';
import { headOf, nextEntry, readChain } from '../../../core/audit/chain.ts';
import type { AuditEvent } from '../../../core/audit/entry.ts';
import type { AuditEntry } from '../../../core/audit/envelope.ts';
import { canonicalJson } from '../../../core/digest.ts';
import { seed, share } from '../../soak.ts';
import { MemoryAudit } from '../../support/memory/audit.ts';

const chain = 'inc-00000000000000000000';
const joined = (why: string): AuditEvent => ({ kind: 'alarm_joined', alarmArn: 'arn', state: 'OK', why });
const closing: AuditEvent = { kind: 'incident_closed', status: 'resolved', cause: null };
const told: AuditEvent = { kind: 'people_told', incidentId: chain, status: 'resolved', slack: true, paged: false };
const sent = (commandId: string, step = 2): AuditEvent => ({
  kind: 'command_sent',
  dispatch: { step, part: 'run', attempt: 1, wave: 1 },
  commandId,
  error: null,
});

const whysOf = (audit: MemoryAudit) => audit.events(chain).map(({ why }) => why);
const problemsOf = (audit: MemoryAudit) => readChain(chain, audit.chains.get(chain) ?? []).problems;
/** The end of the chain as somebody who reads it sees it. */
const headIn = (audit: MemoryAudit) => readChain(chain, audit.chains.get(chain) ?? []).head;

/** Random numbers from 0 to 1 that a seed repeats. */
function randomly(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A world without real time: whoever waits is woken in the order of when they asked to be. */
class Sleepers {
  #now = 0;
  readonly #waiting: { at: number; wake: () => void }[] = [];

  sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => this.#waiting.push({ at: this.#now + milliseconds, wake }));
  }

  async until(done: Promise<unknown>): Promise<void> {
    let isDone = false;
    const note = () => {
      isDone = true;
    };
    done.then(note, note);
    while (!isDone) {
      await new Promise(setImmediate);
      this.#waiting.sort((a, b) => a.at - b.at);
      const next = this.#waiting.shift();
      if (!next) continue;
      this.#now = next.at;
      next.wake();
    }
  }
}

interface Faults {
  /** Shares, 0 to 1, of calls that fail before, and after, they took effect. */
  readonly throttled: number;
  readonly lost: number;
}

/** Many writers on one chain, each call taking 1 to 9 ms of simulated time; the calls that it took. */
async function storm(writers: number, each: number, random: () => number, faults: Faults) {
  const audit = new MemoryAudit();
  const sleepers = new Sleepers();
  let calls = 0;
  audit.port = async () => {
    calls += 1;
    await sleepers.sleep(1 + 4 * random());
    if (random() < faults.throttled) throw new Error('ThrottlingException');
  };
  audit.after = async () => {
    await sleepers.sleep(4 * random());
    if (random() < faults.lost) throw new Error('socket hang up');
  };
  const one = async (number: number): Promise<void> => {
    const writer: AuditWriter = {
      ...audit.writer(`writer ${number}`),
      newId: () => `${number}-${random()}`,
      pause: (weight) => sleepers.sleep(20 * weight * random()),
    };
    for (let turn = 0; turn < each; turn += 1) await append(writer, chain, joined(`${number}.${turn}`));
  };
  const all = Promise.allSettled(Array.from({ length: writers }, (_, number) => one(number)));
  await sleepers.until(all);
  const failed = (await all).filter(({ status }) => status === 'rejected');
  return { audit, failed, calls };
}

const expectedOf = (writers: number, each: number) =>
  Array.from({ length: writers }, (_, number) => Array.from({ length: each }, (_, turn) => `${number}.${turn}`)).flat();

describe('many writers', () => {
  test('whatever is slow, throttled or unanswered: no gap, nothing double, nobody gives up', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 25 }),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(),
        fc.constantFrom(0, 0.02, 0.1),
        fc.constantFrom(0, 0.02, 0.1),
        async (writers, each, start, throttled, lost) => {
          const { audit, failed } = await storm(writers, each, randomly(start), { throttled, lost });
          expect(failed).toEqual([]);
          expect(problemsOf(audit)).toEqual([]);
          expect(whysOf(audit).sort()).toEqual(expectedOf(writers, each).sort());
        },
      ),
      { seed, numRuns: share(3_000) },
    );
  });

  test('200 at once: none gives up, and each takes a bounded number of calls', async () => {
    const { audit, failed, calls } = await storm(200, 1, randomly(seed), { throttled: 0.02, lost: 0.02 });
    expect(failed).toEqual([]);
    expect(problemsOf(audit)).toEqual([]);
    expect(whysOf(audit).sort()).toEqual(expectedOf(200, 1).sort());
    expect(calls / 200).toBeLessThan(60);
  });
});

describe('one writer', () => {
  test('the head that the caller read costs no call; one that is not the head any more is only a try', async () => {
    const audit = new MemoryAudit();
    const calls: string[] = [];
    audit.port = (name) => void calls.push(name);
    const first = await append(audit.writer('a'), chain, joined('1'), { head: null });
    await append(audit.writer('a'), chain, joined('2'), { head: headOf(first as AuditEntry) });
    expect(calls).toEqual(['audit.put', 'audit.put']);
    await append(audit.writer('a'), chain, joined('3'), { head: null });
    expect(whysOf(audit)).toEqual(['1', '2', '3']);
    expect(problemsOf(audit)).toEqual([]);
  });

  test('an answer lost after every single call: the entry is there once', async () => {
    for (const lostCall of [1, 2, 3, 4]) {
      const audit = new MemoryAudit();
      let call = 0;
      audit.after = () => {
        call += 1;
        if (call === lostCall) throw new Error('reset');
      };
      await append(audit.writer('a'), chain, joined('1'));
      await append(audit.writer('a'), chain, joined('2'));
      expect(whysOf(audit), `call ${lostCall}`).toEqual(['1', '2']);
      expect(call, 'the lost call once more, and nothing else').toBe(5);
    }
  });

  test('a lost answer is recognised at its place, although others went on from it and closed the chain', async () => {
    const audit = new MemoryAudit();
    let isFirst = true;
    audit.after = async (name) => {
      if (name !== 'audit.put' || !isFirst) return;
      isFirst = false;
      await append(audit.writer('b'), chain, joined('after it'));
      await append(audit.writer('b'), chain, closing);
      throw new Error('reset');
    };
    const entry = await append(audit.writer('a'), chain, joined('mine'));
    expect(entry?.sequence).toBe(1);
    expect(whysOf(audit)).toEqual(['mine', 'after it', undefined]);
  });

  test('a table that never answers ends in AuditUnavailable, which says that the effect is not known', async () => {
    const audit = new MemoryAudit();
    audit.port = (name) => {
      if (name === 'audit.put') throw new Error('no route');
    };
    await expect(append(audit.writer('a'), chain, joined('1'))).rejects.toThrow(AuditUnavailable);
    await expect(append(audit.writer('a'), chain, joined('1'))).rejects.toThrow(/not known: no route/);
    audit.port = () => {
      throw new Error('no route');
    };
    await expect(append(audit.writer('a'), chain, joined('1'))).rejects.toThrow(AuditUnavailable);
  });

  test('a place that is always somebody else’s ends in AuditUnavailable', async () => {
    const audit = new MemoryAudit();
    let others = 0;
    audit.port = (name) => {
      if (name !== 'audit.put') return;
      const before = audit.entries(chain).at(-1) ?? null;
      const author = { entryId: `other-${++others}`, at: '2026-11-21T03:00:00.000Z', actor: 'other' };
      const entry = nextEntry(chain, before, author, joined('faster'));
      audit.chains.set(chain, [{ place: entry.sequence, text: canonicalJson(entry) }]);
    };
    await expect(append(audit.writer('a'), chain, joined('1'))).rejects.toThrow(AuditUnavailable);
    expect(others).toBe(2_000);
  });

  test.each<[string, unknown]>([
    ['an unknown field', { ...joined('x'), more: 1 }],
    [
      'an unknown field deep inside',
      { ...sent('c'), dispatch: { ...(sent('c') as { dispatch: object }).dispatch, x: 1 } },
    ],
    ['a missing field', { kind: 'alarm_joined', alarmArn: 'arn', state: 'OK' }],
    ['an unknown kind', { kind: 'from_the_future' }],
  ])('%s is a writer’s fault, found before it is stored', async (_, event) => {
    const audit = new MemoryAudit();
    await expect(append(audit.writer('a'), chain, event as AuditEvent)).rejects.toThrow(TypeError);
    await expect(begin(audit.writer('a'), chain, event as AuditEvent)).rejects.toThrow(TypeError);
    expect(audit.chains.size).toBe(0);
  });
});

describe('an id made by the caller', () => {
  test('asked again, by whoever and however much later, it is the entry that is there', async () => {
    const audit = new MemoryAudit();
    const first = await append(audit.writer('a'), chain, joined('1'), { id: 'event-1' });
    await append(audit.writer('b'), chain, joined('2'));
    await append(audit.writer('b'), chain, closing);
    expect(await append(audit.writer('a'), chain, joined('1'), { id: 'event-1' })).toEqual(first);
    expect(await append(audit.writer('a'), chain, joined('1'), { id: 'event-1', head: null })).toEqual(first);
    expect(audit.events(chain)).toHaveLength(3);
  });

  test('20 at once with the same id write one entry', async () => {
    const audit = new MemoryAudit();
    const again = () => append(audit.writer('a'), chain, joined('1'), { id: 'event-1' });
    const entries = await Promise.all(Array.from({ length: 20 }, again));
    expect(new Set(entries.map((entry) => entry?.hash)).size).toBe(1);
    expect(whysOf(audit)).toEqual(['1']);
  });

  test('with other content it is refused, naming both', async () => {
    const audit = new MemoryAudit();
    await append(audit.writer('a'), chain, joined('one'), { id: 'event-1' });
    const other = append(audit.writer('a'), chain, joined('two'), { id: 'event-1' });
    await expect(other).rejects.toThrow(TypeError);
    await expect(other).rejects.toThrow(/event-1.*"one".*"two"/);
    await expect(append(audit.writer('a'), chain, joined('two'), { id: 'event-1', head: null })).rejects.toThrow(
      TypeError,
    );
    expect(whysOf(audit)).toEqual(['one']);
  });
});

describe('several events', () => {
  const three = [joined('1'), joined('2'), joined('3')];

  test('are consecutive entries, written in one call', async () => {
    const audit = new MemoryAudit();
    const calls: string[] = [];
    audit.port = (name) => void calls.push(name);
    const entries = await appendAll(audit.writer('a'), chain, three);
    expect(entries?.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(calls).toEqual(['audit.head', 'audit.put']);
    expect(problemsOf(audit)).toEqual([]);
    expect(await appendAll(audit.writer('a'), chain, [])).toEqual([]);
  });

  test('when the second is refused, none is written', async () => {
    const audit = new MemoryAudit();
    const wrong = { kind: 'alarm_joined', alarmArn: 1 } as unknown as AuditEvent;
    await expect(appendAll(audit.writer('a'), chain, [joined('1'), wrong])).rejects.toThrow(TypeError);
    await append(audit.writer('a'), chain, closing);
    expect(await appendAll(audit.writer('a'), chain, [told, joined('late')])).toBeNull();
    expect(audit.events(chain)).toHaveLength(1);
  });

  test('an answer lost after the effect, asked again by another call: all are there once', async () => {
    const audit = new MemoryAudit();
    audit.after = (name) => {
      if (name === 'audit.put') throw new Error('reset');
    };
    const ids = ['a', 'b', 'c'];
    await expect(appendAll(audit.writer('a'), chain, three, { ids })).rejects.toThrow(AuditUnavailable);
    audit.after = () => {};
    await append(audit.writer('b'), chain, joined('4'));
    expect((await appendAll(audit.writer('a'), chain, three, { ids }))?.map(({ entryId }) => entryId)).toEqual(ids);
    expect(whysOf(audit)).toEqual(['1', '2', '3', '4']);
  });

  test('ids that are there for some of them only, double ids, and too many events are refused', async () => {
    const audit = new MemoryAudit();
    await append(audit.writer('a'), chain, joined('2'), { id: 'b' });
    const write = (ids: string[], events = three) => appendAll(audit.writer('a'), chain, events, { ids });
    await expect(write(['a', 'b', 'c'])).rejects.toThrow(TypeError);
    await expect(write(['a', 'a', 'c'])).rejects.toThrow(/distinct ids/);
    await expect(write(['a'])).rejects.toThrow(/distinct ids/);
    await expect(appendAll(audit.writer('a'), chain, Array(101).fill(joined('x')))).rejects.toThrow(/at most 100/);
    expect(audit.events(chain)).toHaveLength(1);
  });

  test('what follows a closing in the same transaction is marked late', async () => {
    const audit = new MemoryAudit();
    await appendAll(audit.writer('close'), chain, [joined('1'), closing, told]);
    expect(audit.events(chain)[2]).toEqual({ ...told, late: true });
    expect(await appendAll(audit.writer('close'), chain, [closing, joined('2')])).toBeNull();
  });
});

describe('a closed chain', () => {
  async function closed(): Promise<MemoryAudit> {
    const audit = new MemoryAudit();
    await append(audit.writer('triage'), chain, joined('1'));
    await append(audit.writer('close'), chain, closing);
    return audit;
  }

  test('takes late kinds, marked, and nothing else; also when the end is a late fact, also by a hint', async () => {
    const audit = await closed();
    expect(await append(audit.writer('x'), chain, joined('late'))).toBeNull();
    expect((await append(audit.writer('x'), chain, sent('c-1')))?.event).toMatchObject({
      late: true,
      commandId: 'c-1',
    });
    const head = headIn(audit);
    expect(head).toMatchObject({ sequence: 3, closed: true });
    for (const hints of [{}, { head: head as NonNullable<typeof head> }]) {
      expect(await append(audit.writer('x'), chain, joined('late'), hints)).toBeNull();
      expect(await append(audit.writer('x'), chain, closing, hints)).toBeNull();
    }
    expect((await append(audit.writer('x'), chain, told, { head }))?.event).toMatchObject({ late: true });
    expect(problemsOf(audit)).toEqual([]);
  });

  test('a late kind on an open chain is not marked, even when the caller marks it', async () => {
    const audit = new MemoryAudit();
    await append(audit.writer('x'), chain, { ...sent('c'), late: true } as AuditEvent);
    expect(audit.events(chain)).toEqual([sent('c')]);
    expect(await append(audit.writer('x'), chain, joined('on'))).not.toBeNull();
  });

  test('a fact that is there already is not written again, before or behind the closing', async () => {
    const audit = new MemoryAudit();
    const early = await append(audit.writer('x'), chain, sent('c-0', 1));
    await append(audit.writer('close'), chain, closing);
    const late = await append(audit.writer('x'), chain, sent('c-1'));
    expect(await append(audit.writer('x'), chain, sent('c-1'))).toEqual(late);
    expect(await append(audit.writer('x'), chain, sent('c-0', 1))).toEqual(early);
    expect(audit.events(chain)).toHaveLength(3);
  });

  test('50 planted late facts of a dispatch leave room for the true one, which is written once', async () => {
    const audit = await closed();
    for (let count = 0; count < 50; count += 1) {
      const { head } = readChain(chain, audit.chains.get(chain) ?? []);
      const author = { entryId: `planted-${count}`, at: '2026-11-21T03:00:00.000Z', actor: 'triage' };
      const planted = nextEntry(chain, head, author, { ...sent(`planted-${count}`), late: true } as AuditEvent);
      audit.plant(chain, planted.sequence, canonicalJson(planted));
    }
    const written = await append(audit.writer('poll'), chain, sent('true'));
    expect(written?.event).toEqual({ ...sent('true'), late: true });
    expect(await append(audit.writer('poll'), chain, sent('true'))).toEqual(written);
    expect(audit.events(chain).filter(({ commandId }) => commandId === 'true')).toHaveLength(1);
  });

  test('closing meanwhile: the loser sees it', async () => {
    const audit = new MemoryAudit();
    await append(audit.writer('triage'), chain, joined('1'));
    const head = headIn(audit);
    await append(audit.writer('close'), chain, closing);
    expect(await append(audit.writer('x'), chain, joined('2'), { head })).toBeNull();
    expect((await append(audit.writer('x'), chain, sent('c'), { head }))?.event).toMatchObject({ late: true });
  });
});

describe('an end that cannot be built upon', () => {
  const author = { entryId: 'e', at: '2026-11-21T03:00:00.000Z', actor: 'x' };
  const entry = nextEntry(chain, null, author, joined('x'));
  test.each<[string, number, string]>([
    ['no JSON', 1, '{'],
    ['nothing', 1, ''],
    ['no entry', 1, '{}'],
    ['deep nesting', 1, '['.repeat(100_000)],
    ['an entry at a far-ahead place', 999_999_999, canonicalJson(entry)],
    ['an entry at no whole number', 1.5, canonicalJson(entry)],
    ['an entry with another hash', 1, canonicalJson({ ...entry, actor: 'y' })],
    ['another chain’s entry', 1, canonicalJson(nextEntry('inc-11111111111111111111', null, author, joined('x')))],
    ['an entry with one field more', 1, canonicalJson({ ...entry, more: 1 })],
  ])('%s', async (_, place, text) => {
    const audit = new MemoryAudit();
    audit.chains.set(chain, [{ place, text }]);
    await expect(append(audit.writer('a'), chain, joined('1'))).rejects.toThrow(ChainBroken);
    await expect(append(audit.writer('a'), chain, joined('1'), { id: 'x' })).rejects.toThrow(ChainBroken);
    await expect(appendAll(audit.writer('a'), chain, [closing, told])).rejects.toThrow(ChainBroken);
    expect(audit.chains.get(chain)).toHaveLength(1);
  });

  test('of a kind from the future is an entry like every other', async () => {
    const audit = new MemoryAudit();
    const future = { kind: 'from_the_future', mustKnow: true } as unknown as AuditEvent;
    audit.plant(chain, 1, canonicalJson(nextEntry(chain, null, author, future)));
    expect((await append(audit.writer('a'), chain, joined('1')))?.sequence).toBe(2);
  });
});

describe('begin', () => {
  test('one of many begins, and the others see that the chain has begun', async () => {
    const audit = new MemoryAudit();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => begin(audit.writer('triage'), chain, joined('1'))),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(audit.events(chain)).toHaveLength(1);
  });

  test('a lost answer recognises itself, also in another call by its id; other content is refused', async () => {
    const audit = new MemoryAudit();
    let isFirst = true;
    audit.after = () => {
      if (isFirst) {
        isFirst = false;
        throw new Error('reset');
      }
    };
    expect(await begin(audit.writer('triage'), chain, joined('1'), 'first')).toBe(true);
    expect(await begin(audit.writer('triage'), chain, joined('1'), 'first')).toBe(true);
    await expect(begin(audit.writer('triage'), chain, joined('2'), 'first')).rejects.toThrow(TypeError);
    expect(await begin(audit.writer('triage'), chain, joined('2'))).toBe(false);
  });

  test('garbage at the first place means begun', async () => {
    const audit = new MemoryAudit();
    audit.plant(chain, 1, 'garbage');
    expect(await begin(audit.writer('triage'), chain, joined('1'))).toBe(false);
  });
});

describe('the chains of a day', () => {
  const refused: AuditEvent = { kind: 'envelope_refused', alarmArn: null, why: 'junk' };

  test('are 16, and spread', async () => {
    const audit = new MemoryAudit();
    for (let count = 0; count < 200; count += 1) await appendOfDay(audit.writer('triage'), refused);
    expect(audit.chains.size).toBe(16);
    for (const [name, items] of audit.chains) expect(readChain(name, items).problems).toEqual([]);
  });

  test('one whose end is broken is passed over, and a planted closing closes nothing', async () => {
    const audit = new MemoryAudit();
    for (let count = 0; count < 200; count += 1) await appendOfDay(audit.writer('triage'), refused);
    const [poisoned, ended] = [...audit.chains.keys()] as [string, string];
    audit.plant(poisoned, 999_999_999, '{}');
    const last = audit.entries(ended).at(-1) ?? null;
    const author = { entryId: 'e', at: '2026-11-21T03:00:00.000Z', actor: 'x' };
    audit.plant(ended, (last?.sequence ?? 0) + 1, canonicalJson(nextEntry(ended, last, author, closing)));
    for (let count = 0; count < 200; count += 1) await appendOfDay(audit.writer('triage'), refused);
    expect([...audit.chains.values()].flat()).toHaveLength(402);
    expect(audit.entries(ended).at(-1)?.event).toEqual(refused);
  });

  test('all broken throws ChainBroken', async () => {
    const audit = new MemoryAudit();
    for (let count = 0; count < 200; count += 1) await appendOfDay(audit.writer('triage'), refused);
    for (const name of audit.chains.keys()) audit.plant(name, 999_999_999, '{}');
    await expect(appendOfDay(audit.writer('triage'), refused)).rejects.toThrow(ChainBroken);
  });
});
