/** Deciding the past anew: under the policy of the time everything is as it was, and what was not kept is not told. */
import { expect, test } from 'vitest';
import type { ReadEntry } from '../../../core/audit/chain.ts';
import { redecide } from '../../../core/use-cases/redecide.ts';
import { account, ana, compiledOf, policyText, riskTools, standing } from '../../support/fixtures.ts';
import { fleetOf } from '../../support/fleet.ts';
import { approving, World } from '../../support/world.ts';
import { fullRunbook } from '../gate/situations.ts';

/** Two people for what changes something, in a dry run. */
const two = policyText(
  'dry_run',
  `environments: { production: { accounts: ['${account}'], quorum: { modifying: 2 } } }`,
).replace('approvers: [ana]', 'approvers: [ana, ben]');

function anew(world: World, id: string, edit: (entry: ReadEntry) => ReadEntry = (entry) => entry, policy = two) {
  const { runbooks } = world.compiled;
  const how = { tools: riskTools, isOther: false };
  const runbookOf = (wanted: string) => runbooks.find((runbook) => runbook.id === wanted) ?? null;
  const then = policy === two ? world.compiled.policy : compiledOf({ policy }).policy;
  return redecide(id, world.reading(id).entries.map(edit), null, { ...how, runbookOf, policy: then });
}

async function dryRun() {
  const world = new World();
  world.compiled = compiledOf({ policy: two });
  const id = await world.ring();
  await world.run(id);
  return { world, id };
}

test('a dry run noted who would be asked, and how many of them', async () => {
  const { world, id } = await dryRun();
  const decided = anew(world, id);
  expect(decided.find(({ was }) => was.approvals?.required === 2)).toBeDefined();
  expect(decided.filter(({ isSame }) => isSame !== true)).toEqual([]);
  const one = anew(world, id, undefined, two.replace('modifying: 2', 'modifying: 1'));
  expect(one.some(({ isSame }) => isSame === false)).toBe(true);
});

test('where an earlier release noted no number, or nobody at all, it cannot be told', async () => {
  const { world, id } = await dryRun();
  const without = (...keys: string[]) =>
    anew(world, id, (entry) => {
      if (entry.event?.kind !== 'gate_decided') return entry;
      const kept = Object.entries(entry.event).filter(([key]) => !keys.includes(key));
      return { ...entry, event: Object.fromEntries(kept) as typeof entry.event };
    }).filter(({ was }) => was.decision === 'ask');
  for (const { isSame, why } of without('wouldRequire'))
    expect([isSame, why]).toEqual([null, 'how many would have had to approve was not kept']);
  for (const { isSame, why } of without('wouldRequire', 'wouldAsk'))
    expect([isSame, why]).toEqual([null, 'who was asked, or would have been, was not kept']);
});

test('what follows a run that people changed is not judged by the values of the plan', async () => {
  const { world, id } = await dryRun();
  const entries = world.reading(id).entries;
  const changed = { kind: 'vote_signed', word: 'modify', dispatch: { step: 2, part: 'run', attempt: 1, wave: 1 } };
  const at = entries.findIndex(({ event }) => event?.kind === 'gate_decided' && event.dispatch?.step === 2);
  const decided = anew(world, id, (entry) =>
    entry.sequence === entries[at - 1]?.sequence
      ? { ...entry, event: changed as unknown as typeof entry.event }
      : entry,
  );
  const [first] = decided.filter(({ dispatch }) => dispatch.step === 2);
  expect([first?.isSame, first?.why]).toEqual([
    null,
    'people had changed its values or hosts, which are not in the plan',
  ]);
});

test('later waves are decided with the first', async () => {
  const world = fleetOf(3);
  const id = await world.ring();
  await world.run(id);
  const waves = world
    .reading(id)
    .entries.flatMap(({ event }) => (event?.kind === 'gate_decided' && event.dispatch ? [event.dispatch.wave] : []));
  expect(Math.max(...waves)).toBeGreaterThan(1);
  const decided = anew(world, id);
  expect(decided.every(({ dispatch }) => dispatch.wave === 1)).toBe(true);
  expect(decided.filter(({ isSame }) => isSame !== true)).toEqual([]);
});

test('a further attempt was asked about although a standing approval covers the first: it is decided so again', async () => {
  const world = new World();
  const policy = policyText('live', standing(5));
  world.compiled = compiledOf({ policy, runbook: fullRunbook.replace('severity: high', 'severity: low') });
  world.respond = ({ dispatch: { part, attempt } }) =>
    part === 'verify' && attempt === 1 ? { status: 'Failed', exitCode: 3 } : {};
  const id = await world.ring();
  await world.run(id, async (w, record) => {
    if (record.question.kind !== 'failure') return approving(w, record);
    await w.click(record, ana, 'retry');
  });
  const decided = anew(world, id, undefined, policy);
  const again = decided.find(({ dispatch: { part, attempt } }) => part === 'run' && attempt === 2);
  expect([again?.was.decision, again?.would?.decision, again?.isSame]).toEqual(['ask', 'ask', true]);
});
