/** What the deployment gives a function: its environment, and beside its code compiled.json and the reviewed texts. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Compiled } from '../../core/compiled.ts';
import { reviewedFile } from '../../core/reviewed.ts';

/** Sets what every function could be given; must run before a function is imported. Returns the code's folder. */
export function deployed(compiled: Compiled): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-function-'));
  writeFileSync(join(folder, 'compiled.json'), JSON.stringify(compiled));
  writeFileSync(join(folder, reviewedFile), JSON.stringify(['# A runbook\n']));
  Object.assign(process.env, {
    LAMBDA_TASK_ROOT: folder,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    WORK_TABLE: 'countersign-work',
    CONTROL_TABLE: 'countersign-control',
    AUDIT_TABLE: 'countersign-audit',
    DISPATCHES_TABLE: 'countersign-dispatches',
    STATE_MACHINE_ARN: 'arn:aws:states:eu-central-1:111122223333:stateMachine:countersign-incident',
    APPROVAL_KEY_ARN: 'arn:aws:kms:eu-central-1:111122223333:key/k',
    CHECKPOINT_KEY_ARN: 'arn:aws:kms:eu-central-1:111122223333:key/c',
    ARCHIVE_BUCKET: 'countersign-archive-111122223333-eu-central-1',
    SLACK_SIGNING_SECRET: 'countersign/slack-signing-secret',
    SLACK_BOT_TOKEN_SECRET: 'countersign/slack-bot-token',
    ANTHROPIC_API_KEY_SECRET: 'countersign/anthropic-api-key',
    DECIDE_FUNCTION: 'countersign-decide',
    ARCHIVE_FUNCTION: 'countersign-archive',
    TRIAGE_FUNCTION: 'countersign-triage',
    ALARM_QUEUE_ARN: 'arn:aws:sqs:eu-central-1:111122223333:countersign-doorbells',
    SEND_ROLE_ARN: 'arn:aws:iam::111122223333:role/countersign-send-eu-central-1',
    PAGE_TOPIC_ARN: 'arn:aws:sns:eu-central-1:111122223333:countersign-pages',
    DOOR_AUDIENCE: 'arn:aws:lambda:eu-central-1:111122223333:function:countersign-decide',
    STS_HOST: 'sts.eu-central-1.amazonaws.com',
  });
  return folder;
}
