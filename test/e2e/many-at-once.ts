/** Many alarms at the same moment: no doorbell fails, and each that is opted in becomes an incident of its own. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { account, region } from '../../local/emulator.ts';
import { foreignHost } from '../../local/virtual-host.ts';
import { eventually } from './eventually.ts';
import { eventsOf, type Stage, statusOf, todaysChains } from './stage.ts';
import { envelopes } from './triggers.ts';

/** Of each 40 alarms as many open an incident (each is five processes of the emulator's), are not ours, or are unknown. */
const shares = { opening: 10, strangers: 10, unknown: 20 } as const;

export function manyAtOnce(on: () => Stage): void {
  test('40 alarms ring at once: no call of triage fails, and each that is opted in is one incident, ended and told', async () => {
    const stage = on();
    const raise = (name: string, count: number, tags: Readonly<Record<string, string>>) =>
      Promise.all(
        // About a host that did not opt in: each incident ends by itself, and none waits for people.
        Array.from({ length: count }, (_, number) =>
          stage.raise(`${name}-${number}`, { rings: false, instanceId: foreignHost.instanceId, tags }),
        ),
      );
    const incidents = await raise('many', shares.opening, { countersign: 'on' });
    const strangers = await raise('many-strangers', shares.strangers, {});
    const unknown = Array.from(
      { length: shares.unknown },
      (_, number) => `arn:aws:cloudwatch:${region}:${account}:alarm:service-down-nobody-${number}`,
    );
    const arns = [...[...incidents, ...strangers].map(({ alarmArn }) => alarmArn), ...unknown];
    expect(arns).toHaveLength(40);
    const kinds = Object.values(envelopes);
    const rung = await Promise.allSettled(
      arns.map((arn, number) => called(stage, kinds[number % kinds.length]?.(arn))),
    );
    expect(rung.filter(({ status }) => status === 'rejected')).toEqual([]);
    const endings = await Promise.all(incidents.map(async (incident) => statusOf(await stage.closed(incident))));
    // What takes too long on a busy machine fails, and is told as well.
    expect(endings.filter((status) => status !== 'halted' && status !== 'failed')).toEqual([]);
    expect(incidents.flatMap((incident) => stage.sent(incident))).toEqual([]);
    for (const { id } of strangers) expect(await stage.laptop.items(id)).toEqual([]);
    expect(await eventually('the refusals', () => refused(stage, unknown))).toEqual(unknown.toSorted());
  });
}

/** Milliseconds; Lambda itself waits a minute and more. */
const betweenTriesMs = 3_000;

/** What Lambda tries three times, as `triage` is deployed: a call that was not answered in time on a busy machine, and one that CloudWatch throttled for longer than `triage` waits. */
async function called(stage: Stage, event: unknown, tries = 3): Promise<unknown> {
  return stage.laptop.invoke('countersign-triage', event).catch(async (error: Error) => {
    if (tries === 1 || !/requestTimeout|Rate exceeded/.test(error.message)) throw error;
    await pause(betweenTriesMs);
    return called(stage, event, tries - 1);
  });
}

/** Which of these the chains of the day say were refused, as soon as it is all of them. */
async function refused({ laptop }: Stage, arns: readonly string[]): Promise<string[] | undefined> {
  const chains = await Promise.all(todaysChains().map((name) => laptop.chain(name)));
  const found = eventsOf(chains.flat()).flatMap((event) =>
    event.kind === 'envelope_refused' && event.alarmArn !== null && arns.includes(event.alarmArn)
      ? [event.alarmArn]
      : [],
  );
  return found.length < arns.length ? undefined : found.toSorted();
}
