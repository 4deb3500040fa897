/** Chains as the functions write them: whole by the verifier, also when the answer of any write of the audit was lost. */
import { describe, expect, test } from 'vitest';
import { verifyChain } from '../../../core/audit/verify.ts';
import { seed } from '../../soak.ts';
import { approving, World } from '../../support/world.ts';

/** An incident from its alarm to its end; the answer of the given put of the audit is lost after its effect. */
async function incident(lostPut: number | null) {
  const world = new World();
  let puts = 0;
  world.lost = (port) => {
    if (port !== 'audit.put') return;
    puts += 1;
    if (puts === lostPut) throw new Error('socket hang up');
  };
  const id = await world.ring();
  await world.run(id, approving);
  const items = await world.audit.items(id);
  const facts = {
    burns: await world.dispatches.burns(id),
    byFirstRelease: [],
    publicKey: await world.publicKey(),
    isOpen: false,
    recovery: [],
  };
  return { report: verifyChain(id, items, facts), puts, sends: world.sends.length };
}

describe('a chain as the functions write it', async () => {
  const quiet = await incident(null);

  test('is whole, with every vote, approval, burn and late fact in its place', () => {
    expect(quiet.report).toMatchObject({ verdict: 'whole', closed: true, problems: [], cannotTell: [] });
    expect(quiet.sends).toBeGreaterThan(3);
  });

  const some = process.env.SOAK
    ? Array.from({ length: quiet.puts }, (_, index) => index + 1)
    : [0, 1, 2].map((nth) => 1 + ((seed + nth * 17) % quiet.puts));
  test.each(some)('is the same when the answer of its put %i is lost', async (lostPut) => {
    const { report, sends } = await incident(lostPut);
    expect(report).toEqual(quiet.report);
    expect(sends).toBe(quiet.sends);
  });
});
