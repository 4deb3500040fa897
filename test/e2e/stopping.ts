/** What stops everything at once: Slack is down for a whole incident, and the kill switch. One at a time, after all others. */
import { paginateGetExecutionHistory } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { executionOf, type Stage, statusOf } from './stage.ts';

/** Events of a history that an incident without any answer may record: three rounds of asking are about fifty. */
const fewEvents = 250;

export function stopping(on: () => Stage): void {
  test('Slack is down for the whole wait: the incident halts within its history, and people are paged', async () => {
    const stage = on();
    stage.laptop.slack.failWith('down');
    try {
      const incident = await stage.raise('outage');
      const entries = await stage.closed(incident);
      expect(statusOf(entries)).toBe('halted');
      expect(entries.map(({ event }) => event)).toContainEqual(
        expect.objectContaining({ kind: 'approval_settled', decision: 'undeliverable' }),
      );
      expect(await stage.pages.about(incident.id)).toContain('halted');
      expect(await stage.mutating(incident)).toBe(0);
      expect(await stage.records.request(incident.id)).toMatchObject({ status: 'WITHDRAWN', votes: [] });
      expect(await historyOf(stage, incident.id)).toBeLessThan(fewEvents);
    } finally {
      stage.laptop.slack.failWith(null);
    }
  });

  test('the kill switch stops what was approved, and whatever begins after it', async () => {
    const stage = on();
    const approved = await stage.raise('killed');
    const { ts } = await stage.card(approved);
    const kill = { pk: 'KILL', sk: 'KILL' };
    await stage.records.put('countersign-control', kill);
    try {
      await stage.laptop.slack.press({ user: 'ana', button: 'approve', messageTs: ts });
      const begun = await stage.raise('killed-before-it-began');
      for (const incident of [approved, begun]) expect(statusOf(await stage.closed(incident))).toBe('halted');
      expect(stage.sent(begun)).toEqual([]);
      expect(await stage.mutating(approved)).toBe(0);
      expect(await stage.pages.about(begun.id)).toContain('halted');
    } finally {
      await stage.records.remove('countersign-control', kill);
    }
  });
}

async function historyOf({ laptop, machine }: Stage, id: string): Promise<number> {
  const executionArn = executionOf(laptop, id);
  let events = 0;
  for await (const page of paginateGetExecutionHistory({ client: machine }, { executionArn }))
    events += page.events?.length ?? 0;
  return events;
}
