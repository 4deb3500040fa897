/**
 * I5 on the deployed system: its policy is deployed anew in the mode dry_run, and a dry run changes nothing and asks
 * nobody. What a switch of the mode does to an incident that runs is tested in memory: at the emulator functions lose
 * their way to the managed node while they are deployed.
 */
import { expect, test } from 'vitest';
import { countMutating } from '../../local/demo/result.ts';
import { buttonsOf, eventsOf, type Stage, statusOf } from './stage.ts';

export function dryRun(on: () => Stage): void {
  test('a dry run runs what reads, skips what would ask with its reason, and leaves no question and no button', async () => {
    const stage = on();
    const { laptop, records } = stage;
    await laptop.redeploy('dry_run');
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
    // The first message of its thread, and the summary below it.
    expect(messages.map(({ threadTs }) => threadTs)).toEqual([null, messages[0]?.ts]);
  });
}

/** The host's own state, but for the few bytes that the journal grows by itself. */
async function measured({ laptop }: Stage) {
  const metrics = (await laptop.node.hosts[0]?.measure()) ?? [];
  const lasting = metrics.filter(({ name }) => name === 'disk_used_percent' || name === 'service_active');
  return lasting.map((metric) => ({ ...metric, value: metric.value.toFixed(2) }));
}
