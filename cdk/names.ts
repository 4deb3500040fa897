/** Names that other stacks, policies and people know before a deploy, so that no stack needs another one's objects for them. */
import { ArnFormat, type Stack } from 'aws-cdk-lib';
import type { FunctionName } from '../core/functions.ts';
import { roleName as nameOfRole } from '../core/table-policies.ts';

export const stateMachineName = 'countersign-incident';

/** Who owns this tag with the value `on` is opted in: alarms may open incidents, instances may be sent scripts. */
export const optInTag = 'countersign';

/** Partition keys of the kill switch in Control: stops, resumes, aborts, and the events that have stopped already. */
export const switchKeys = ['KILL', 'RESUME', 'ABORT', 'STOPPED'] as const;

/** Of suspended people there too, a partition for each name: suspensions, and the words that lift them. */
export const suspensionKeys = ['SUSPEND#*', 'REINSTATE#*'] as const;

/** Of the buckets in Work that say how fast messages go out. */
export const paceKeys = ['PACE#*'] as const;

/** `countersign-execute` */
export function lambdaName(name: FunctionName): string {
  return `countersign-${name}`;
}

/** The function's ARN without a version, spelt out: a role may name its function, which itself names the role. */
export function lambdaArn(stack: Stack, name: FunctionName): string {
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
  return stack.formatArn({ service: 'lambda', resource: 'function', resourceName: lambdaName(name), arnFormat });
}

export function roleName(stack: Stack, name: FunctionName | 'send' | 'incident'): string {
  return nameOfRole(name, stack.region);
}

/** The machine's ARN, without a reference to it: functions that it invokes may name it. */
export function stateMachineArn(stack: Stack): string {
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
  return stack.formatArn({ service: 'states', resource: 'stateMachine', resourceName: stateMachineName, arnFormat });
}
