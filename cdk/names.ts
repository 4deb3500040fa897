/** Names that other stacks, policies and people know before a deploy, so that no stack needs another one's objects for them. */
import { ArnFormat, type Stack } from 'aws-cdk-lib';

/** The twelve functions; each is `functions/<name>.ts`. */
export const functionNames = [
  'triage',
  'plan',
  'gate',
  'request-approval',
  'slack',
  'decide',
  'settle',
  'execute',
  'poll',
  'close',
  'sweep',
  'archive',
] as const;
export type FunctionName = (typeof functionNames)[number];

export const stateMachineName = 'countersign-incident';

/** Who owns this tag with the value `on` is opted in: alarms may open incidents, instances may be sent scripts. */
export const optInTag = 'countersign';

/** People who set the kill switch carry this tag, with the value `operator`, on their role. */
export const operatorTag = 'countersign';

/** Partition keys of the kill switch in Control: stops, resumes, and the events that have stopped already. */
export const switchKeys = ['KILL', 'RESUME', 'STOPPED'] as const;

/** `countersign-execute` */
export function lambdaName(name: FunctionName): string {
  return `countersign-${name}`;
}

/** The function's ARN without a version, spelt out: a role may name its function, which itself names the role. */
export function lambdaArn(stack: Stack, name: FunctionName): string {
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
  return stack.formatArn({ service: 'lambda', resource: 'function', resourceName: lambdaName(name), arnFormat });
}

/** `countersign-execute-eu-central-1`; roles are global, functions are not. */
export function roleName(stack: Stack, name: FunctionName | 'send' | 'incident'): string {
  return `countersign-${name}-${stack.region}`;
}

/**
 * What `aws:PrincipalArn` may say of these functions' roles, for conditions in policies of resources that outlive the
 * roles. AWS names the role; the second form is what some emulators say of a session.
 */
export function rolePatterns(stack: Stack, names: readonly FunctionName[]): string[] {
  return names.flatMap((name) => [
    stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: roleName(stack, name) }),
    stack.formatArn({
      service: 'sts',
      region: '',
      resource: 'assumed-role',
      resourceName: `${roleName(stack, name)}/*`,
    }),
  ]);
}

/** The machine's ARN, without a reference to it: functions that it invokes may name it. */
export function stateMachineArn(stack: Stack): string {
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
  return stack.formatArn({ service: 'states', resource: 'stateMachine', resourceName: stateMachineName, arnFormat });
}
