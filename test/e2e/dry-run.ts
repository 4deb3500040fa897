/** I5 on the deployed system: a deploy of the mode dry_run under a running incident, and what a dry run does and leaves. */
import { expect, test } from 'vitest';
import { countMutating } from '../../local/demo/result.ts';
import { buttonsOf, eventsOf, type Stage, statusOf } from './stage.ts';

export function dryRun(on: () => Stage): void {
  test('a deploy that switches to dry_run while a card waits: the incident halts, nothing is changed, people are paged', async () => {
    const stage = on();
    const incident = await stage.raise('mode-switch');
    await stage.card(incident);
    await stage.laptop.redeploy('dry_run');
    const entries = await stage.closed(incident);
    expect(statusOf(entries)).toBe('halted');
    expect(eventsOf(entries).findLast(({ kind }) => kind === 'gate_decided')).toMatchObject({
      reasons: [{ rule: 'mode.changed' }],
    });
    expect(await stage.pages.about(incident.id)).toContain('halted');
    expect(await stage.mutating(incident)).toBe(0);
  });

  test('a dry run runs what reads, skips what would ask with its reason, and leaves no question and no button', async () => {
    const stage = on();
    const { laptop, records } = stage;
    const id = await laptop.raiseAlarm('disk-full');
    const before = await measured(stage);
    const entries = await stage.closed({ id });
    expect(statusOf(entries)).toBe('dry_run');

    const commands = stage.sent({ id });
    expect(commands.map(({ comment }) => comment)).toEqual(
      ['1.run', '2.run', '3.run', '4.before', '4.dry_run'].map((part) => `${id}.${part}.1.1`),
    );
    expect(await countMutating(commands)).toBe(0);
    expect(await measured(stage)).toEqual(before);
    expect(await records.items('countersign-control', id)).toEqual([]);
    expect(eventsOf(entries)).toContainEqual(
      expect.objectContaining({
        kind: 'gate_decided',
        decision: 'skip',
        dispatch: { step: 4, part: 'run', attempt: 1, wave: 1 },
        reasons: expect.arrayContaining([{ rule: 'mutation', text: 'destructive: a person must approve' }]),
      }),
    );
    const messages = (await laptop.slack.messages()).filter((message) => JSON.stringify(message).includes(id));
    expect(messages.flatMap(buttonsOf)).toEqual([]);
    expect(messages).toHaveLength(1);
  });
}

/** The host's own state, but for the few bytes that the journal grows by itself. */
async function measured({ laptop }: Stage) {
  const metrics = (await laptop.node.hosts[0]?.measure()) ?? [];
  const lasting = metrics.filter(({ name }) => name === 'disk_used_percent' || name === 'service_active');
  return lasting.map((metric) => ({ ...metric, value: metric.value.toFixed(2) }));
}
