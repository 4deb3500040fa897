/** Many answers at once, through Slack and the IAM door, in seeded orders of every call: one vote a person, one outcome, one wake-up that counts. */
import { expect, test } from 'vitest';
import { signed } from '../../../adapters/sts/sign.ts';
import { Clock } from '../../../bench/clock.ts';
import { genuineVotes } from '../../../core/approval/votes.ts';
import { proofToSign } from '../../../core/door/proof.ts';
import { doorBody } from '../../../core/door/spoken.ts';
import type { ApprovalCard } from '../../../core/report/question-card.ts';
import { approvalCard } from '../../../core/slack/card.ts';
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

/** In four parts, since a part must end within the time-out of one test. */
const parts = 4;
const schedules = Math.ceil(share(10_000, 20, 500) / parts);

test.each(Array.from({ length: parts }, (_, part) => seed + part * schedules))(
  `50 approvals against 50 rejections, ${schedules} schedules (SEED=%d): one winner each, and nobody is told otherwise`,
  async (first) => {
    for (let round = 0; round < schedules; round += 1) await race(new Chance(first + round));
  },
);

test('of a few such races either side wins some', async () => {
  const winners = new Set<string>();
  for (let round = 0; round < 40 && winners.size < 2; round += 1) winners.add(await race(new Chance(seed + round)));
  expect([...winners].sort()).toEqual(['APPROVED', 'REJECTED']);
});

/** The status that won. */
async function race(chance: Chance): Promise<string> {
  const { house, clock, wakes } = await slowHouse(chance);
  const body = await approvalAtDoor(house);
  // Everybody clicks on the card as it was drawn once.
  const { blocks } = approvalCard(house.record().card as ApprovalCard);
  const deliver = async (index: number) => {
    await clock.sleep(chance.below(60));
    if (index >= 50) return house.click('reject', { user: ben.id, reason: 'no', blocks });
    return index % 2 ? house.click('approve', { user: ana.id, blocks }) : house.arrives(body);
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
  return status;
}
