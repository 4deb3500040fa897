/** What `kubectl get` and `kubectl describe` print of the tiny cluster. */
import type { Cluster, Deployment, Node, Pod } from './cluster.ts';

const version = 'v1.32.9-eks-113cf36';

/** Columns three spaces apart, every cell padded, as kubectl does. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((text, column) => text.padEnd(widths[column] ?? 0))
          .join('   ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** `9d`, `34d`, `14m`, `8s`. */
export function age(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 10_800) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}

export function podRows(pods: readonly Pod[], now: number, how: { all: boolean; wide: boolean }): string[][] {
  const header = [
    ...(how.all ? ['NAMESPACE'] : []),
    ...['NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE'],
    ...(how.wide ? ['IP', 'NODE', 'NOMINATED NODE', 'READINESS GATES'] : []),
  ];
  const rows = pods.map((pod) => [
    ...(how.all ? [pod.namespace] : []),
    pod.name,
    pod.crash ? '0/1' : '1/1',
    pod.crash ? 'CrashLoopBackOff' : 'Running',
    pod.restarts > 0 ? `${pod.restarts} (3m12s ago)` : '0',
    age(now - pod.startedAt),
    ...(how.wide ? [pod.address, pod.node, '<none>', '<none>'] : []),
  ]);
  return [header, ...rows];
}

export function deploymentRows(cluster: Cluster, shown: readonly Deployment[], now: number, wide: boolean): string[][] {
  const header = [
    'NAME',
    'READY',
    'UP-TO-DATE',
    'AVAILABLE',
    'AGE',
    ...(wide ? ['CONTAINERS', 'IMAGES', 'SELECTOR'] : []),
  ];
  const rows = shown.map(({ namespace, name, replicas, revisions }) => {
    const ready = cluster.podsOf(namespace, name).filter(({ crash }) => !crash).length;
    const image = revisions.at(-1)?.image ?? '';
    const own = [
      name,
      `${ready}/${replicas}`,
      String(replicas),
      String(ready),
      age(now - (cluster.nodes[0]?.startedAt ?? now)),
    ];
    return [...own, ...(wide ? [name, image, `app=${name}`] : [])];
  });
  return [header, ...rows];
}

export function nodeRows(nodes: readonly Node[], now: number, wide: boolean): string[][] {
  const header = [
    ...['NAME', 'STATUS', 'ROLES', 'AGE', 'VERSION'],
    ...(wide ? ['INTERNAL-IP', 'EXTERNAL-IP', 'OS-IMAGE', 'KERNEL-VERSION', 'CONTAINER-RUNTIME'] : []),
  ];
  const rows = nodes.map(({ name, address, startedAt, unschedulable }) => [
    ...[name, unschedulable ? 'Ready,SchedulingDisabled' : 'Ready', '<none>', age(now - startedAt), version],
    ...(wide
      ? [address, '<none>', 'Amazon Linux 2023.8.20250915', '6.1.150-174.273.amzn2023.x86_64', 'containerd://1.7.28']
      : []),
  ]);
  return [header, ...rows];
}

export function describedNode(cluster: Cluster, node: Node): string {
  const pods = cluster.pods.filter((pod) => pod.node === node.name);
  const condition = (type: string, holds: boolean, reason: string, message: string) => [
    type,
    holds ? 'True' : 'False',
    reason,
    message,
  ];
  const conditions = columns([
    ['Type', 'Status', 'Reason', 'Message'],
    condition('MemoryPressure', false, 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    node.diskPressure
      ? condition('DiskPressure', true, 'KubeletHasDiskPressure', 'kubelet has disk pressure')
      : condition('DiskPressure', false, 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    condition('PIDPressure', false, 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    condition('Ready', true, 'KubeletReady', 'kubelet is posting ready status'),
  ]);
  const taints = [
    ...(node.diskPressure ? ['node.kubernetes.io/disk-pressure:NoSchedule'] : []),
    ...(node.unschedulable ? ['node.kubernetes.io/unschedulable:NoSchedule'] : []),
  ];
  const running = columns([['Namespace', 'Name'], ...pods.map(({ namespace, name }) => [namespace, name])]);
  return [
    `Name:               ${node.name}`,
    'Roles:              <none>',
    `Taints:             ${taints.join('\n                    ') || '<none>'}`,
    `Unschedulable:      ${node.unschedulable}`,
    `Conditions:\n${indented(conditions)}`,
    `Addresses:\n  InternalIP:   ${node.address}\n  Hostname:     ${node.name}`,
    `Non-terminated Pods:          (${pods.length} in total)\n${indented(running)}`,
    node.diskPressure
      ? `Events:\n  Type     Reason               Age   From     Message\n  ----     ------               ---   ----     -------\n  Warning  FreeDiskSpaceFailed  4m    kubelet  Failed to garbage collect required amount of images. Attempted to free 5368709120 bytes, but only found 0 bytes eligible to free.\n`
      : 'Events:              <none>\n',
  ].join('\n');
}

export function describedPod(pod: Pod, now: number): string {
  const state = pod.crash
    ? `    State:          Waiting\n      Reason:       CrashLoopBackOff\n    Last State:     Terminated\n      Reason:       ${pod.crash.reason}\n      Exit Code:    ${pod.crash.exitCode}\n    Ready:          False`
    : '    State:          Running\n    Ready:          True';
  const events = pod.crash
    ? `Events:\n  Type     Reason   Age   From     Message\n  ----     ------   ----  ----     -------\n  Normal   Pulled   ${age(now - pod.startedAt)}   kubelet  Successfully pulled image "${pod.image}"\n  Warning  BackOff  2m    kubelet  Back-off restarting failed container ${pod.owner} in pod ${pod.name}\n`
    : 'Events:           <none>\n';
  return [
    `Name:             ${pod.name}`,
    `Namespace:        ${pod.namespace}`,
    `Node:             ${pod.node}`,
    `Labels:           app=${pod.owner}`,
    'Status:           Running',
    `IP:               ${pod.address}`,
    `Containers:\n  ${pod.owner}:\n    Image:          ${pod.image}\n${state}\n    Restart Count:  ${pod.restarts}`,
    events,
  ].join('\n');
}

function indented(text: string): string {
  return text.trimEnd().replace(/^/gm, '  ');
}
