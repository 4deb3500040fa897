/** I7: whatever is changed in a chain is found, and found where it is; what cannot be told is never a pass. */
import { describe, expect, test } from 'vitest';
import { nextEntry, recoveryChain } from '../../../core/audit/chain.ts';
import { verifyChain } from '../../../core/audit/verify.ts';
import type { ChainFacts } from '../../../core/audit/verify-finding.ts';
import { seed, share } from '../../soak.ts';
import { type Genuine, genuine, itemsOf } from './genuine.ts';
import { kinds, kindsOfTheirOwn, picker, shapeOf, type Tamper, untellable } from './tamperings.ts';

/** All 50 take more than 10 s. */
const seeds = process.env.SOAK || process.env.N ? share(50) : 10;
const chains = await Promise.all(
  Array.from({ length: seeds }, (_, count) => genuine(`alarm-${count}`, shapeOf(picker(seed + count)))),
);

console.log(`tampering: ${seeds} chains of each kind, SEED=${seed}`);
describe('I7: a tampered chain is detected and located', () => {
  const all = { ...kinds, ...kindsOfTheirOwn, ...untellable };
  test.each(Object.keys(all))('%s', async (name) => {
    for (const [count, chain] of chains.entries()) {
      const pick = picker(seed + count * 7919);
      const { id = chain.id, items, facts, found } = await (all[name] as Tamper)(chain, pick);
      const report = verifyChain(id, items, facts);
      const context = `seed ${seed + count * 7919}: ${JSON.stringify(report.problems)}`;
      if ('problem' in found) {
        expect(report.verdict, context).toBe('broken');
        expect(
          report.problems.map(({ place }) => place),
          context,
        ).toContain(found.problem);
        expect(report.problems[0]?.place, context).toBe(found.problem);
      } else {
        expect(report.verdict, context).toBe('cannot_tell');
        expect(
          report.cannotTell.map(({ place }) => place),
          context,
        ).toContain(found.unsure);
      }
    }
  });
});

describe('what is genuine', () => {
  test('closed, with everything that belongs to it: whole', async () => {
    for (const [count, chain] of chains.entries()) {
      const report = verifyChain(chain.id, itemsOf(chain.entries), chain.facts);
      expect(report, `seed ${seed + count}`).toEqual({
        chain: chain.id,
        entries: chain.entries.length,
        verdict: 'whole',
        closed: true,
        problems: [],
        cannotTell: [],
      });
    }
  });

  test('with the second channel used: whole', async () => {
    const chain = await genuine('second', { ...shapeOf(picker(seed)), second: 'given' });
    expect(verifyChain(chain.id, itemsOf(chain.entries), chain.facts)).toMatchObject({
      verdict: 'whole',
      problems: [],
    });
  });

  test('open, without key, without Dispatches, or alone: cannot tell, and why', async () => {
    const pick = picker(seed);
    const open = await genuine('open', { ...shapeOf(pick), closed: false });
    const closed = await genuine('closed', shapeOf(pick));
    const why = ({ id, entries }: Genuine, facts?: ChainFacts) => {
      const { verdict, cannotTell, problems } = verifyChain(id, itemsOf(entries), facts);
      expect([verdict, problems]).toEqual(['cannot_tell', []]);
      return cannotTell.map((one) => one.why).join('\n');
    };
    expect(why(open, open.facts)).toMatch(/incident is open/);
    expect(why(open, { ...open.facts, isOpen: null })).toMatch(/whether the incident is open was not given/);
    expect(why(closed, { ...closed.facts, publicKey: null })).toMatch(/public half was not given/);
    expect(why(closed, { ...closed.facts, burns: null })).toMatch(/Dispatches was not given/);
    expect(why(closed)).toMatch(/Dispatches was not given/);
  });

  test('a recovery chain is named, and what does not belong into it is a problem', async () => {
    const chain = await genuine('recovered', { ...shapeOf(picker(seed)), closed: false });
    const broken = itemsOf(chain.entries).toSpliced(2, 1, { place: 3, text: 'garbage' });
    const author = { entryId: 'r', at: '2026-11-21T05:00:00.000Z', actor: 'close' };
    const closing = nextEntry(recoveryChain(chain.id), null, author, {
      kind: 'incident_closed',
      status: 'halted',
      cause: 'audit.broken',
    });
    const joined = nextEntry(recoveryChain(chain.id), closing, author, {
      kind: 'alarm_joined',
      alarmArn: 'arn',
      state: 'OK',
      why: '',
    });
    const facts = { ...chain.facts, isOpen: false, recovery: itemsOf([closing]) };
    const report = verifyChain(chain.id, broken, facts);
    expect(report.problems[0]).toEqual({ place: 3, problem: 'is no audit entry' });
    expect(report.cannotTell.at(-1)?.why).toMatch(/#recovery has 1 entries/);
    const planted = verifyChain(chain.id, broken, { ...facts, recovery: itemsOf([closing, joined]) });
    expect(planted.problems.map(({ problem }) => problem)).toContainEqual(
      expect.stringMatching(/#recovery: alarm_joined does not belong/),
    );
    // A planted recovery does not make a cut chain a closed one.
    expect(verifyChain(chain.id, itemsOf(chain.entries), facts).verdict).toBe('broken');
    expect(verifyChain(recoveryChain(chain.id), itemsOf([closing])).verdict).toBe('whole');
  });
});
