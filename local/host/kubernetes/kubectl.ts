/** `kubectl` over the tiny cluster: looking, rolling back, and emptying a node. */
import { type CustomCommand, defineCommand, type ExecResult } from 'just-bash';
import { failed, isResult, type Options, parseOptions, printed } from '../output.ts';
import type { Cluster, Deployment, Node, Pod } from './cluster.ts';
import { cordon, drain, dry } from './nodes.ts';
import { age, columns, deploymentRows, describedNode, describedPod, nodeRows, podRows } from './show.ts';

const options = {
  namespace: { type: 'string', short: 'n' },
  'all-namespaces': { type: 'boolean', short: 'A' },
  output: { type: 'string', short: 'o' },
  selector: { type: 'string', short: 'l' },
  'field-selector': { type: 'string' },
  'sort-by': { type: 'string' },
  previous: { type: 'boolean', short: 'p' },
  tail: { type: 'string' },
  'all-containers': { type: 'boolean' },
  timeout: { type: 'string' },
  'dry-run': { type: 'string' },
  'ignore-daemonsets': { type: 'boolean' },
  'delete-emptydir-data': { type: 'boolean' },
} as const;
type Values = Options['values'];

const kinds: Readonly<Record<string, string>> = {
  po: 'pods',
  pod: 'pods',
  pods: 'pods',
  deploy: 'deployments',
  deployment: 'deployments',
  deployments: 'deployments',
  no: 'nodes',
  node: 'nodes',
  nodes: 'nodes',
  pdb: 'poddisruptionbudgets',
  poddisruptionbudget: 'poddisruptionbudgets',
  poddisruptionbudgets: 'poddisruptionbudgets',
};

/** Its own error, of which every part of a command may be the cause. */
class KubectlError extends Error {}

export function kubectl(cluster: Cluster, now: () => number): CustomCommand {
  return defineCommand('kubectl', async (arguments_) => {
    const parsed = parseOptions('kubectl', arguments_, options);
    if (isResult(parsed)) return parsed;
    const [verb = '', ...operands] = parsed.operands;
    try {
      return perform(cluster, now(), verb, operands, parsed.values);
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error;
      return failed(error.message);
    }
  });
}

function perform(cluster: Cluster, now: number, verb: string, operands: readonly string[], values: Values): ExecResult {
  switch (verb) {
    case 'get':
      return get(cluster, now, operands, values);
    case 'describe':
      return describe(cluster, now, operands, values);
    case 'logs':
      return logs(cluster, operands, values);
    case 'rollout':
      return rollout(cluster, operands, values);
    case 'cordon':
    case 'uncordon':
      return cordon(nodeOf(cluster, operands[0]), verb === 'cordon', values);
    case 'drain':
      return drain(cluster, nodeOf(cluster, operands[0]), values);
    default:
      return failed(`error: unknown command "${verb}" for "kubectl" (on this virtual host)`);
  }
}

/** `deployment/checkout` and `deployment checkout` are the same. */
function meant([first = '', second]: readonly string[]): { kind: string; name: string | undefined } {
  const [kind = '', joined] = first.split('/');
  const known = kinds[kind];
  if (known === undefined) throw new KubectlError(`error: the server doesn't have a resource type "${kind}"`);
  return { kind: known, name: joined ?? second };
}

function namespaceOf(values: Values): string {
  return String(values.namespace ?? 'default');
}

function nodeOf(cluster: Cluster, name: string | undefined): Node {
  const node = cluster.nodes.find((candidate) => candidate.name === name);
  if (!node) throw new KubectlError(`Error from server (NotFound): nodes "${name}" not found`);
  return node;
}

function deploymentOf(cluster: Cluster, operands: readonly string[], values: Values): Deployment {
  const { kind, name = '' } = meant(operands);
  const found = kind === 'deployments' ? cluster.deployment(namespaceOf(values), name) : undefined;
  if (!found) throw new KubectlError(`Error from server (NotFound): deployments.apps "${name}" not found`);
  return found;
}

function podsMeant(cluster: Cluster, name: string | undefined, values: Values): Pod[] {
  const label = /^app=(.+)$/.exec(String(values.selector ?? ''))?.[1];
  const [, field, value] = /^(spec\.nodeName|status\.phase)=(.+)$/.exec(String(values['field-selector'] ?? '')) ?? [];
  if (values['field-selector'] !== undefined && field === undefined)
    throw new KubectlError(
      `Error from server (BadRequest): field label not supported: ${values['field-selector']} (on this virtual host)`,
    );
  const chosen = cluster.pods.filter(
    (pod) =>
      (values['all-namespaces'] || pod.namespace === namespaceOf(values)) &&
      (name === undefined || pod.name === name) &&
      (label === undefined || pod.owner === label) &&
      (field !== 'spec.nodeName' || pod.node === value) &&
      (field !== 'status.phase' || value === 'Running'),
  );
  if (name !== undefined && chosen.length === 0)
    throw new KubectlError(`Error from server (NotFound): pods "${name}" not found`);
  return [...chosen].sort((a, b) => (a.namespace + a.name < b.namespace + b.name ? -1 : 1));
}

function get(cluster: Cluster, now: number, operands: readonly string[], values: Values): ExecResult {
  const { kind, name } = meant(operands);
  const wide = values.output === 'wide';
  const all = values['all-namespaces'] === true;
  const path = /^jsonpath=\{(\.[\w.]+)\}$/.exec(String(values.output ?? ''))?.[1];
  if (kind === 'nodes') {
    const nodes = name === undefined ? cluster.nodes : [nodeOf(cluster, name)];
    return path === undefined ? printed(columns(nodeRows(nodes, now, wide))) : printed(field(nodes[0], path));
  }
  if (values.output !== undefined && !wide)
    throw new KubectlError(
      `error: unable to match a printer suitable for the output format "${values.output}" (on this virtual host)`,
    );
  if (kind === 'deployments') {
    const shown =
      name === undefined
        ? cluster.deployments.filter(({ namespace }) => namespace === namespaceOf(values))
        : [deploymentOf(cluster, operands, values)];
    return printed(columns(deploymentRows(cluster, shown, now, wide)));
  }
  if (kind === 'poddisruptionbudgets') return printed(columns(budgets(cluster, now)));
  const pods = podsMeant(cluster, name, values);
  if (pods.length > 0) return printed(columns(podRows(pods, now, { all, wide })));
  return { ...printed(''), stderr: `No resources found${all ? '' : ` in ${namespaceOf(values)} namespace.`}\n` };
}

/** A node as its API object, as far as runbooks ask. */
function field(node: Node | undefined, path: string): string {
  const object: Readonly<Record<string, string>> = {
    '.metadata.name': node?.name ?? '',
    '.spec.unschedulable': node?.unschedulable ? 'true' : '',
  };
  return object[path] ?? '';
}

function budgets(cluster: Cluster, now: number): string[][] {
  const created = age(now - (cluster.nodes[0]?.startedAt ?? now));
  const rows = ['cart', 'checkout'].map((name) => {
    const healthy = cluster.podsOf('shop', name).filter(({ crash }) => !crash).length;
    return ['shop', name, 'N/A', '1', String(Math.min(1, healthy)), created];
  });
  return [['NAMESPACE', 'NAME', 'MIN AVAILABLE', 'MAX UNAVAILABLE', 'ALLOWED DISRUPTIONS', 'AGE'], ...rows];
}

function describe(cluster: Cluster, now: number, operands: readonly string[], values: Values): ExecResult {
  const { kind, name } = meant(operands);
  if (kind === 'nodes') return printed(describedNode(cluster, nodeOf(cluster, name)));
  if (kind !== 'pods') throw new KubectlError(`error: describe ${kind} does not work on this virtual host`);
  return printed(
    podsMeant(cluster, name, values)
      .map((pod) => describedPod(pod, now))
      .join('\n\n'),
  );
}

function logs(cluster: Cluster, operands: readonly string[], values: Values): ExecResult {
  const named = operands[0] ?? '';
  const pod = named.includes('/')
    ? cluster.podsOf(namespaceOf(values), deploymentOf(cluster, operands, values).name)[0]
    : podsMeant(cluster, named, values)[0];
  if (!pod) throw new KubectlError('error: no pods found');
  const note = named.includes('/')
    ? `Found ${cluster.podsOf(pod.namespace, pod.owner).length} pods, using pod/${pod.name}\n`
    : '';
  if (values.previous && !pod.crash)
    throw new KubectlError(
      `Error from server (BadRequest): previous terminated container "${pod.owner}" in pod "${pod.name}" not found`,
    );
  const lines = pod.crash?.log ?? ['INFO  ready', 'INFO  GET /health 200 in 3 ms'];
  const count = values.tail === undefined || values.tail === '-1' ? lines.length : Number(values.tail);
  return {
    ...printed(
      lines
        .slice(-count)
        .map((line) => `${line}\n`)
        .join(''),
    ),
    stderr: note,
  };
}

function rollout(cluster: Cluster, [verb = '', ...operands]: readonly string[], values: Values): ExecResult {
  const deployment = deploymentOf(cluster, operands, values);
  const full = `deployment.apps/${deployment.name}`;
  switch (verb) {
    case 'history': {
      const rows = deployment.revisions.map(({ number, cause }) => [String(number), cause]);
      return printed(`${full} \n${columns([['REVISION', 'CHANGE-CAUSE'], ...rows])}\n`);
    }
    case 'status': {
      const ready = cluster.podsOf(deployment.namespace, deployment.name).filter(({ crash }) => !crash).length;
      if (ready === deployment.replicas) return printed(`deployment "${deployment.name}" successfully rolled out\n`);
      return {
        ...printed(
          `Waiting for deployment "${deployment.name}" rollout to finish: ${ready} of ${deployment.replicas} updated replicas are available...\n`,
          1,
        ),
        stderr: 'error: timed out waiting for the condition\n',
      };
    }
    case 'undo':
      if (deployment.revisions.length < 2) throw new KubectlError('error: no rollout history found for deployment');
      if (values['dry-run'] !== undefined) return printed(`${full} rolled back${dry(values)}\n`);
      cluster.undo(deployment);
      return printed(`${full} rolled back\n`);
    default:
      throw new KubectlError(`error: unknown command "rollout ${verb}" (on this virtual host)`);
  }
}
