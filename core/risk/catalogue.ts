/** All argument tables as one look-up by command name. */
import type { Rule, Table } from './table.ts';
import { aws } from './tables/aws.ts';
import { builtins } from './tables/builtins.ts';
import { clouds } from './tables/clouds.ts';
import { clusters } from './tables/clusters.ts';
import { containers } from './tables/containers.ts';
import { coreutils } from './tables/coreutils.ts';
import { databases } from './tables/databases.ts';
import { find } from './tables/find.ts';
import { git } from './tables/git.ts';
import { infrastructure } from './tables/infrastructure.ts';
import { kubernetes } from './tables/kubernetes.ts';
import { machine } from './tables/machine.ts';
import { monitoring } from './tables/monitoring.ts';
import { network } from './tables/network.ts';
import { packages } from './tables/packages.ts';
import { processes } from './tables/processes.ts';
import { queues } from './tables/queues.ts';
import { servers } from './tables/servers.ts';
import { storage } from './tables/storage.ts';
import { stores } from './tables/stores.ts';
import { systemd } from './tables/systemd.ts';
import { text } from './tables/text.ts';
import { virtual } from './tables/virtual.ts';
import { wrappers } from './tables/wrappers.ts';

/** In the order in which they are asked for a name; no name may occur in two, so that the order decides nothing. */
const makers: readonly (() => Table)[] = [
  builtins,
  coreutils,
  text,
  find,
  processes,
  systemd,
  network,
  kubernetes,
  containers,
  git,
  infrastructure,
  stores,
  clouds,
  wrappers,
  storage,
  clusters,
  virtual,
  databases,
  packages,
  servers,
  queues,
  machine,
  monitoring,
  aws,
];

const byName = new Map<string, Rule>();
const made: Table[] = [];

/** The entry of a command, or undefined. Tables are made until one has it: a script names commands of few, and all are many. */
export function findRule(name: string): Rule | undefined {
  let rule = byName.get(name);
  while (rule === undefined && makeNext()) rule = byName.get(name);
  return rule;
}

/** Whether a function of this name would hide a command that the tables know. */
export function isBuiltinOrKnown(name: string): boolean {
  return findRule(name) !== undefined;
}

/** The name of every command that has an entry. */
export function commandNames(): string[] {
  allTables();
  return [...byName.keys()];
}

/** All argument tables. */
export function allTables(): readonly Table[] {
  while (makeNext()) {}
  return made;
}

/** Makes the next table; false when there is none. */
function makeNext(): boolean {
  const make = makers[made.length];
  if (!make) return false;
  const table = make();
  for (const [names, rule] of Object.entries(table)) for (const name of names.split(' ')) byName.set(name, rule);
  made.push(table);
  return true;
}
