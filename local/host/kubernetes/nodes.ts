/** `kubectl cordon`, `uncordon` and `drain`, as they are and as dry runs. */
import type { ExecResult } from 'just-bash';
import { type Options, printed } from '../output.ts';
import type { Cluster, Node, Pod } from './cluster.ts';

type Values = Options['values'];

/** ` (server dry run)`, ` (dry run)`, or nothing. */
export function dry(values: Values): string {
  const how = values['dry-run'];
  if (how === undefined || how === 'none') return '';
  return how === 'server' ? ' (server dry run)' : ' (dry run)';
}

export function cordon(node: Node, closed: boolean, values: Values): ExecResult {
  const done = closed ? 'cordoned' : 'uncordoned';
  const already = node.unschedulable === closed;
  if (dry(values) === '') node.unschedulable = closed;
  return printed(`node/${node.name} ${already ? `already ${done}` : done}${dry(values)}\n`);
}

/** Like kubectl: daemons and local data stop it unless told otherwise, a pod without another node ends it. */
export function drain(cluster: Cluster, node: Node, values: Values): ExecResult {
  const suffix = dry(values);
  const first = cordon(node, true, values).stdout;
  const pods = cluster.pods.filter((pod) => pod.node === node.name);
  const refusal = drainRefusal(pods, values);
  if (refusal !== null)
    return failedAfter(
      first,
      `error: unable to drain node "${node.name}" due to error: [${refusal}], continuing command...\n`,
    );
  const daemons = pods.filter(({ daemon }) => daemon);
  const warning = daemons.length > 0 ? `Warning: ignoring DaemonSet-managed Pods: ${named(daemons)}\n` : '';
  const moving = pods.filter(({ daemon }) => !daemon);
  const evicting = moving.map((pod) => `evicting pod ${named([pod])}${suffix}\n`).join('');
  const stuck = suffix === '' ? moving.find((pod) => !cluster.evict(pod)) : undefined;
  if (stuck)
    return failedAfter(
      first + evicting,
      `${warning}error when evicting pods/"${stuck.name}" -n "${stuck.namespace}": global timeout reached\n`,
    );
  const evicted = suffix === '' ? moving.map(({ name }) => `pod/${name} evicted\n`).join('') : '';
  return { ...printed(`${first}${evicting}${evicted}node/${node.name} drained${suffix}\n`), stderr: warning };
}

function drainRefusal(pods: readonly Pod[], values: Values): string | null {
  const daemons = values['ignore-daemonsets'] ? [] : pods.filter(({ daemon }) => daemon);
  const keeping = values['delete-emptydir-data'] ? [] : pods.filter(({ emptyDirectory }) => emptyDirectory);
  const refusals = [
    ...(daemons.length > 0
      ? [`cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): ${named(daemons)}`]
      : []),
    ...(keeping.length > 0
      ? [`cannot delete Pods with local storage (use --delete-emptydir-data to override): ${named(keeping)}`]
      : []),
  ];
  return refusals.length > 0 ? refusals.join(', ') : null;
}

function failedAfter(stdout: string, stderr: string): ExecResult {
  return { stdout, stderr, exitCode: 1 };
}

function named(pods: readonly Pod[]): string {
  return pods.map(({ namespace, name }) => `${namespace}/${name}`).join(', ');
}
