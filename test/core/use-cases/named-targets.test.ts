/** Targets by name: each step goes to its own hosts, and to no others. */
import { expect, test } from 'vitest';
import { verifyChain } from '../../../core/audit/verify.ts';
import { ana, compiledOf, fixRunbook, instanceId, policyText } from '../../support/fixtures.ts';
import { World } from '../../support/world.ts';

const [db1, db2] = ['i-00000000000000db1', 'i-00000000000000db2'] as const;
const named = fixRunbook
  .replace('targets: { from: alarm, max: 1 }', 'targets:\n  web: { from: alarm }\n  db: { tags: { role: db }, max: 2 }')
  .replace('```bash\n   df -h /', '```bash on=db\n   df -h /')
  .replace('```bash\n   systemctl restart web', '```bash on=web\n   systemctl restart web')
  .replace('risk=destructive', 'risk=destructive on=db')
  .replace('3. Delete', '   ```bash rollback\n   systemctl stop web\n   ```\n\n3. Delete')
  .replace('when=always', 'when=always on=web')
  .concat('\n5. Call the owner\n');

function worldOf(runbook = named, policy = policyText('live')): World {
  const world = new World();
  world.compiled = compiledOf({ runbook, policy });
  world.instances = [
    ...world.instances,
    ...[db1, db2].map((id) => ({ id, tags: { countersign: 'on', role: 'db' }, online: true })),
  ];
  return world;
}

const sent = (world: World) => world.sends.map(({ dispatch, targets }) => [dispatch.step, dispatch.part, ...targets]);

test('each step and its companions go to the hosts of its name; a manual step names all of them', async () => {
  const world = worldOf();
  const id = await world.ring();
  const manual: string[][] = [];
  await world.run(id, async (_, record) => {
    const { kind, items } = record.question;
    if (kind === 'manual') manual.push([...(items[0]?.targets ?? [])]);
    await world.click(record, ana, kind === 'manual' ? 'confirm' : 'approve');
  });
  expect(sent(world)).toEqual([
    [1, 'run', db1, db2],
    [2, 'before', instanceId],
    [2, 'run', instanceId],
    [2, 'after', instanceId],
    [3, 'dry_run', db1, db2],
    [3, 'run', db1],
    [3, 'run', db2],
    [4, 'run', instanceId],
  ]);
  expect(manual).toEqual([[db1, db2, instanceId].toSorted()]);
  const planned = world.events(id).find((event) => event.kind === 'planned');
  expect(planned?.targets).toEqual({ web: [instanceId], db: [db1, db2] });
  expect(verifyChain(id, await world.audit.items(id), await world.facts(id))).toMatchObject({ problems: [] });
});

test('what failed is undone where it ran', async () => {
  const world = worldOf();
  world.respond = ({ script }) => (script.includes('restart') ? { status: 'Failed', exitCode: 1 } : {});
  const id = await world.ring();
  await world.run(id, (_, record) => world.click(record, ana, record.question.kind === 'failure' ? 'skip' : 'approve'));
  expect(sent(world)).toContainEqual([2, 'rollback', instanceId]);
  expect(sent(world)).not.toContainEqual([2, 'rollback', db1]);
});

test('a host that is lost is left out of its own group alone, and a gained one is never in', async () => {
  const world = worldOf();
  const id = await world.ring();
  await world.plan(id);
  world.instances = world.instances
    .map((one) => (one.id === db2 ? { ...one, tags: { role: 'db' } } : one))
    .concat({ id: 'i-00000000000000db3', tags: { countersign: 'on', role: 'db' }, online: true });
  const { derived } = await world.gate(id);
  expect([derived?.targets, derived?.lost]).toEqual([[db1], [db2]]);
});

test('a name that the plan does not know goes nowhere', async () => {
  const world = worldOf();
  const id = await world.ring();
  await world.plan(id);
  const renamed = named.replace('  db: {', '  base: {').replaceAll('on=db', 'on=base');
  world.compiled = compiledOf({ runbook: renamed, policy: policyText('live') });
  await world.run(id, (_, record) => world.click(record, ana, 'approve'));
  expect(world.sends.flatMap(({ targets }) => targets)).not.toContain(db1);
});

test('without a host of one name no plan is made', async () => {
  const world = worldOf();
  world.instances = world.instances.slice(0, 1);
  const id = await world.ring();
  await world.run(id);
  const planned = world.events(id).find((event) => event.kind === 'planned');
  expect(planned?.problems.join()).toContain('no instance is tagged role=db');
  expect(world.sends).toEqual([]);
});
