/**
 * Storms of alarms, drawn by seed, through queue, machine, stream and sweep with the quotas of CloudWatch and the pace of
 * Slack: none is lost, nothing is done twice, no minute has more messages than the policy says, and nobody's question
 * expires that was on no card. N and SEED choose how many storms and which.
 */
import { expect, test } from 'vitest';
import { seed, share } from '../../soak.ts';
import { type Bell, StormWorld } from '../../support/storm-world.ts';
import { Chance } from './chance.ts';

const minute = 60_000;

/** One storm of a seed, with what it says of itself. */
async function stormOf(number: number) {
  const chance = new Chance(number);
  const perMinute = chance.of([10, 20, 50, 60]);
  const count = 2 + chance.below(14);
  const within = chance.of([0, 1_000, minute, 10 * minute]);
  const storm = new StormWorld(() => chance.next(), `slack: { messages_per_minute: ${perMinute} }`);
  const bells: Bell[] = Array.from({ length: count }, (_, index) => ({
    name: `fix-${index}`,
    at: within === 0 ? 0 : chance.below(within),
  }));
  storm.answersAfter = chance.of([0, 1_000, 3 * minute, null]);
  for (const { name } of bells) if (chance.isTrue(0.2)) storm.incurable.add(name);
  // Tables fail now and then, before or after what they do.
  const trouble = chance.of([0, 0, 0.002, 0.01]);
  const broken = () => Object.assign(new Error('try later'), { name: 'ThrottlingException' });
  storm.world.fault = (port) => {
    if (/^(?:pace|waits|threads)\./.test(port) && chance.isTrue(trouble * 10)) throw broken();
    if (chance.isTrue(trouble) && !port.startsWith('audit.')) throw broken();
  };
  storm.world.lost = (port) => {
    if (/^(?:pace|waits)\./.test(port) && chance.isTrue(trouble * 10)) throw broken();
  };
  await storm.run(bells, 9 * 60 * minute);
  return { storm, names: bells.map(({ name }) => name), perMinute, trouble };
}

test(`nothing is lost, nothing is done twice, and the pace is kept, seed ${seed}`, { timeout: 600_000 }, async () => {
  for (let at = 0; at < share(200, 4); at += 1) {
    const { storm, names, perMinute, trouble } = await stormOf(seed + at);
    const about = `storm ${seed + at}: ${names.length} alarms, ${perMinute} messages a minute, trouble ${trouble}`;
    const { world } = storm;
    expect(storm.queue.dead, about).toEqual([]);
    expect(storm.lost(names), about).toEqual([]);
    expect(
      storm.twice(names).filter((key) => !key.startsWith('report')),
      about,
    ).toEqual([]);
    // A table that cannot say whether there is room lets the message go: Slack says when it wants no more.
    if (trouble === 0) expect(storm.twice(names), about).toEqual([]);
    if (trouble === 0) expect(storm.mostInAMinute(), about).toBeLessThanOrEqual(perMinute);
    for (const id of world.work.rows.keys())
      for (const record of world.control.records(id))
        if (record.status === 'EXPIRED') expect(record.places, `${about}: ${id}`).not.toEqual([]);
    expect(world.work.opened.size, about).toBe(0);
    expect(world.waits.digest.place, about).toBeNull();
  }
});
