/** `kubectl cordon`, `uncordon` and `drain`, as they are and as dry runs. */
import type { ExecResult } from 'just-bash';
import { type Options, printed } from '../output.ts';
import type { Cluster, Node } from './cluster.ts';

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

export function drain(cluster: Cluster, node: Node, values: Values): ExecResult {
  const suffix = dry(values);
  const first = cordon(node, true, values).stdout;
  const pods = cluster.pods.filter((pod) => pod.node === node.name);
  const daemons = pods.filter(({ daemon }) => daemon).map(({ namespace, name }) => `${namespace}/${name}`);
  const kept = pods
    .filter(({ daemon, emptyDirectory }) => !daemon && emptyDirectory)
    .map(({ namespace, name }) => `${namespace}/${name}`);
  const refusals = [
    ...(daemons.length > 0 && !values['ignore-daemonsets']
      ? [`cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): ${daemons.join(', ')}`]
      : []),
    ...(kept.length > 0 && !values['delete-emptydir-data']
      ? [`cannot delete Pods with local storage (use --delete-emptydir-data to override): ${kept.join(', ')}`]
      : []),
  ];
  if (refusals.length > 0)
    return {
      stdout: first,
      stderr: `error: unable to drain node "${node.name}" due to error: [${refusals.join(', ')}], continuing command...\n`,
      exitCode: 1,
    };
  const warning = daemons.length > 0 ? `Warning: ignoring DaemonSet-managed Pods: ${daemons.join(', ')}\n` : '';
  const moving = pods.filter(({ daemon }) => !daemon);
  const evicting = moving.map(({ namespace, name }) => `evicting pod ${namespace}/${name}${suffix}\n`).join('');
  if (suffix !== '') return { ...printed(`${first}${evicting}node/${node.name} drained${suffix}\n`), stderr: warning };
  const stuck = moving.find((pod) => !cluster.evict(pod));
  if (stuck)
    return {
      stdout: first + evicting,
      stderr: `${warning}error when evicting pods/"${stuck.name}" -n "${stuck.namespace}": global timeout reached\n`,
      exitCode: 1,
    };
  const evicted = moving.map(({ name }) => `pod/${name} evicted\n`).join('');
  return { ...printed(`${first}${evicting}${evicted}node/${node.name} drained\n`), stderr: warning };
}
