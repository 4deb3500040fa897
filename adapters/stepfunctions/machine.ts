/** Step Functions: executions by name, and waking a machine that waits for its token. */

import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { ExecutionState } from '../../core/use-cases/sweep.ts';
import { patience } from '../patience.ts';

/** Too late, too early, or woken by somebody else: `settle` reads the record anyway, so these are no errors. */
const tooLate = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];

export interface Machine {
  /** Starts the execution that is named like the incident; one that exists already is a success. */
  start(incidentId: string): Promise<void>;
  execution(incidentId: string): Promise<{ state: ExecutionState; startedAt: string | null }>;
  wake(token: string): Promise<void>;
}

export function machine(stateMachineArn: string): Machine {
  const client = new SFNClient({ requestHandler: patience() });
  const executionArn = (name: string) => `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  return {
    async start(incidentId) {
      const input = JSON.stringify({ incidentId });
      try {
        await client.send(new StartExecutionCommand({ stateMachineArn, name: incidentId, input }));
      } catch (error) {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    },
    async execution(incidentId) {
      try {
        const found = await client.send(
          new DescribeExecutionCommand({ executionArn: executionArn(incidentId), includedData: 'METADATA_ONLY' }),
        );
        return { state: found.status ?? 'missing', startedAt: found.startDate?.toISOString() ?? null };
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return { state: 'missing', startedAt: null };
        throw error;
      }
    },
    async wake(taskToken) {
      try {
        await client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
      } catch (error) {
        if (!(error instanceof Error) || !tooLate.includes(error.name)) throw error;
      }
    },
  };
}
