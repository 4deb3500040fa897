/** Hosts by name: where the plan knew one, beside the id where two have the same, and nothing else in a text changes. */
import { expect, test } from 'vitest';
import type { Progress } from '../../../core/incident/progress.ts';
import { byName, withId } from '../../../core/report/host-names.ts';
import { fleetOf, hostId } from '../../support/fleet.ts';
import { rejecting, World } from '../../support/world.ts';

const progress = (names?: Record<string, string>) =>
  ({ planned: { ...(names ? { names } : {}) } }) as unknown as Pick<Progress, 'planned'>;
const [web, other] = ['i-0a1b2c3d4e5f60718', 'mi-0a1b2c3d4e5f60719'];

test.each([
  [{ [web]: 'web-1' }, `failed on ${web}, ran on ${other}`, `failed on web-1, ran on ${other}`],
  [{ [web]: 'web', [other]: 'web' }, `ran on ${web}, ${other}`, `ran on web (${web}), web (${other})`],
  [{ [web]: '$& $1' }, `ran on ${web}`, 'ran on $& $1'],
  [{ [web]: other }, `failed on ${web}`, `failed on ${other} (${web})`],
  [{ [web]: 'web-1, web-2' }, `ran on ${web}`, `ran on web-1, web-2 (${web})`],
  [{ [web]: 'web-1; not run on db-1' }, `ran on ${web}`, `ran on web-1; not run on db-1 (${web})`],
  [{ [web]: ' ' }, `ran on ${web}`, `ran on   (${web})`],
  [{ [web]: 'Web server 1.example' }, `ran on ${web}`, 'ran on Web server 1.example'],
  [undefined, `ran on ${web}`, `ran on ${web}`],
])('with %j %j reads %j', (names, text, expected) => {
  expect(byName(progress(names))(text)).toBe(expected);
});

test('where somebody is to go there, the id stands beside the name', () => {
  expect(withId(progress({ [web]: 'web-1' }))(web)).toBe(`web-1 (${web})`);
});

test('closings name hosts as people do, since the plan keeps their names', async () => {
  const world = new World();
  const id = await world.ring();
  await world.run(id, rejecting);
  expect(world.events(id).find(({ kind }) => kind === 'planned')).toMatchObject({
    names: { [world.instances[0]?.id ?? '']: 'web-1' },
  });
  const closing = JSON.stringify(world.posts.at(-1));
  expect(closing).toContain('web-1');
  expect(closing).not.toContain(world.instances[0]?.id);
});

test('where it is not known whether something ran, the closing says on which of the hosts of that name', async () => {
  const world = new World();
  world.respond = ({ dispatch: { step, part } }) =>
    step === 2 && part === 'run' ? { status: 'DeliveryTimedOut', exitCode: -1 } : {};
  const id = await world.ring();
  await world.run(id);
  expect(JSON.stringify(world.posts.at(-1))).toContain(`It is step 2 on web-1 (${world.instances[0]?.id}).`);
});

test('the card of what was approved says what came of it on which host by the same names', async () => {
  const world = fleetOf(2);
  world.instances = world.instances.map((host, at) => ({ ...host, tags: { ...host.tags, Name: `web-${at + 1}` } }));
  world.respond = ({ dispatch: { step, part } }, target) =>
    step === 2 && part === 'run' && target === hostId(2) ? { status: 'Failed', exitCode: 1 } : {};
  await world.run(await world.ring());
  const came = JSON.stringify(world.updates).match(/ran on [^"]*; failed on [^"]*/);
  expect(came?.[0]).toBe('ran on web-1; failed on web-2');
});
