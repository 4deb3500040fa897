/** I7, from the kernel's side: whatever is changed in a chain, nothing is sent on one that does not hold, and nothing unsigned on one that does. */
import { afterAll, describe, expect, test } from 'vitest';
import { disbelief, readChain, recoveryChain } from '../../../core/audit/chain.ts';
import { type Dispatch, dispatchKey } from '../../../core/dispatch.ts';
import { payloadTypes, seal } from '../../../core/dsse.ts';
import { seed, share } from '../../soak.ts';
import { fleetOf } from '../../support/fleet.ts';
import { approving, type World } from '../../support/world.ts';
import { type Genuine, itemsOf } from '../audit/genuine.ts';
import { kinds, picker, type Tamper } from '../audit/tamperings.ts';
import { Chance } from './chance.ts';
import { unsigned } from './unsigned.ts';
import { Witness } from './witness.ts';

/**
 * What is about to go out: under an approval the second wave of a restart, or the deletion behind it; or that deletion,
 * which nobody answered and somebody with Control marked as approved.
 */
const moments = {
  'the second wave': { hosts: 3, isSigned: true, next: { step: 2, part: 'run', attempt: 1, wave: 2 } },
  'the next change': { hosts: 1, isSigned: true, next: { step: 3, part: 'run', attempt: 1, wave: 1 } },
  'an unsigned change': { hosts: 1, isSigned: false, next: { step: 3, part: 'run', attempt: 1, wave: 1 } },
} as const;
type Moment = keyof typeof moments;
const momentNames = Object.keys(moments) as Moment[];

interface Scene {
  readonly world: World;
  readonly witness: Witness;
  readonly id: string;
  readonly next: Dispatch;
  readonly chain: Genuine;
}

/** A genuine incident up to the moment before `execute` is called for a change, one change being done already. */
async function upTo(moment: Moment): Promise<Scene> {
  const { hosts, isSigned, next } = moments[moment];
  const world = fleetOf(hosts, { safety: 'waves: [1, 5]' });
  const witness = new Witness(world);
  const id = await world.ring();
  await world.plan(id);
  for (let turns = 0; turns < 20; turns += 1) {
    const { decision, dispatch } = await world.gate(id);
    if (!dispatch || (decision !== 'ask' && decision !== 'proceed')) throw new Error(`the gate says ${decision}`);
    const isNext = dispatchKey(id, dispatch) === dispatchKey(id, next);
    if (decision === 'ask') await (isNext && !isSigned ? unanswered : answered)(world, id, dispatch);
    if (isNext) break;
    await world.execute(id, dispatch);
    world.now += 1000;
  }
  const sealed: Genuine['sealed'] = (vote) =>
    seal(payloadTypes.vote, { format: 1, word: 'approve', reason: '', ...vote }, world.signQuietly);
  const facts = { ...(await world.facts(id)), burns: [...world.dispatches.burnt.values()] };
  return { world, witness, id, next, chain: { id, entries: world.audit.entries(id), facts, sealed } };
}

async function answered(world: World, id: string, dispatch: Dispatch): Promise<void> {
  await world.ask(id, dispatch);
  const record = world.request(id, dispatch);
  if (record) await approving(world, record);
  await world.settle(id, dispatch);
}

async function unanswered(world: World, id: string, dispatch: Dispatch): Promise<void> {
  await world.ask(id, dispatch);
  const record = world.request(id, dispatch);
  if (record) world.plant({ ...record, status: 'APPROVED' });
}

/** Puts the tampered chain in the place of the genuine one, and what was made of its burns. */
async function tamperWith({ world, id, chain }: Scene, tamper: Tamper, start: number): Promise<void> {
  const { items, facts } = await tamper(chain, picker(start));
  world.audit.chains.set(id, [...items]);
  world.dispatches.burnt.clear();
  for (const burn of facts.burns ?? []) world.dispatches.burnt.set(dispatchKey(burn.incidentId, burn.dispatch), burn);
  for (const dispatch of facts.byFirstRelease) world.dispatches.byFirstRelease.add(dispatchKey(id, dispatch));
}

/** The machine from here on, at `execute` or at the gate before it, with nobody to answer; then `execute` once more. What they said. */
async function goOn({ world, id, next }: Scene, chance: Chance): Promise<string[]> {
  const said: string[] = [];
  if (chance.isTrue(0.5)) said.push((await world.execute(id, next)).outcome);
  for (let turns = 0; turns < 8; turns += 1) {
    const { decision, dispatch, reasons } = await world.gate(id);
    said.push(reasons[0]?.rule ?? decision);
    if (!dispatch || (decision !== 'ask' && decision !== 'proceed')) break;
    said.push((await world.execute(id, dispatch)).outcome);
    world.now += 1000;
  }
  return [...said, (await world.execute(id, next)).outcome];
}

const sendsOf = ({ world, id, next }: Scene) =>
  world.sends.filter(({ incidentId, dispatch }) => dispatchKey(incidentId, dispatch) === dispatchKey(id, next)).length;

/** What a tampered chain was to the kernel. */
type Class = 'broken' | 'sent' | 'kept';

async function tried(name: string, start: number): Promise<Class> {
  const chance = new Chance(start);
  // Kinds next to each other get other moments, so that also one seed tries each.
  const moment = momentNames[(start + Object.keys(kinds).indexOf(name)) % momentNames.length] as Moment;
  const scene = await upTo(moment);
  const { world, witness, id } = scene;
  const before = world.sends.length;
  await tamperWith(scene, kinds[name] as Tamper, chance.below(2 ** 32));
  const items = structuredClone(world.audit.chains.get(id) ?? []);
  const isBroken = disbelief(readChain(id, items)) !== null;
  const said = await goOn(scene, chance);
  const context = `SEED=${start} N=1, ${moment}: ${said.join(', ')}`;
  expect(unsigned({ world, witness, budget: 0, before }), context).toEqual([]);
  expect(sendsOf(scene), context).toBeLessThanOrEqual(moments[moment].isSigned ? 1 : 0);
  if (!isBroken) return sendsOf(scene) > 0 ? 'sent' : 'kept';
  expect(world.sends.length - before, context).toBe(0);
  expect(
    said.filter((word) => word !== 'audit.broken' && word !== 'refused'),
    context,
  ).toEqual([]);
  expect(world.audit.chains.get(id), context).toEqual(items);
  expect(await world.close(id, 'halted', 'audit.broken'), context).toBe('halted');
  expect([world.posts.length > 0, world.pages.length], context).toEqual([true, 1]);
  expect(world.events(recoveryChain(id)).map(({ kind }) => kind)).toContain('incident_closed');
  return 'broken';
}

/** What no reader may believe, wherever in the chain it is done. */
const alwaysBroken = [
  'an entry edited',
  'an event edited deep inside',
  'an entry replaced by something that is none',
  'an entry deleted from the middle',
  'an entry inserted',
  'two entries exchanged',
  'a place far ahead',
  'a late fact said twice',
  'a late fact of what never went out',
  'a mark of lateness before the closing',
];

const seeds = share(50, 1);
const counted = new Map<string, Record<Class, number>>();

describe('I7: on a tampered chain', () => {
  test.each(Object.keys(kinds))(
    '%s: nothing is sent that is unsigned, and nothing at all when it is broken',
    async (name) => {
      const counts = { broken: 0, sent: 0, kept: 0 };
      for (let index = 0; index < seeds; index += 1) counts[await tried(name, seed + index)] += 1;
      counted.set(name, counts);
      if (alwaysBroken.includes(name)) expect(counts).toMatchObject({ sent: 0, kept: 0 });
    },
  );

  afterAll(() => {
    const sum = (which: Class) => [...counted.values()].reduce((total, counts) => total + counts[which], 0);
    const perKind = [...counted].map(([name, { broken, sent, kept }]) => `${name} ${broken}/${sent}/${kept}`);
    console.log(
      `tampered sends: 0 sends of ${sum('broken')} broken chains, 0 unsigned of ${sum('sent') + sum('kept')} whole ones (${sum('sent')} sent as signed), SEED=${seed}; broken/sent/kept: ${perKind.join('; ')}`,
    );
  });
});

describe('on the genuine chain', () => {
  test.each(momentNames)('%s is sent exactly once if it is signed, else never', async (moment) => {
    for (const start of [1, 2, 3, 4]) {
      const scene = await upTo(moment);
      const before = scene.world.sends.length;
      await tamperWith(scene, ({ entries, facts }) => ({ items: itemsOf(entries), facts, found: { unsure: null } }), 1);
      await goOn(scene, new Chance(start));
      expect(sendsOf(scene)).toBe(moments[moment].isSigned ? 1 : 0);
      expect(unsigned({ ...scene, budget: 0, before })).toEqual([]);
    }
  });
});
