/** Wiring of the one use case that close and sweep share. */
import { isRetryable } from '../../adapters/patience.ts';
import { pager } from '../../adapters/sns/pager.ts';
import { findCommand, invocation } from '../../adapters/ssm/commands.ts';
import type { SweepWaitsPorts } from '../../core/use-cases/sweep-waits.ts';
import { cloudwatch } from './alarms.ts';
import { publicKey } from './approval-key.ts';
import { cards } from './cards.ts';
import { setting } from './environment.ts';
import { auditWriter, control, dispatches, now, threading, waits, work } from './tables.ts';

export function closePorts(actor: string): SweepWaitsPorts {
  const store = work();
  return {
    writer: auditWriter(actor),
    dispatches: dispatches(),
    control: control(),
    cards: cards(),
    waits: waits(),
    ...threading(),
    publicKey,
    incidentRow: store.incidentRow,
    alarm: cloudwatch.read,
    isPassing: isRetryable,
    findCommand,
    invocation,
    shown: store.shown,
    doorbells: store.doorbells,
    page: pager(setting('PAGE_TOPIC_ARN')),
    release: store.release,
    now,
  };
}
