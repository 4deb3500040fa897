/** `wait=`: one dispatch that the host repeats until it succeeds; only what looks is repeated, and a dry run looks once. */
import { expect, test } from 'vitest';
import { verifyChain } from '../../../core/audit/verify.ts';
import { ana, compiledOf, fixRunbook, policyText } from '../../support/fixtures.ts';
import { World } from '../../support/world.ts';

const waiting = fixRunbook
  .replace('```bash\n   df -h /', '```bash wait=5m timeout=30s\n   df -h /')
  .replace('```bash observe\n   systemctl is-active web\n', '```bash verify wait=2m\n   systemctl is-active web\n');

async function played(runbook: string, policy = policyText('live')) {
  const world = new World();
  world.compiled = compiledOf({ runbook, policy });
  const id = await world.ring();
  await world.run(id);
  return { world, id };
}

const repeated = (world: World) =>
  world.sends.map(({ script, waitSeconds, executionTimeoutSeconds }) => [
    script.slice(0, 12),
    waitSeconds,
    executionTimeoutSeconds,
  ]);

test('a look and a check are sent once, with the time for which the host repeats them', async () => {
  const { world, id } = await played(waiting);
  expect(repeated(world).slice(0, 3)).toEqual([
    ['df -h /', 300, 330],
    ['systemctl re', 0, 60],
    ['systemctl is', 120, 180],
  ]);
  const intents = world.events(id).flatMap((event) => (event.kind === 'dispatch_intended' ? [event] : []));
  expect(intents.map(({ waitSeconds }) => waitSeconds).slice(0, 3)).toEqual([300, undefined, 120]);
  expect(verifyChain(id, await world.audit.items(id), await world.facts(id))).toMatchObject({ problems: [] });
});

test('a check whose time is over is a failure of its step', async () => {
  const world = new World();
  world.compiled = compiledOf({ runbook: waiting });
  world.respond = ({ script }) => (script.includes('is-active') ? { status: 'Failed', exitCode: 3 } : {});
  const id = await world.ring();
  const kinds: string[] = [];
  await world.run(id, async (_, record) => {
    kinds.push(record.question.kind);
    await world.click(record, ana, record.question.kind === 'failure' ? 'abort' : 'approve');
  });
  expect(kinds).toContain('failure');
});

test('a dry run looks once', async () => {
  const { world } = await played(waiting, policyText('dry_run'));
  expect(repeated(world)).toContainEqual(['df -h /', 0, 30]);
  expect(repeated(world).every(([, wait]) => wait === 0)).toBe(true);
});

test('a person who is asked for it sees that it is repeated, and for how long; the question binds it', async () => {
  const world = new World();
  const policy = policyText('live', 'environments: { production: { auto_approve_reads: false } }');
  world.compiled = compiledOf({ runbook: waiting, policy });
  const id = await world.ring();
  await world.plan(id);
  const { dispatch } = await world.gate(id);
  if (!dispatch) throw new Error('nothing is asked');
  await world.ask(id, dispatch);
  expect(JSON.stringify(world.posts)).toContain('again and again, for up to 300 s, until it exits with 0');
  const record = world.request(id, dispatch);
  expect(record?.question.items).toMatchObject([{ waitSeconds: 300, executionTimeoutSeconds: 330 }]);
  // The card of something that runs once is no card of it.
  if (record) world.plant({ ...record, card: { ...(record.card as object), waitSeconds: 30 } });
  const planted = world.request(id, dispatch);
  if (planted) await world.click(planted, ana, 'approve');
  expect(world.request(id, dispatch)?.votes).toEqual([]);
});

test('what changes something with the values that it is given is not repeated', async () => {
  const given = waiting
    .replace('parameters: {}', 'parameters: { what: { type: path, from: "tag:what", default: /dev/null } }')
    .replace('df -h /\n', 'echo x >{{ what }}\n');
  const world = new World();
  world.compiled = compiledOf({ runbook: given });
  const harmless = await world.ring();
  await world.run(harmless);
  const before = repeated(world).length;
  expect(repeated(world)[0]).toEqual(["echo x >'/de", 300, 330]);
  world.alarm = world.alarm && {
    ...world.alarm,
    tags: { ...world.alarm.tags, what: '/etc/passwd' },
    stateChangedAt: '2026-11-21T03:30:00.000Z',
  };
  world.now = Date.parse('2026-11-21T03:30:10Z');
  const id = await world.ring();
  expect(id).not.toBe(harmless);
  await world.run(id);
  expect(world.sends.slice(before).map(({ script }) => script)).toEqual([]);
});
