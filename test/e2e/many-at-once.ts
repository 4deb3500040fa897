/** Many alarms at the same moment: each is an incident of its own, and no doorbell fails. */
import { expect, test } from 'vitest';
import { foreignHost } from '../../local/virtual-host.ts';
import { type Stage, statusOf } from './stage.ts';
import { envelopes } from './triggers.ts';

const alarms = 40;

export function manyAtOnce(on: () => Stage): void {
  test(`${alarms} alarms ring at once: no call of triage fails, and each opens its incident, which ends and is told`, async () => {
    const stage = on();
    // About a host that did not opt in: each incident ends by itself, and none waits for people.
    const incidents = await Promise.all(
      Array.from({ length: alarms }, (_, number) =>
        stage.raise(`many-${number}`, { rings: false, instanceId: foreignHost.instanceId }),
      ),
    );
    const kinds = Object.values(envelopes);
    const rung = await Promise.allSettled(
      incidents.map(({ alarmArn }, number) =>
        stage.laptop.invoke('countersign-triage', kinds[number % kinds.length]?.(alarmArn)),
      ),
    );
    expect(rung.filter(({ status }) => status === 'rejected')).toEqual([]);
    const endings = await Promise.all(incidents.map(async (incident) => statusOf(await stage.closed(incident))));
    expect(endings).toEqual(incidents.map(() => 'halted'));
    expect(incidents.flatMap((incident) => stage.sent(incident))).toEqual([]);
  });
}
