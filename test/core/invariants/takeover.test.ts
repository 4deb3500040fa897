/** I11: any one function but `execute` and `decide` taken over. Nothing unsigned is sent, nobody is told a lie that could have been refuted, and it ends. */
import { describe, expect, test } from 'vitest';
import { dispatchKey } from '../../../core/dispatch.ts';
import { isoOf } from '../../../core/time.ts';
import { seed, share } from '../../soak.ts';
import { alarmOf, ana, ben, compiledOf, instanceId, policyText, standing } from '../../support/fixtures.ts';
import { fleetRunbook, hostId, hostOf } from '../../support/fleet.ts';
import { type Operator, World } from '../../support/world.ts';
import { Chance } from './chance.ts';
import { Intruder, type Victim, victims } from './intruder.ts';
import { unsigned } from './unsigned.ts';
import { isChange, Witness } from './witness.ts';

const runbook = fleetRunbook.replace('severity: high', 'severity: low');
const budgets = [0, 1, 2];
const inWaves = (policy: string, waves: string) => policy.replace('safety: {', `safety: { waves: ${waves},`);
/** By the sizes of the waves: without a standing approval, and with one for so many actions. */
const policies = ['[1]', '[1, 2]', '[20]'].map((waves) => [
  compiledOf({ runbook, policy: inWaves(policyText('live'), waves) }),
  ...budgets.map((most) => compiledOf({ runbook, policy: inWaves(policyText('live', standing(most)), waves) })),
]);

/** Whoever may write Control has the bot's token as well, and can redraw any card himself. */
const withBot: readonly Victim[] = ['request-approval', 'slack', 'settle', 'close', 'sweep'];

interface Run {
  readonly world: World;
  readonly intruder: Intruder;
  readonly witness: Witness;
  readonly budget: number;
}

/** An incident from its alarm to its end, with everything beside the intruder drawn by chance as well. */
async function incidentWith(victim: Victim, chance: Chance): Promise<Run> {
  const world = new World();
  const sizes = chance.of(policies);
  const which = chance.below(sizes.length);
  world.compiled = sizes[which] ?? compiledOf();
  // The first is the host that forged entries are about.
  const hosts = Array.from({ length: chance.of([1, 1, 2, 4]) }, (_, index) =>
    index === 0 ? instanceId : hostId(index),
  );
  world.instances = hosts.map((host) => hostOf(host));
  const statuses = ['Success', 'Success', 'Success', 'Failed', 'InProgress', 'Undeliverable', 'ExecutionTimedOut'];
  const answers = new Map<string, string>();
  world.respond = ({ incidentId, dispatch }, target) => {
    const key = `${dispatchKey(incidentId, dispatch)} ${target}`;
    const status = answers.get(key) ?? chance.of(statuses);
    answers.set(key, status);
    return { status, exitCode: status === 'Success' ? 0 : 1 };
  };
  world.onSend = (send) => {
    if (isChange(send) && chance.isTrue(0.4)) world.alarm = alarmOf({ state: 'OK', stateChangedAt: isoOf(world.now) });
  };
  const witness = new Witness(world, victim);
  const intruder = new Intruder(world, victim, chance);
  const answering: Operator = async (_, record) => {
    await intruder.click(record);
    const choice = chance.next();
    if (choice < 0.15) return;
    if (choice < 0.25) return world.click(record, ben, 'approve');
    await world.click(record, ana, choice < 0.35 ? 'reject' : 'approve');
  };
  const id = await world.ring();
  await world.run(id, answering).catch(() => {});
  await intruder.startPlanted();
  for (let minute = 0; minute < 10 && world.work.opened.size > 0; minute += 1) {
    for (const [name] of world.executions) world.executions.set(name, 'FAILED');
    await world.sweep().catch(() => {});
    world.now += 60_000;
  }
  return { world, intruder, witness, budget: budgets[which - 1] ?? 0 };
}

/** Ended and told, or paged. Who may take an incident off the list, `close` and `sweep`, can keep it silent. */
function unended({ world, intruder, witness }: Run, victim: Victim): string[] {
  if (intruder.isSilenced) return [];
  const isTold = witness.closings.length > 0 || world.pages.length > 0 || victim === 'close';
  return [
    ...(world.work.opened.has(world.incidentId()) ? ['it is still open'] : []),
    ...(isTold ? [] : ['nobody was told']),
  ];
}

describe.each(victims)('I11: %s taken over', (victim) => {
  const runs = share(200, 6);
  test(`in ${runs} incidents from seed ${seed}`, { timeout: 600_000 }, async () => {
    for (let index = 0; index < runs; index += 1) {
      const run = await incidentWith(victim, new Chance(seed + index));
      const faults = [
        ...unsigned(run),
        ...run.witness.lies([2, 3]),
        ...(withBot.includes(victim) ? [] : run.witness.falseCards()),
        ...unended(run, victim),
      ];
      expect(faults, `SEED=${seed + index} N=1: ${run.intruder.deeds.join('\n')}`).toEqual([]);
    }
  });
});
