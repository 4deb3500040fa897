/** Step Functions over real HTTP: starting twice is one success, waking too late is no error, everything else is. */
import { describe, expect, test } from 'vitest';
import { machine } from '../../../adapters/stepfunctions/machine.ts';
import { awsServer } from '../aws-server.ts';

const aws = awsServer();
const arn = 'arn:aws-us-gov:states:us-gov-west-1:111122223333:stateMachine:countersign-incident';
const id = 'inc-0123456789abcdef0123';
const open = () => machine(arn);
const error = (name: string) => [{ status: 400, error: name }];

describe('the machine', () => {
  test('starts under the incident’s name with nothing but the incident’s id', async () => {
    aws.answers = { StartExecution: [{ executionArn: 'a', startDate: 0 }] };
    await open().start(id);
    expect(aws.asked).toEqual([
      { operation: 'StartExecution', input: { stateMachineArn: arn, name: id, input: `{"incidentId":"${id}"}` } },
    ]);
  });

  test('that runs already is a success; any other error of a start throws', async () => {
    aws.answers = { StartExecution: error('ExecutionAlreadyExists') };
    await open().start(id);
    aws.answers = { StartExecution: error('StateMachineDoesNotExist') };
    await expect(open().start(id)).rejects.toThrow();
  });

  test('tells how the execution of that name stands', async () => {
    aws.answers = { DescribeExecution: [{ status: 'RUNNING', startDate: 1_795_403_460 }] };
    expect(await open().execution(id)).toEqual({ state: 'RUNNING', startedAt: '2026-11-23T03:11:00.000Z' });
    expect(aws.asked[0]?.input).toEqual({
      executionArn: `arn:aws-us-gov:states:us-gov-west-1:111122223333:execution:countersign-incident:${id}`,
      includedData: 'METADATA_ONLY',
    });
    aws.answers = { DescribeExecution: error('ExecutionDoesNotExist') };
    expect(await open().execution(id)).toEqual({ state: 'missing', startedAt: null });
    aws.answers = { DescribeExecution: error('InvalidArn') };
    await expect(open().execution(id)).rejects.toThrow();
  });

  test('is woken with an empty answer', async () => {
    aws.answers = { SendTaskSuccess: [{}] };
    await open().wake('token');
    expect(aws.asked[0]?.input).toEqual({ taskToken: 'token', output: '{}' });
  });

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])('woken too late (%s) is no error', async (name) => {
    aws.answers = { SendTaskSuccess: error(name) };
    await open().wake('token');
    expect(aws.asked).toHaveLength(1);
  });

  test('a wake-up that failed in any other way throws', async () => {
    aws.answers = { SendTaskSuccess: error('AccessDeniedException') };
    await expect(open().wake('token')).rejects.toThrow();
  });
});
