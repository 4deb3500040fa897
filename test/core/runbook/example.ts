/** One runbook with everything in it, what is said of it when a piece is replaced, and an alarm. */
import { expect } from 'vitest';
import type { Alarm } from '../../../core/alarm/alarm.ts';
import { parseRunbook } from '../../../core/runbook/parse.ts';
import { RunbookError } from '../../../core/runbook/problem.ts';

export const good = `---
id: queue-stuck
title: Unstick the queue
owner: payments
severity: high
services: [queue]
match:
  alarms: ['queue-*']
  metric: Depth
  tags: { team: payments }
symptoms: [Orders pile up]
parameters:
  queue:
    type: string
    description: Which queue
    from: [tag:queue, dimension:QueueName]
    default: orders
    max_length: 40
  days:
    type: integer
    default: 7
    min: 1
    max: 30
targets:
  tags: { role: worker }
  max: 3
---

# Unstick the queue

Read \`README.md\` first, and \`rm -rf /\` never.

1. Look

   \`\`\`sh timeout=30s
   qctl list {{ queue }}
   docker ps --format '{{.Names}}'
   \`\`\`

2. Drop what is **older** than
   some days

   \`\`\`bash risk=destructive timeout=5m when=always
   qctl drop --queue={{ queue }} --days={{days}}
   \`\`\`
   \`\`\`bash dry-run
   qctl drop --dry-run {{ queue }}
   \`\`\`
   \`\`\`bash observe
   qctl depth {{ queue }}
   \`\`\`
   \`\`\`bash rollback
   qctl restore {{ queue }}
   \`\`\`
   \`\`\`bash verify
   qctl depth {{ queue }} | grep -qx 0
   \`\`\`

   \`\`\`text
   {"depth": 0}
   \`\`\`

3. Tell the shop

   - by phone, not by mail
`;

/** The message of a runbook in which one piece of text was replaced. */
export function messageOf(from: string | RegExp, to: string): string {
  const changed = good.replace(from, () => to);
  expect(changed).not.toBe(good);
  try {
    parseRunbook(changed, 'q.md');
  } catch (error) {
    expect(error).toBeInstanceOf(RunbookError);
    return (error as RunbookError).message;
  }
  return 'accepted';
}

export function createAlarm(overrides: Partial<Alarm> = {}): Alarm {
  return {
    arn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:queue-1',
    name: 'queue-1',
    account: '123456789012',
    region: 'eu-west-1',
    kind: 'metric',
    state: 'ALARM',
    stateChangedAt: '2026-11-20T03:00:10.490Z',
    stateReason: '',
    description: '',
    namespace: 'Queue',
    metric: 'Depth',
    dimensions: {},
    tags: {},
    rule: null,
    comparison: null,
    threshold: null,
    series: null,
    contributorId: null,
    quiet: null,
    ...overrides,
  };
}
