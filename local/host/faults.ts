/** What can go wrong on a virtual host, by name. An incident of `local/incidents` names one of these. */
import { breakDisk, floodLog } from './disk.ts';
import type { Machine } from './machine.ts';

const gibibyte = 2 ** 30;

const faults = {
  /** Rotated logs that nobody removed: about 95 % of the disk is used. */
  'stale-logs': ({ fs, now }) => breakDisk(fs, now()),
  /** The checkout service is killed for its memory and stays down. */
  'service-killed': ({ services }) => {
    const unit = services.expect('checkout');
    services.log('checkout', 4, 'heap at 97 % of 512M, 1184 requests waiting');
    services.killForMemory(unit);
  },
  /** The checkout service holds six times what it should, and grows. */
  'memory-leak': ({ services }) => {
    services.expect('checkout').held = 2.6 * gibibyte;
    services.log('checkout', 4, 'heap at 2611M, garbage collection took 1.9 s');
  },
  /** A batch job takes both cores. */
  'runaway-batch': ({ services, now }) => {
    Object.assign(services.expect('report-builder'), { busy: 189, since: now() - 5_400_000 });
    services.log('report-builder', 6, 'report sales-by-sku: 4111 of 1200000 rows, no index on orders.sku');
  },
  /** A certificate with five days left, and certbot's timer stopped. */
  'certificate-neglected': ({ certificates }) => certificates.neglect(),
  /** A release leaves its transactions open. */
  'connection-leak': ({ postgres }) => postgres.leak(),
  /** Redis is killed for its memory. */
  'cache-killed': ({ redis }) => redis.crash(),
  /** The queue's consumer hangs. */
  'consumer-hangs': ({ queue, definition }) => {
    if (!queue) throw new Error(`${definition.hostname} has no queue; only a host with the role worker has`);
    queue.block();
  },
  /** A retry loop fills a log. */
  'log-flood': (machine) => {
    floodLog(machine.fs, machine.now());
    machine.flooding = true;
  },
  /** A release whose pods end as soon as they start. */
  'broken-release': ({ cluster }) => cluster.releaseBroken(),
  /** A node under disk pressure. */
  'node-disk-pressure': ({ cluster }) => cluster.fillNode(),
  /** A service of ECS with one of three tasks left. */
  'tasks-gone': ({ ecs }) => ecs.exhaust(),
  /** A secret that nobody rotated for four months. */
  'secret-aged': ({ secret }) => secret.age(),
} satisfies Record<string, (machine: Machine) => void>;

export type Fault = keyof typeof faults;

export const faultNames = Object.keys(faults) as readonly Fault[];

export function cause(fault: Fault, machine: Machine): void {
  faults[fault](machine);
}
