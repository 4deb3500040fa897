/** Reading a situation: what it reads, in which order, and how much of what strangers wrote. */
import { expect, test } from 'vitest';
import { append } from '../../../core/audit/append.ts';
import { World } from '../../support/world.ts';
import { planned } from '../gate/situations.ts';

test('burns are read after the chain: of what the chain says was done, the burn is there then', async () => {
  const world = new World();
  const id = await world.ring();
  await world.plan(id);
  const calls: string[] = [];
  world.lost = (port) => void calls.push(`after ${port}`);
  world.fault = (port) => void calls.push(port);
  await world.gate(id);
  expect(calls.indexOf('after audit.items')).toBeGreaterThanOrEqual(0);
  expect(calls.indexOf('dispatches.burns')).toBeGreaterThan(calls.indexOf('after audit.items'));
});

test('of a plan that names thousands of hosts, which none of ours does, no more leases are read than one send takes', async () => {
  const world = new World();
  const id = await world.ring();
  const all = Array.from({ length: 5_000 }, (_, index) => `i-${String(index).padStart(17, '0')}`);
  await append(world.writer('settle'), id, planned(world.compiled, { targets: { all } }));
  let leases = 0;
  world.fault = (port) => {
    if (port === 'dispatches.lease') leases += 1;
  };
  await world.gate(id);
  expect(leases).toBe(20);
});
