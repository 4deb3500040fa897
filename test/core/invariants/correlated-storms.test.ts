/**
 * Storms of related and flapping alarms, drawn by seed: every alarm that is still on when all is over had an incident about
 * this very change that ended and was told, or rests and a person was paged; none has two at once, and no chain is flooded.
 * N and SEED choose how many storms and which.
 */
import { expect, test } from 'vitest';
import { isoOf } from '../../../core/time.ts';
import { lockOf } from '../../../core/use-cases/opening.ts';
import { seed, share } from '../../soak.ts';
import { arnOf } from '../../support/memory/cloudwatch.ts';
import { type Bell, StormWorld } from '../../support/storm-world.ts';
import { Chance } from './chance.ts';

const minute = 60_000;

async function stormOf(number: number) {
  const chance = new Chance(number);
  const window = chance.of(['0s', '60s', '10m']);
  const policy = `storms: { window: ${window}, incidents_per_hour: ${chance.of([1, 2, 6])}, rest: ${chance.of(['1m', '30m'])} }`;
  const storm = new StormWorld(() => chance.next(), policy);
  const hosts = ['i-0000000000000000a', 'i-0000000000000000b', undefined];
  const bells: Bell[] = Array.from({ length: 2 + chance.below(8) }, (_, index) => {
    const host = chance.of(hosts);
    const tags = chance.isTrue(0.3) ? { service: chance.of(['a', 'b']) } : {};
    return { name: `fix-${index}`, at: chance.below(5 * minute), tags, ...(host === undefined ? {} : { host }) };
  });
  storm.answersAfter = chance.of([0, minute, null]);
  for (const { name } of bells) if (chance.isTrue(0.3)) storm.incurable.add(name);
  const trouble = chance.of([0, 0, 0.002, 0.01]);
  const broken = () => Object.assign(new Error('try later'), { name: 'ThrottlingException' });
  storm.world.fault = (port) => {
    if (chance.isTrue(trouble) && !port.startsWith('audit.')) throw broken();
  };
  storm.world.lost = (port) => {
    if (port.startsWith('storms.') && chance.isTrue(trouble)) throw broken();
  };
  await storm.run(bells, 20 * 60 * minute, async () => {
    for (let flaps = chance.below(20); flaps > 0; flaps -= 1) {
      await storm.clock.sleep(chance.of([1_000, 30_000, 6 * minute]));
      storm.turn(chance.of(bells).name, chance.of(['OK', 'ALARM'] as const));
    }
    // Whoever lost a doorbell, or was parked, is found by a look of sweep.
    await storm.clock.sleep(45 * minute);
  });
  return { storm, names: bells.map(({ name }) => name), about: `storm ${number}, ${policy}, trouble ${trouble}` };
}

/** Whether an alarm that is on was answered: about this very change, or an earlier one since which it never was off. */
function isAnswered({ world, cloudwatch }: StormWorld, name: string): boolean {
  const changedAt = cloudwatch.alarms.get(name)?.changedAt ?? 0;
  const about = [...world.work.rows].filter(
    ([, { subject }]) =>
      subject.kind === 'alarm' && subject.alarmArn === arnOf(name) && subject.stateChangedAt === isoOf(changedAt),
  );
  const isTold = about.some(([id]) =>
    world.events(id).some((event) => event.kind === 'people_told' && (event.slack || event.paged)),
  );
  return isTold || world.storms.rows.has(lockOf(arnOf(name), null));
}

test(`whatever is still on was answered, or rests with a person paged, seed ${seed}`, {
  timeout: 600_000,
}, async () => {
  for (let at = 0; at < share(150, 3); at += 1) {
    const { storm, names, about } = await stormOf(seed + at);
    const { world, cloudwatch } = storm;
    const on = names.filter((name) => cloudwatch.alarms.get(name)?.state === 'ALARM');
    expect(
      on.filter((name) => !isAnswered(storm, name)),
      about,
    ).toEqual([]);
    expect(storm.queue.dead, about).toEqual([]);
    expect(world.work.opened.size, about).toBe(0);
    // Who rests was paged for, once per rest.
    const rests = [...world.audit.chains.keys()].flatMap((chain) =>
      chain.startsWith('DAY#') ? world.events(chain).filter(({ kind }) => kind === 'alarm_rests') : [],
    );
    const pages = world.pages.filter((subject) => subject.includes('is not answered for a while'));
    expect(pages.length, about).toBeGreaterThanOrEqual(Math.min(1, rests.length));
    for (const id of world.work.rows.keys())
      expect(world.events(id).filter(({ kind }) => kind.startsWith('related_')).length, about).toBeLessThanOrEqual(100);
  }
});
