/** I1 with more than one person, in the kernel: distinct people, none of them suspended or part of it, one of them through IAM; and no field of the question may differ. */
import { describe, expect, test } from 'vitest';
import type { QuestionRecord } from '../../../core/approval/record.ts';
import type { Envelope } from '../../../core/dsse.ts';
import { Question, questionDigest } from '../../../core/question.ts';
import { seed, share } from '../../soak.ts';
import { account, ana, ben, compiledOf, fixRunbook } from '../../support/fixtures.ts';
import { World } from '../../support/world.ts';
import { changedAt, fields, other, type Path, valueAt } from '../approval/fields.ts';

const restart = { step: 2, part: 'run', attempt: 1, wave: 1 } as const;
const cleo = { id: 'U0000000003', name: 'cleo' };
const arn = `arn:aws:iam::${account}:user/ana`;
const throughIam = { by: { name: 'ana', via: 'iam' as const, id: arn } };

/** Production’s own defaults: a destructive step needs two people, one of them through IAM. */
const policy = `
mode: live
safety: { timeout: 10m, recovered_after: 10s, verification_window: 60s }
people:
  - { name: ana, slack: ${ana.id}, iam: "${arn}" }
  - { name: ben, slack: ${ben.id} }
  - { name: cleo, slack: ${cleo.id} }
approvers: [ana, ben, cleo]
`;
const runbook = fixRunbook.replace('```bash\n   systemctl', '```bash risk=destructive\n   systemctl');

async function waiting(): Promise<{ world: World; id: string; record: QuestionRecord }> {
  const world = new World();
  world.compiled = compiledOf({ policy, runbook });
  const id = await world.ring();
  await world.plan(id);
  for (const dispatch of [
    { step: 1, part: 'run', attempt: 1, wave: 1 },
    { step: 2, part: 'before', attempt: 1, wave: 1 },
  ] as const) {
    await world.gate(id);
    await world.execute(id, dispatch);
    await world.poll(id, dispatch);
  }
  await world.gate(id);
  await world.ask(id, restart);
  return { world, id, record: world.request(id, restart) as QuestionRecord };
}

const mutating = (world: World) => world.sends.filter(({ script }) => script.includes('restart'));

function refusals(world: World, id: string): string[] {
  return world.events(id).flatMap((event) => (event.kind === 'dispatch_refused' ? [JSON.stringify(event)] : []));
}

async function expectNothing(world: World, id: string, why: RegExp): Promise<void> {
  expect(['refused', 'stale']).toContain((await world.execute(id, restart)).outcome);
  expect(mutating(world)).toEqual([]);
  expect(refusals(world, id).at(-1)).toMatch(why);
}

const approvedBy = (record: QuestionRecord, ...votes: Envelope[]): QuestionRecord => ({
  ...record,
  status: 'APPROVED',
  votes,
});

test('the good case: two people, one of them through IAM, and the burn names their suspensions as absent', async () => {
  const { world, id, record } = await waiting();
  expect(record.question.terms).toMatchObject({ required: 2, secondChannel: true, approvers: ['ana', 'ben', 'cleo'] });
  world.plant(approvedBy(record, await world.vote(record, ben), await world.vote(record, ana, throughIam)));
  expect(await world.execute(id, restart)).toMatchObject({ outcome: 'succeeded' });
  expect(mutating(world)).toHaveLength(1);
});

describe('a kernel that is told APPROVED sends nothing', () => {
  type Hostile = (world: World, record: QuestionRecord) => Promise<Envelope[]>;
  const cases: Record<string, [Hostile, RegExp]> = {
    'for one person': [async (w, r) => [await w.vote(r, ana, throughIam)], /1 of 2/],
    'for two identities of one person': [
      async (w, r) => [await w.vote(r, ana), await w.vote(r, ana, throughIam)],
      /1 of 2/,
    ],
    'for one vote twice': [
      async (w, r) => {
        const vote = await w.vote(r, ana, throughIam);
        return [vote, vote];
      },
      /1 of 2/,
    ],
    'for two people in Slack, where IAM is wanted': [
      async (w, r) => [await w.vote(r, ben), await w.vote(r, cleo)],
      /none of them through IAM/,
    ],
    'for an ARN that the policy gives nobody': [
      async (w, r) => [await w.vote(r, ben), await w.vote(r, ana, { by: { ...throughIam.by, id: `${arn}2` } })],
      /1 of 2/,
    ],
    'for a member id that calls itself IAM': [
      async (w, r) => [await w.vote(r, ben), await w.vote(r, ana, { by: { ...throughIam.by, id: ana.id } })],
      /1 of 2/,
    ],
    'for a vote that another key signed': [
      async (w, r) => [await w.vote(r, ben), await new World().vote(r, ana, throughIam)],
      /1 of 2/,
    ],
    'for a no beside enough': [
      async (w, r) => [
        await w.vote(r, ben),
        await w.vote(r, ana, throughIam),
        await w.vote(r, cleo, { word: 'reject' }),
      ],
      /cleo rejected it/,
    ],
  };
  test.each(Object.entries(cases))('%s', async (_, [hostile, why]) => {
    const { world, id, record } = await waiting();
    world.plant(approvedBy(record, ...(await hostile(world, record))));
    await expectNothing(world, id, why);
  });
});

describe('a vote of somebody who is suspended', () => {
  const row = { by: 'x', why: 'y', at: '2026-11-21T03:00:00Z', envelope: null };

  test('before they voted or after counts for nothing at the burn', async () => {
    const { world, id, record } = await waiting();
    world.plant(approvedBy(record, await world.vote(record, ben), await world.vote(record, ana, throughIam)));
    world.control.suspensions.set('ben/1', row);
    await expectNothing(world, id, /1 of 2.*ben is suspended/);
  });

  test('in the very moment of the burn burns nothing', async () => {
    const { world, id, record } = await waiting();
    world.plant(approvedBy(record, await world.vote(record, ben), await world.vote(record, ana, throughIam)));
    world.fault = (port) => {
      if (port === 'dispatches.burn') world.control.suspensions.set('ben/1', row);
    };
    await expectNothing(world, id, /ben, who approved it, was suspended/);
    expect(world.dispatches.burnt.has(`${id}.2.run.1.1`)).toBe(false);
  });

  test('of somebody else, or behind a gap, changes nothing', async () => {
    const { world, id, record } = await waiting();
    world.plant(approvedBy(record, await world.vote(record, ben), await world.vote(record, ana, throughIam)));
    world.control.suspensions.set('cleo/1', row).set('ben/2', row);
    expect(await world.execute(id, restart)).toMatchObject({ outcome: 'succeeded' });
  });
});

/** Fields of the question as it was asked, generated from its schema; a field that is null here has its other value in test/core/approval. */
function places(question: Question): Path[] {
  return fields(Question, question).filter((path) => (valueAt(question, path) ?? null) !== null);
}

/** Which question it is, and when it was asked: the kernel takes them from the record, and votes sign them. */
const origin: ReadonlySet<string> = new Set(['revision', 'nonce', 'createdAt', 'expiresAt']);

test(`any one field changed, and approved by enough people with genuine votes: execution refuses with the cause, seed ${seed}`, async () => {
  const { record: first } = await waiting();
  const all = places(first.question);
  expect(all.map((path) => path.join('.'))).toEqual(
    expect.arrayContaining(['terms.required', 'terms.secondChannel', 'terms.singleOperator', 'terms.approvers.0']),
  );
  const count = Math.min(all.length, share(all.length, 8, 8));
  for (let turn = 0; turn < count; turn += 1) {
    const path = all[(seed + turn * 7) % all.length] as Path;
    const { world, id, record } = await waiting();
    const question = changedAt(record.question, path, other);
    const changed = { ...record, question, digest: questionDigest(question) };
    // What nobody can derive stands in the question alone: there the votes are those on the question that people saw.
    const voted = origin.has(String(path[0])) ? record : changed;
    const votes = [
      await world.vote(voted, ben),
      await world.vote(voted, cleo),
      await world.vote(voted, ana, throughIam),
    ];
    world.control.questions.set(`${id}/QUESTION#2.run.1.1#0001`, { ...approvedBy(changed, ...votes) });
    const { outcome } = await world.execute(id, restart);
    expect([path.join('.'), ['refused', 'stale'].includes(outcome), mutating(world)]).toEqual([
      path.join('.'),
      true,
      [],
    ]);
    expect(refusals(world, id).at(-1), path.join('.')).toMatch(
      /changed|no question of this release|0 of 2 signed approvals for exactly these bytes/,
    );
  }
}, 600_000);
