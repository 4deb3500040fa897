/** An oracle of what was sent: every send needs its burn, and every change the genuine click of an approver on exactly it. */
import { sha256 } from '../../../core/digest.ts';
import { dispatchKey } from '../../../core/dispatch.ts';
import { ana } from '../../support/fixtures.ts';
import type { World } from '../../support/world.ts';
import { isChange, type Witness } from './witness.ts';

/** Where sends are looked at: all of them, or those behind the first `before`, with so many unasked actions allowed. */
interface Sending {
  readonly world: World;
  readonly witness: Witness;
  readonly budget: number;
  readonly before?: number;
}

/** What was sent and must not have been, in words. */
export function unsigned({ world, witness, budget, before = 0 }: Sending): string[] {
  const found: string[] = [];
  const keys = world.sends.map(({ incidentId, dispatch }) => dispatchKey(incidentId, dispatch));
  if (new Set(keys).size < keys.length) found.push('a dispatch was sent twice');
  const onHosts = world.sends.flatMap(({ incidentId, dispatch, targets }) =>
    targets.map((target) => `${dispatchKey(incidentId, { ...dispatch, wave: 1 })} ${target}`),
  );
  if (new Set(onHosts).size < onHosts.length) found.push('two waves of a dispatch went to one host');
  for (const [index, send] of world.sends.entries()) {
    if (index < before) continue;
    const key = keys[index] ?? '';
    const burn = world.dispatches.burnt.get(key);
    if (!burn) found.push(`${key} was sent without a burn`);
    const isBurnt = burn?.scriptHash === sha256(send.script) && burn.targets.join() === send.targets.join();
    if (!isBurnt) found.push(`${key} was burnt as something else`);
    if (/\{\{|reboot/.test(send.script))
      found.push(`${key} was sent with what nobody could have meant: ${send.script}`);
    if (!isChange(send)) continue;
    if (burn?.standing) continue;
    const isSigned = witness.clicks.some(({ user, verdict, record }) => {
      const [item] = record.question.items;
      const isMeant = send.targets.every((target) => item?.targets.includes(target));
      const isSame = item?.scriptHash === sha256(send.script) && isMeant;
      const first = dispatchKey(send.incidentId, { ...send.dispatch, wave: 1 });
      const about = item && dispatchKey(record.question.incidentId, item.dispatch) === first;
      return user === ana.id && verdict === 'approve' && isSame && about && record.digest === burn?.questionDigest;
    });
    if (!isSigned) found.push(`${key} was sent, and no approver signed it`);
  }
  const unasked = [...world.dispatches.burnt.values()].filter((burn) => burn.standing !== null);
  if (unasked.length > budget) found.push(`${unasked.length} unasked actions with a budget of ${budget}`);
  return found;
}
