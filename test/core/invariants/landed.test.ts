/** Incidents of the first release go on in this one: what waits is asked anew, what was sent is looked at and not sent twice. */
import { describe, expect, test } from 'vitest';
import { ana } from '../../support/fixtures.ts';
import { plantLanded } from '../../support/landed.ts';
import { approving, World } from '../../support/world.ts';
import { isChange } from './witness.ts';

const restart = { step: 2, part: 'run', attempt: 1, wave: 1 } as const;

/** The tables as the first release left them. */
function landed(name: string): { world: World; id: string; row: string } {
  const world = new World();
  const planted = plantLanded(world, name);
  world.now += 60_000;
  return { world, ...planted };
}

describe('a question of the first release that waits', () => {
  test('is superseded, its card told, asked anew, and what runs is what was approved in the new form', async () => {
    const { world, id, row } = landed('waiting.json');
    expect(await world.settle(id, restart)).toBe('answered');
    expect(await world.gate(id)).toMatchObject({ decision: 'ask', dispatch: restart });
    await world.ask(id, restart);
    expect(world.control.questions.get(row)).toMatchObject({ status: 'SUPERSEDED' });
    expect(JSON.stringify(world.updates)).toMatch(/Out of date, not run.*another release of Countersign/);
    const anew = world.request(id, restart);
    expect(anew).toMatchObject({ status: 'PENDING', question: { format: 2, revision: 1 } });
    expect(JSON.stringify(world.posts)).toContain('systemctl restart web');
    expect((await world.execute(id, restart)).outcome).toBe('stale');
    expect(world.sends).toEqual([]);
    if (anew) await world.click(anew, ana, 'approve');
    expect(await world.settle(id, restart)).toBe('approved');
    expect((await world.execute(id, restart)).outcome).toBe('succeeded');
    expect(world.sends.filter(isChange)).toHaveLength(1);
  });

  test('and was approved in the old form is asked anew all the same', async () => {
    const { world, id, row } = landed('waiting.json');
    world.control.questions.set(row, { ...world.control.questions.get(row), status: 'APPROVED' });
    expect((await world.execute(id, restart)).outcome).toBe('stale');
    expect(world.sends).toEqual([]);
    await world.run(id, approving);
    expect(world.sends.filter(({ dispatch }) => dispatch.step === 2 && dispatch.part === 'run')).toHaveLength(1);
  });
});

describe('a command of the first release that was sent', () => {
  test('is looked at, not sent again, and the incident goes on to its end', async () => {
    const { world, id } = landed('sent.json');
    expect((await world.execute(id, restart)).outcome).toBe('running');
    expect(world.sends).toEqual([]);
    expect((await world.poll(id, restart)).outcome).toBe('succeeded');
    await world.run(id, approving);
    expect(world.sends.filter(({ dispatch }) => dispatch.step === 2 && dispatch.part === 'run')).toEqual([]);
    expect(world.sends.filter(isChange).map(({ dispatch }) => dispatch.step)).toEqual([3]);
    const told = JSON.stringify(world.posts.at(-1));
    expect(told).toMatch(/✓ 2\. Restart.*ran/);
    expect(world.work.opened.size).toBe(0);
  });

  test('whose end nobody saw is never told as "not run"', async () => {
    const { world, id } = landed('sent.json');
    world.executions.set(id, 'FAILED');
    await world.sweep();
    const told = JSON.stringify(world.posts.at(-1));
    expect(told).toMatch(/2\. Restart".*?(may have run|result unknown): look at the host first/);
    expect(world.pages).toHaveLength(1);
  });
});
