/** Wiring of the one use case that close and sweep share. */
import { alarms } from '../../adapters/cloudwatch/alarms.ts';
import { pager } from '../../adapters/sns/pager.ts';
import type { ClosePorts } from '../../core/use-cases/close.ts';
import { cards } from './cards.ts';
import { setting } from './environment.ts';
import { auditWriter, control, now, work } from './tables.ts';

export function closePorts(actor: string): ClosePorts {
  const writer = auditWriter(actor);
  const store = work();
  return {
    writer,
    control: control(),
    cards: cards(),
    entries: writer.store.entries,
    alarm: alarms(now).read,
    shown: store.shown,
    page: pager(setting('PAGE_TOPIC_ARN')),
    release: store.release,
    now,
  };
}
