/** An incident as it stands when the run of one step has just been asked about. */
import type { QuestionRecord } from '../../core/approval/record.ts';
import type { World } from './world.ts';

/** Goes through everything before it, which asks nobody. Throws where that step is never asked. */
export async function untilAsked(world: World, step: number) {
  const id = await world.ring();
  await world.plan(id);
  let { dispatch } = await world.gate(id);
  for (; dispatch && !(dispatch.step === step && dispatch.part === 'run'); { dispatch } = await world.gate(id))
    await world.execute(id, dispatch);
  if (!dispatch) throw new Error(`step ${step} is never asked`);
  await world.ask(id, dispatch);
  const asked = dispatch;
  return { id, dispatch: asked, asked: () => world.request(id, asked) as QuestionRecord };
}
