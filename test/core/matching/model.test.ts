/** The model can only rank what code found and raise what the floor says: whatever it answers, no risk is lower than without it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Model } from '../../../core/matching/model.ts';
import { riskAtLeast, riskLevels } from '../../../core/words.ts';
import { seed, share } from '../../soak.ts';
import { alarmOf } from '../../support/fixtures.ts';
import { World } from '../../support/world.ts';

/** Parses what it says by the question's schema, as the adapter does. */
const modelSaying = (answer: () => unknown): Model => ({
  name: 'hostile',
  ask: async ({ schema }) => schema.parse(answer()),
});

async function plannedWith(model: Model | null, alarm = alarmOf()) {
  const world = new World();
  world.alarm = alarm;
  world.model = model;
  const id = await world.ring();
  await world.plan(id);
  const event = world.events(id).find(({ kind }) => kind === 'planned');
  if (event?.kind !== 'planned') throw new Error('no plan was made');
  return { world, id, plan: event };
}

const vote = fc.record({
  step: fc.integer({ min: -1, max: 8 }),
  risk: fc.constantFrom(...riskLevels),
  why: fc.string(),
});
const answers = fc.oneof(
  fc.record({ steps: fc.array(vote, { maxLength: 12 }) }),
  fc.record({
    runbookId: fc.constantFrom('fix', null, 'rm -rf /', '__proto__'),
    confidence: fc.double({ noNaN: false }),
    why: fc.string(),
  }),
  fc.anything(),
);

describe('a hostile model', () => {
  test('lowers no risk, chooses no runbook that code did not find, and makes nothing proceed', async () => {
    const honest = (await plannedWith(null)).plan;
    await fc.assert(
      fc.asyncProperty(fc.array(answers, { minLength: 1, maxLength: 2 }), async (said) => {
        let turn = 0;
        const { plan } = await plannedWith(modelSaying(() => said[turn++ % said.length]));
        expect(plan.runbook).toEqual(honest.runbook);
        expect(plan.confidence).toBeLessThanOrEqual(honest.confidence);
        for (const [index, step] of plan.steps.entries()) {
          const alone = honest.steps[index];
          expect(alone && riskAtLeast(step.level, alone.level)).toBe(true);
          expect(step.floor).toBe(alone?.floor);
          if (alone?.decision !== 'proceed') expect(step.decision).not.toBe('proceed');
        }
      }),
      { seed, numRuns: share(3000) },
    );
  });

  test('may raise: its word is in the plan, and the step asks', async () => {
    const said = {
      steps: [
        { step: 1, risk: 'modifying', why: 'looks odd' },
        { step: 3, risk: 'read_only', why: 'trust me' },
      ],
    };
    const { plan } = await plannedWith(modelSaying(() => said));
    expect(plan.steps.map(({ model, level, decision }) => [model, level, decision])).toEqual([
      ['modifying', 'modifying', 'ask'],
      [null, 'modifying', 'ask'],
      [null, 'destructive', 'ask'],
      [null, 'read_only', 'proceed'],
    ]);
  });

  test('that forbids a step halts the incident', async () => {
    const said = { steps: [{ step: 1, risk: 'forbidden', why: 'never' }] };
    const { world, id } = await plannedWith(modelSaying(() => said));
    expect(await world.gate(id)).toMatchObject({ decision: 'halt' });
  });
});

describe('a model is asked only what can matter', () => {
  /** How many questions two incidents of one world asked, one after the other. */
  async function questionsOfTwo(prepare: (world: World) => void = () => {}) {
    const world = new World();
    const asked: string[] = [];
    world.model = {
      name: 'counting',
      ask: async ({ schema, text }) => {
        asked.push(text);
        return schema.parse({ steps: [{ step: 1, risk: 'modifying', why: 'looks odd' }] });
      },
    };
    prepare(world);
    const plans = [];
    for (const minute of [0, 1]) {
      world.alarm = alarmOf({ name: `fix-web-${minute}` });
      const id = await world.ring();
      await world.plan(id);
      plans.push(world.events(id).find(({ kind }) => kind === 'planned'));
    }
    return { asked, plans };
  }

  test('an exact route needs no ranking, and the vote on a runbook is asked once and kept', async () => {
    const { asked, plans } = await questionsOfTwo();
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatch(/^Name every step/);
    for (const plan of plans)
      expect(plan).toMatchObject({
        model: 'not asked: an exact route decides',
        steps: expect.arrayContaining([expect.objectContaining({ number: 1, model: 'modifying' })]),
      });
  });

  test.each([
    [
      'cannot be read',
      (world: World) => void Object.assign(world.work, { vote: () => Promise.reject(new Error('throttled')) }),
    ],
    [
      'cannot be kept',
      (world: World) => void Object.assign(world.work, { keepVote: () => Promise.reject(new Error('throttled')) }),
    ],
    [
      'says something else',
      (world: World) => void Object.assign(world.work, { vote: async () => ({ steps: 'all read_only' }) }),
    ],
  ])('what is kept and %s costs a question, and nothing else', async (_, prepare) => {
    const { asked, plans } = await questionsOfTwo(prepare);
    expect(asked).toHaveLength(2);
    expect(plans[1]).toMatchObject({ problems: [] });
  });

  test('a planted vote lowers nothing: it is believed no more than a model', async () => {
    const planted = { steps: [1, 2, 3, 4].map((step) => ({ step, risk: 'read_only', why: 'trust me' })) };
    const { asked, plans } = await questionsOfTwo((world) => {
      world.work.vote = async () => planted;
    });
    expect(asked).toEqual([]);
    expect(plans[0]).toMatchObject({
      steps: [{ level: 'read_only' }, { level: 'modifying' }, { level: 'destructive' }, { level: 'read_only' }],
    });
  });
});

describe('a model that fails', () => {
  test('is noted, and the plan is the one without it', async () => {
    const down: Model = { name: 'down', ask: () => Promise.reject(new Error('503')) };
    const { plan } = await plannedWith(down);
    const honest = (await plannedWith(null)).plan;
    expect({ ...plan, model: '' }).toEqual({ ...honest, model: '' });
    expect(plan.model).toMatch(/failed \(Error\) at the risk vote: the static floor stands/);
    expect(honest.model).toBe('off: planning is deterministic');
  });
});
