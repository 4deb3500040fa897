/** Lambda: invocations that end at their time-out, are throttled, come twice, or whose answer is lost; and the event of each function as its handler reads it. */

import { isRetryable } from '../../adapters/patience.ts';
import type { Clock } from '../../bench/clock.ts';
import { again } from '../../core/again.ts';
import type { Dispatch } from '../../core/dispatch.ts';
import { ChannelBusy } from '../../core/use-cases/ports.ts';
import { NotItsTurn } from '../../core/use-cases/request-approval.ts';
import type { IncidentStatus } from '../../core/words.ts';
import { orAgain } from '../../functions/wiring/invocation.ts';
import type { Chance } from '../core/invariants/chance.ts';
import type { World } from '../support/world.ts';
import type { Axes } from './axes.ts';
import { TaskFailed } from './machine.ts';

interface Payload {
  readonly incidentId: string;
  readonly execution: string;
  readonly dispatch: Dispatch;
  readonly token: string;
  readonly status: IncidentStatus;
  readonly cause: string | null;
  readonly again: boolean;
}

/** By the name that the definition gives it: seconds until Lambda ends it, as deployed, and what its handler does. */
interface LambdaFunction {
  readonly timeoutSeconds: number;
  readonly handler: (world: World, payload: Payload) => Promise<unknown>;
}

export const functions: Readonly<Record<string, LambdaFunction>> = {
  PlanFunction: {
    timeoutSeconds: 120,
    handler: (world, { incidentId, execution }) => orAgain(again.plan, () => world.plan(incidentId, execution)),
  },
  GateFunction: {
    timeoutSeconds: 30,
    handler: (world, { incidentId }) =>
      orAgain(again.gate, async () => {
        const { decision, dispatch, seconds, status } = await world.gate(incidentId);
        return { decision, dispatch, seconds, status };
      }),
  },
  RequestApprovalFunction: {
    timeoutSeconds: 30,
    handler: async (world, { incidentId, dispatch, token }) => {
      await world.ask(incidentId, dispatch, token).catch((error: unknown) => {
        const isLater = isRetryable(error) || error instanceof ChannelBusy || error instanceof NotItsTurn;
        throw isLater ? new TaskFailed(again['request-approval']) : error;
      });
      return {};
    },
  },
  SettleFunction: {
    timeoutSeconds: 30,
    handler: (world, { incidentId, dispatch, again: lost }) =>
      orAgain(again.settle, async () => ({ decision: await world.settle(incidentId, dispatch, lost) })),
  },
  ExecuteFunction: {
    timeoutSeconds: 60,
    handler: (world, { incidentId, dispatch }) => orAgain(again.execute, () => world.execute(incidentId, dispatch)),
  },
  PollFunction: {
    timeoutSeconds: 30,
    handler: (world, { incidentId, dispatch }) => orAgain(again.poll, () => world.poll(incidentId, dispatch)),
  },
  CloseFunction: {
    timeoutSeconds: 60,
    handler: (world, { incidentId, status, cause }) =>
      orAgain(again.close, async () => ({
        answer: 'closed',
        status: await world.close(incidentId, status, cause),
      })),
  },
};

/** How often what the axis says happens to an invocation. */
const likelihood = 0.06;

export class Lambda {
  readonly deeds: string[] = [];
  readonly #world: World;
  readonly #axes: Axes;
  readonly #chance: Chance;
  readonly #clock: Clock;

  constructor(world: World, axes: Axes, chance: Chance, clock: Clock) {
    [this.#world, this.#axes, this.#chance, this.#clock] = [world, axes, chance, clock];
  }

  /** An invocation by Step Functions. Throws with the name that it gives to a failure. */
  async invoke(name: string, payload: unknown): Promise<unknown> {
    const called = functions[name];
    if (!called) throw new Error(`the definition calls ${name}, which is no function here`);
    const run = () => this.#limited(name, called.timeoutSeconds, () => called.handler(this.#world, payload as Payload));
    if (!this.#chance.isTrue(likelihood)) return run();
    const how = this.#axes.invocation;
    if (how !== 'once') this.deeds.push(`${new Date(this.#clock.now).toISOString()} ${how}: ${name}`);
    switch (how) {
      case 'delivered twice':
        void this.#again(run);
        return run();
      case 'throttled':
        throw new TaskFailed('Lambda.TooManyRequestsException');
      case 'service exception':
        throw new TaskFailed(this.#chance.of(['Lambda.ServiceException', 'Lambda.AWSLambdaException']));
      case 'answer lost':
        await run();
        throw new TaskFailed('Lambda.SdkClientException');
      default:
        return run();
    }
  }

  /** An asynchronous invocation, which Lambda tries again when it fails; the error of the last try is thrown. */
  async invokeLater(
    name: string,
    timeoutSeconds: number,
    retries: number,
    work: () => Promise<unknown>,
  ): Promise<void> {
    if (this.#axes.invocation === 'delivered twice' && this.#chance.isTrue(0.3))
      void this.#again(() => this.#limited(name, timeoutSeconds, work));
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.#limited(name, timeoutSeconds, work);
        return;
      } catch (error) {
        if (attempt >= retries) throw error;
        await this.#clock.sleep(60_000 * (attempt + 1));
      }
    }
  }

  async #again(run: () => Promise<unknown>): Promise<void> {
    await this.#clock.sleep(this.#chance.of([0, 500, 30_000, 240_000]));
    await run().catch(() => {});
  }

  #limited<T>(name: string, seconds: number, work: () => Promise<T>): Promise<T> {
    const timeOut = async (): Promise<never> => {
      await this.#clock.sleep(seconds * 1000);
      throw new TaskFailed('Sandbox.Timedout', `${name} did not end within ${seconds} s`);
    };
    return Promise.race([work(), timeOut()]);
  }
}
