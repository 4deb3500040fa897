/** Many answers at once, through Slack and the IAM door, in seeded orders of every call: one vote a person, one outcome, one wake-up that counts. */
import { expect, test } from 'vitest';
import { signed } from '../../../adapters/sts/sign.ts';
import { Clock } from '../../../bench/clock.ts';
import { genuineVotes } from '../../../core/approval/votes.ts';
import { proofToSign } from '../../../core/door/proof.ts';
import { doorBody } from '../../../core/door/spoken.ts';
import { seed, share } from '../../soak.ts';
import { ana, ben, start } from '../../support/fixtures.ts';
import { pem } from '../approval/asked.ts';
import { anaOfIam, door } from '../door/principals.ts';
import { House } from '../use-cases/asking.ts';
import { Chance } from './chance.ts';

/** A house in which every call of a table, of the key and of STS takes a time that the seed says. */
async function slowHouse(chance: Chance): Promise<{ house: House; clock: Clock; wakes: () => number }> {
  const house = new House();
  await house.ask('token-1');
  house.now += 1000;
  const clock = new Clock(start);
  const slow = () => clock.sleep(1 + chance.below(20));
  house.control.port = slow;
  house.control.after = slow;
  house.audit.port = slow;
  const identity = house.sts.identity;
  const slowly = (headers: Record<string, string>) => slow().then(() => identity(headers));
  Object.assign(house.sts, { identity: slowly });
  // Step Functions takes a token once; whoever comes later is told that it is gone, and that is no error.
  return { house, clock, wakes: () => new Set(house.woken).size };
}

async function approvalAtDoor(house: House): Promise<string> {
  const said = house.spoken('approve');
  return doorBody(said, await signed(proofToSign(said, door), anaOfIam, house.now));
}

const deliveriesOfOne = share(1_000, 200, 5);

test(`${deliveriesOfOne} deliveries of one approval, by Slack and by the door (SEED=${seed}): one vote, one wake-up`, async () => {
  const chance = new Chance(seed);
  const { house, clock, wakes } = await slowHouse(chance);
  const body = await approvalAtDoor(house);
  const deliveries = Array.from({ length: deliveriesOfOne }, (_, index) =>
    index % 2 ? house.click('approve') : house.arrives(body),
  );
  const results = await clock.run(Promise.allSettled(deliveries));
  expect(results.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))).toEqual([]);
  const { votes, digest, status } = house.record();
  expect([status, genuineVotes(votes, digest, pem).length, votes.length]).toEqual(['APPROVED', 1, 1]);
  expect([house.events('vote_signed').length, wakes()]).toEqual([1, 1]);
});

const schedules = share(10_000, 20, 500);

test(`50 approvals against 50 rejections, ${schedules} schedules (SEED=${seed}): one winner each, and nobody is told otherwise`, async () => {
  const winners = new Map<string, number>();
  for (let round = 0; round < schedules; round += 1) {
    const chance = new Chance(seed + round);
    const { house, clock, wakes } = await slowHouse(chance);
    const body = await approvalAtDoor(house);
    const deliver = async (index: number) => {
      await clock.sleep(chance.below(60));
      if (index >= 50) return house.click('reject', { user: ben.id, reason: 'no' });
      return index % 2 ? house.click('approve', { user: ana.id }) : house.arrives(body);
    };
    const results = await clock.run(Promise.allSettled(Array.from({ length: 100 }, (_, index) => deliver(index))));
    expect(results.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))).toEqual([]);
    const { votes, digest, status } = house.record();
    const given = genuineVotes(votes, digest, pem).map(({ vote }) => `${vote.by.name} ${vote.word}`);
    expect(given).toEqual([status === 'APPROVED' ? 'ana approve' : 'ben reject']);
    expect([house.events('vote_signed').length, wakes()]).toEqual([1, 1]);
    const atDoor = results.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : []));
    const counted = atDoor.filter((answer) => answer.kind === 'heard' && answer.outcome !== 'refused');
    expect(counted.length > 0 ? status : 'none').not.toBe('REJECTED');
    winners.set(status, (winners.get(status) ?? 0) + 1);
  }
  expect([...winners.keys()].sort()).toEqual(['APPROVED', 'REJECTED']);
});
