/** A tiny Kubernetes cluster: three nodes, two deployments, a daemon set, and what releases and drains do to their pods. */
export interface Pod {
  readonly namespace: string;
  readonly name: string;
  /** Its deployment or daemon set. */
  readonly owner: string;
  readonly daemon: boolean;
  readonly node: string;
  readonly address: string;
  readonly image: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly restarts: number;
  /** What its last container ended with; null = it runs. */
  readonly crash: Crash | null;
  readonly emptyDirectory: boolean;
}

interface Crash {
  readonly reason: string;
  readonly exitCode: number;
  readonly log: readonly string[];
}

export interface Node {
  readonly name: string;
  readonly address: string;
  readonly startedAt: number;
  unschedulable: boolean;
  diskPressure: boolean;
}

interface Revision {
  readonly number: number;
  readonly image: string;
  readonly cause: string;
  readonly hash: string;
}

export interface Deployment {
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
  /** Oldest first; the last one runs. */
  readonly revisions: Revision[];
}

export const clusterName = 'prod-eu';
export const illNode = 'ip-10-0-3-21.ec2.internal';
const minute = 60_000;
const day = 1_440 * minute;
const letters = 'bcdfghjklmnpqrstvwxz2456789';
/** What version 4.13.0 does: it starts, misses a setting, and ends. */
const crash: Crash = {
  reason: 'Error',
  exitCode: 1,
  log: [
    'INFO  starting checkout 4.13.0',
    'INFO  connecting to postgres',
    'FATAL config: PAYMENT_API_V2_URL is not set',
    '  at loadConfig (/app/config.js:41:11)',
  ],
};

export class Cluster {
  readonly nodes: Node[];
  readonly deployments: Deployment[];
  pods: Pod[];
  readonly #now: () => number;
  #next = 0;

  constructor(now: () => number) {
    this.#now = now;
    const node = (index: number): Node => ({
      name: `ip-10-0-3-${20 + index}.ec2.internal`,
      address: `10.0.3.${20 + index}`,
      startedAt: now() - 34 * day,
      unschedulable: false,
      diskPressure: false,
    });
    this.nodes = [node(0), node(1), node(2)];
    const revision = (number: number, version: string, hash: string): Revision => ({
      number,
      image: `registry.example.com/${version}`,
      cause: `release ${version.split(':')[1]}`,
      hash,
    });
    this.deployments = [
      {
        namespace: 'shop',
        name: 'checkout',
        replicas: 3,
        revisions: [revision(40, 'checkout:4.12.0', '5d9c7b6f44'), revision(41, 'checkout:4.12.1', '6b8f4d7c59')],
      },
      { namespace: 'shop', name: 'cart', replicas: 2, revisions: [revision(17, 'cart:2.3.0', '7f66b9d8b5')] },
      {
        namespace: 'kube-system',
        name: 'coredns',
        replicas: 2,
        revisions: [revision(3, 'coredns:1.11.4', '54d6f577c6')],
      },
    ];
    this.pods = [
      ...this.deployments.flatMap((deployment) => this.#podsOf(deployment, now() - 9 * day, null)),
      ...this.nodes.flatMap(({ name }) => [this.#daemon('aws-node', name), this.#daemon('kube-proxy', name)]),
    ];
  }

  deployment(namespace: string, name: string): Deployment | undefined {
    return this.deployments.find((candidate) => candidate.namespace === namespace && candidate.name === name);
  }

  podsOf(namespace: string, owner: string): Pod[] {
    return this.pods.filter((pod) => pod.namespace === namespace && pod.owner === owner);
  }

  restarts(namespace: string, owner: string): number {
    return this.podsOf(namespace, owner).reduce((sum, { restarts }) => sum + restarts, 0);
  }

  /** Version 4.13.0 of checkout was released 14 minutes ago; its pods end as soon as they start. */
  releaseBroken(): void {
    const deployment = this.deployments[0];
    if (!deployment) return;
    const image = 'registry.example.com/checkout:4.13.0';
    deployment.revisions.push({ number: 42, image, cause: 'release 4.13.0', hash: '84c5d9f7db' });
    this.#replace(deployment, this.#now() - 14 * minute, crash);
  }

  /** One node's disk is full of images and `emptyDir`s. */
  fillNode(): void {
    for (const node of this.nodes) node.diskPressure = node.name === illNode;
  }

  /** The revision before runs again, under a new number, as Kubernetes counts. */
  undo(deployment: Deployment): boolean {
    const [before] = deployment.revisions.splice(-2, 1);
    const current = deployment.revisions.at(-1);
    if (!before || !current || before === current) return false;
    deployment.revisions.push({ ...before, number: current.number + 1 });
    this.#replace(deployment, this.#now(), before.image.endsWith(':4.13.0') ? crash : null);
    return true;
  }

  /** Moves a pod of a deployment to another node that takes pods; false when there is none. */
  evict(pod: Pod): boolean {
    const target = this.nodes.find(({ name, unschedulable }) => name !== pod.node && !unschedulable);
    if (!target) return false;
    const name = `${pod.name.replace(/-[^-]+$/, '')}-${this.#suffix()}`;
    const moved = {
      ...pod,
      name,
      node: target.name,
      startedAt: this.#now(),
      restarts: 0,
      address: this.#address(target),
    };
    this.pods = this.pods.map((candidate) => (candidate === pod ? moved : candidate));
    const node = this.nodes.find((candidate) => candidate.name === pod.node);
    if (node && !this.pods.some((left) => left.node === node.name && !left.daemon)) node.diskPressure = false;
    return true;
  }

  #replace(deployment: Deployment, startedAt: number, ends: Crash | null): void {
    const others = this.pods.filter(
      ({ namespace, owner }) => namespace !== deployment.namespace || owner !== deployment.name,
    );
    this.pods = [...this.#podsOf(deployment, startedAt, ends), ...others];
  }

  #podsOf({ namespace, name, replicas, revisions }: Deployment, startedAt: number, ends: Crash | null): Pod[] {
    const { image = '', hash = '' } = revisions.at(-1) ?? {};
    const open = this.nodes.filter(({ unschedulable }) => !unschedulable);
    return Array.from({ length: replicas }, (_, index) => {
      const node = open[(index + 1) % open.length] as Node;
      const restarts = ends ? 7 - (index % 2) : 0;
      const own = { namespace, name: `${name}-${hash}-${this.#suffix()}`, owner: name, node: node.name };
      const more = { daemon: false, address: this.#address(node), emptyDirectory: name === 'cart' };
      return { ...own, ...more, image, startedAt, restarts, crash: ends };
    });
  }

  #daemon(owner: string, node: string): Pod {
    const host = this.nodes.find(({ name }) => name === node);
    const image = `registry.example.com/${owner}:1.19.2`;
    const own = { namespace: 'kube-system', name: `${owner}-${this.#suffix()}`, owner, daemon: true, node };
    return {
      ...own,
      address: host?.address ?? '',
      image,
      startedAt: host?.startedAt ?? 0,
      restarts: 0,
      crash: null,
      emptyDirectory: false,
    };
  }

  #suffix(): string {
    this.#next += 7;
    return Array.from(
      { length: 5 },
      (_, index) => letters[(this.#next * (index + 3) + index * 5) % letters.length],
    ).join('');
  }

  #address({ address }: Node): string {
    return `${address.replace('.3.', '.4.')}${(this.#next % 9) + 1}`;
  }
}
