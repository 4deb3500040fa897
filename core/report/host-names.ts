/** Hosts by the names that people know them by: as the plan found them, since who tells later may not ask. */
import type { Progress } from '../incident/progress.ts';

/** Managed instances of EC2 and of elsewhere. */
const instanceId = /\bm?i-[0-9a-f]{8,17}\b/g;

/** Replaces ids in a text. */
export type Naming = (text: string) => string;

/** A name that cannot be read as two, as another host's id, or as words about it; who may tag a host chooses its name. */
function isPlain(name: string): boolean {
  return /^[^,;:()\p{C}]+$/u.test(name) && name.trim() !== '' && name.search(instanceId) < 0;
}

/** By name alone; two hosts of one name, and one whose name is not plain, keep their ids beside it. What the plan did not name stays an id. */
export function byName({ planned }: Pick<Progress, 'planned'>): Naming {
  const names = planned?.names ?? {};
  const counts = Map.groupBy(Object.values(names), (name) => name);
  return (text) =>
    text.replace(instanceId, (id) => {
      const name = names[id];
      if (name === undefined) return id;
      return isPlain(name) && counts.get(name)?.length === 1 ? name : `${name} (${id})`;
    });
}

/** By name, with the id beside it: where somebody is to go there. */
export function withId({ planned }: Pick<Progress, 'planned'>): Naming {
  const names = planned?.names ?? {};
  return (text) => text.replace(instanceId, (id) => (names[id] === undefined ? id : `${names[id]} (${id})`));
}
