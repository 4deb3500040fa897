/** A service behind `aws ecs`, whose tasks run out of memory until they are replaced. */
import { setTimeout as delay } from 'node:timers/promises';
import { AwsError, awsTime, type Operation, one, type Parameters } from './operation.ts';

export const clusterName = 'prod';
export const serviceName = 'checkout';
const desired = 3;
/** How long fresh tasks take to become healthy. */
const settleMs = 400;
const minute = 60_000;

interface Task {
  readonly id: string;
  readonly startedAt: number;
  readonly stopped: { readonly at: number; readonly reason: string; readonly exitCode: number } | null;
}

export class EcsService {
  readonly #prefix: string;
  readonly #now: () => number;
  #tasks: Task[];
  #deployedAt: number;
  #settlesAt = 0;
  readonly #events: { readonly at: number; readonly message: string }[] = [];
  #next = 1;

  constructor(region: string, account: string, now: () => number) {
    this.#prefix = `arn:aws:ecs:${region}:${account}`;
    this.#now = now;
    this.#deployedAt = now() - 9 * 1_440 * minute;
    this.#tasks = this.#fresh(this.#deployedAt);
    this.#say(`has reached a steady state.`, this.#deployedAt + minute);
  }

  /** Two of three tasks are gone: their memory grew for nine days, and new ones wait for room. */
  exhaust(): void {
    const now = this.#now();
    const reason = 'Essential container in task exited';
    this.#tasks = this.#tasks.map((task, index) =>
      index === 0 ? task : { ...task, stopped: { at: now - index * 11 * minute, reason, exitCode: 137 } },
    );
    this.#say(
      'has stopped 1 running tasks: OutOfMemoryError: Container killed due to memory usage.',
      now - 22 * minute,
    );
    this.#say(
      'has stopped 1 running tasks: OutOfMemoryError: Container killed due to memory usage.',
      now - 11 * minute,
    );
    this.#say(
      `was unable to place a task because no container instance met all of its requirements.`,
      now - 10 * minute,
    );
  }

  running(): number {
    return this.#tasks.filter(({ stopped, startedAt }) => !stopped && startedAt <= this.#now()).length;
  }

  operations(): Record<string, Operation> {
    const checked = (parameters: Parameters, service: 'service' | 'services' | 'service-name') => {
      if (one(parameters, 'cluster') !== clusterName)
        throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
      return one(parameters, service) === serviceName;
    };
    return {
      'ecs describe-services': {
        needs: ['services'],
        takes: ['cluster'],
        perform: (parameters) =>
          checked(parameters, 'services')
            ? { services: [this.#described()], failures: [] }
            : {
                services: [],
                failures: [{ arn: this.#arn('service', one(parameters, 'services')), reason: 'MISSING' }],
              },
      },
      'ecs list-tasks': {
        needs: [],
        takes: ['cluster', 'service-name', 'desired-status'],
        perform: (parameters) => {
          if (!checked(parameters, 'service-name'))
            throw new AwsError('ServiceNotFoundException', 'Service not found.');
          const wantStopped = one(parameters, 'desired-status') === 'STOPPED';
          const chosen = this.#tasks.filter(({ stopped }) => (stopped !== null) === wantStopped);
          return { taskArns: chosen.map(({ id }) => this.#arn('task', id)) };
        },
      },
      'ecs describe-tasks': {
        needs: ['tasks'],
        takes: ['cluster'],
        perform: (parameters) => {
          const asked = this.#tasks.filter(({ id }) => parameters.tasks?.some((arn) => arn.endsWith(id)));
          return { tasks: asked.map((task) => this.#describedTask(task)), failures: [] };
        },
      },
      'ecs update-service': {
        needs: ['service'],
        takes: ['cluster', 'force-new-deployment'],
        perform: (parameters) => {
          if (!checked(parameters, 'service')) throw new AwsError('ServiceNotFoundException', 'Service not found.');
          if (parameters['force-new-deployment']) this.#redeploy();
          return { service: this.#described() };
        },
      },
      'ecs wait services-stable': {
        needs: ['services'],
        takes: ['cluster'],
        perform: async () => {
          await delay(Math.max(0, this.#settlesAt - this.#now()));
          return null;
        },
      },
    };
  }

  #redeploy(): void {
    const now = this.#now();
    this.#deployedAt = now;
    this.#settlesAt = now + settleMs;
    const old = this.#tasks.map((task) =>
      task.stopped
        ? task
        : { ...task, stopped: { at: now, reason: 'Scaling activity initiated by deployment', exitCode: 143 } },
    );
    this.#tasks = [...this.#fresh(this.#settlesAt), ...old];
    this.#say(`has started ${desired} tasks.`, now);
    this.#say('has reached a steady state.', this.#settlesAt);
  }

  #fresh(startedAt: number): Task[] {
    return Array.from({ length: desired }, () => ({
      id: (0x5d0e_4c1a_0000 + this.#next++ * 7_919).toString(16).padStart(32, '0'),
      startedAt,
      stopped: null,
    }));
  }

  #say(message: string, at: number): void {
    this.#events.unshift({ at, message: `(service ${serviceName}) ${message}` });
  }

  #arn(kind: 'service' | 'task', id: string): string {
    return `${this.#prefix}:${kind}/${clusterName}/${id}`;
  }

  #described() {
    const running = this.running();
    const definition = `${this.#prefix}:task-definition/${serviceName}:42`;
    const settled = this.#now() >= this.#settlesAt;
    return {
      serviceArn: this.#arn('service', serviceName),
      serviceName,
      clusterArn: `${this.#prefix}:cluster/${clusterName}`,
      status: 'ACTIVE',
      desiredCount: desired,
      runningCount: running,
      pendingCount: desired - running,
      launchType: 'EC2',
      taskDefinition: definition,
      deployments: [
        {
          id: `ecs-svc/${Math.round(this.#deployedAt)}`,
          status: 'PRIMARY',
          taskDefinition: definition,
          desiredCount: desired,
          pendingCount: desired - running,
          runningCount: running,
          failedTasks: 0,
          createdAt: awsTime(this.#deployedAt),
          rolloutState: settled ? 'COMPLETED' : 'IN_PROGRESS',
        },
      ],
      events: this.#events
        .filter(({ at }) => at <= this.#now())
        .map(({ at, message }) => ({ createdAt: awsTime(at), message })),
    };
  }

  #describedTask({ id, startedAt, stopped }: Task) {
    return {
      taskArn: this.#arn('task', id),
      clusterArn: `${this.#prefix}:cluster/${clusterName}`,
      lastStatus: stopped ? 'STOPPED' : 'RUNNING',
      startedAt: awsTime(startedAt),
      ...(stopped
        ? { stopCode: 'EssentialContainerExited', stoppedAt: awsTime(stopped.at), stoppedReason: stopped.reason }
        : {}),
      containers: [{ name: serviceName, ...(stopped ? { exitCode: stopped.exitCode } : {}) }],
    };
  }
}
