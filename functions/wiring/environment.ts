/** The one place that reads the environment: names that the deployment gave this function. */

export type Setting =
  | 'WORK_TABLE'
  | 'CONTROL_TABLE'
  | 'AUDIT_TABLE'
  | 'DISPATCHES_TABLE'
  | 'ALARM_QUEUE_ARN'
  | 'STATE_MACHINE_ARN'
  | 'APPROVAL_KEY_ARN'
  | 'CHECKPOINT_KEY_ARN'
  | 'ARCHIVE_BUCKET'
  | 'SLACK_SIGNING_SECRET'
  | 'SLACK_BOT_TOKEN_SECRET'
  | 'ANTHROPIC_API_KEY_SECRET'
  | 'DECIDE_FUNCTION'
  | 'ARCHIVE_FUNCTION'
  | 'TRIAGE_FUNCTION'
  | 'SEND_ROLE_ARN'
  | 'PAGE_TOPIC_ARN'
  | 'DOOR_AUDIENCE'
  | 'STS_HOST'
  | 'AWS_REGION'
  | 'LAMBDA_TASK_ROOT';

/** The setting's value; throws when the deployment did not give it, since a guess could reach the wrong table. */
export function setting(name: Setting): string {
  const value = process.env[name];
  if (!value) throw new Error(`environment: ${name} is not set; the stack countersign-response sets it`);
  return value;
}
