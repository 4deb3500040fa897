/** An account whose functions are all busy: Lambda refuses the calls of the machine, and the incident goes on when it does no longer. */
import { DeleteFunctionConcurrencyCommand, LambdaClient, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { credentials, region } from '../../local/emulator.ts';
import { eventually } from './eventually.ts';
import { executionOf, type Incident, type Stage } from './stage.ts';

export function throttled(on: () => Stage): void {
  test('a plan and a gate that Lambda throttles are asked again, and the incident reaches its card', async () => {
    const stage = on();
    const lambda = new LambdaClient({ endpoint: stage.laptop.emulator.endpoint, region, credentials });
    const busy = (name: string) =>
      lambda.send(
        new PutFunctionConcurrencyCommand({ FunctionName: `countersign-${name}`, ReservedConcurrentExecutions: 0 }),
      );
    const free = (name: string) =>
      lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: `countersign-${name}` }));
    try {
      await Promise.all([busy('plan'), busy('gate')]);
      const incident = await stage.raise('throttled');
      await entered(stage, incident, 'PlanAgain');
      await free('plan');
      await stage.event(incident, 'planned');
      await entered(stage, incident, 'Hold');
      expect(await stage.sent(incident)).toEqual([]);
      await free('gate');
      expect((await stage.card(incident)).ts).toBeTruthy();
      await stage.leave(incident);
    } finally {
      await Promise.all([free('plan'), free('gate')]);
    }
  });
}

async function entered(stage: Stage, incident: Incident, state: string): Promise<void> {
  const executionArn = executionOf(stage.laptop, incident.id);
  await eventually(`the state ${state}`, async () => {
    const request = new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 });
    const history = await stage.machine.send(request).catch(() => null);
    return history?.events?.some(({ stateEnteredEventDetails: at }) => at?.name === state) ? true : undefined;
  });
}
