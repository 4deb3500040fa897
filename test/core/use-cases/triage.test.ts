/** Triage: a doorbell opens exactly one incident for an opted-in alarm in ALARM; a crash anywhere loses none. */
import { describe, expect, test } from 'vitest';
import type { Alarm } from '../../../core/alarm/alarm.ts';
import { verifyChain } from '../../../core/audit/verify.ts';
import { account, alarmOf, region } from '../../support/fixtures.ts';
import { doorbellOf, World } from '../../support/world.ts';

const today = 'DAY#2026-11-21';
const whys = (world: World) =>
  world.events(today).flatMap((event) => (event.kind === 'envelope_refused' ? [event.why] : []));

describe('a doorbell', () => {
  test('opens one incident and starts its machine', async () => {
    const world = new World();
    const id = await world.ring();
    expect(world.executions.get(id)).toBe('RUNNING');
    expect(world.events(id)).toEqual([expect.objectContaining({ kind: 'incident_opened', alarmName: 'fix-web' })]);
  });

  test('rung again changes nothing and is recorded', async () => {
    const world = new World();
    const id = await world.ring();
    await world.ring();
    expect(world.incidents.size).toBe(1);
    expect(world.events(id).map(({ kind }) => kind)).toEqual(['incident_opened', 'alarm_joined']);
  });

  test('of a flap joins the open incident; after its end it opens the next', async () => {
    const world = new World();
    const id = await world.ring();
    world.alarm = alarmOf({ stateChangedAt: '2026-11-21T03:01:00.000Z' });
    await world.ring();
    expect(world.incidents.size).toBe(1);
    expect(world.events(id).at(-1)).toMatchObject({ kind: 'alarm_joined' });
    await world.close(id, 'halted');
    await world.ring();
    expect(world.incidents.size).toBe(2);
  });

  test('of an alarm back in OK joins the open incident', async () => {
    const world = new World();
    const id = await world.ring();
    world.alarm = alarmOf({ state: 'OK' });
    await world.triage(doorbellOf(world.alarm));
    expect(world.events(id).at(-1)).toMatchObject({ kind: 'alarm_joined', state: 'OK' });
  });

  const refusals: [string, Alarm | null, RegExp][] = [
    ['that CloudWatch does not know', null, /does not know/],
    ['that is not in ALARM', alarmOf({ state: 'OK' }), /not ALARM/],
    ['that is not opted in', alarmOf({ tags: {} }), /not opted in/],
    ['that is one of our own', alarmOf({ name: 'countersign-errors' }), /own/],
    ['of another account', alarmOf({ arn: `arn:aws:cloudwatch:${region}:999999999999:alarm:fix-web` }), /of account/],
    ['of another region', alarmOf({ arn: `arn:aws:cloudwatch:us-east-1:${account}:alarm:fix-web` }), /of account/],
  ];
  for (const [name, alarm, why] of refusals)
    test(`of an alarm ${name} plans nothing and is recorded`, async () => {
      const world = new World();
      world.alarm = alarm;
      await world.triage(doorbellOf(alarm ?? alarmOf()));
      expect(world.incidents.size + world.executions.size).toBe(0);
      expect(whys(world)[0]).toMatch(why);
    });

  for (const event of [null, 42, 'x', {}, { Records: [] }, { source: 'aws.cloudwatch' }, { alarmArn: 7 }])
    test(`that is malformed (${JSON.stringify(event)}) plans nothing and is recorded`, async () => {
      const world = new World();
      await world.triage(event);
      expect(world.incidents.size).toBe(0);
      expect(whys(world)).toHaveLength(1);
    });

  test('I9: an instance that only the envelope names is no target', async () => {
    const world = new World();
    const forged = {
      ...doorbellOf(alarmOf()),
      alarmData: {
        configuration: { metrics: [{ metricStat: { metric: { dimensions: { InstanceId: 'i-00000000000000bad' } } } }] },
      },
    };
    await world.triage(forged);
    await world.run(world.incidentId());
    expect(new Set(world.sends.flatMap(({ targets }) => targets))).not.toContain('i-00000000000000bad');
  });

  test('I9: a foreign instance in the alarm’s dimensions is planned nothing for', async () => {
    const world = new World();
    world.alarm = alarmOf({ dimensions: { InstanceId: 'i-00000000000000bad' } });
    expect(await world.run(await world.ring())).toBe('halted');
    expect(world.sends).toEqual([]);
  });
});

describe('a crash at any await of triage loses no incident', () => {
  test('with Lambda’s retry, and with sweep alone once the incident is written', async () => {
    let crashes = 0;
    for (let at = 1; at < 40; at += 1) {
      const world = new World();
      let calls = 0;
      let opened = false;
      world.fault = (port) => {
        calls += 1;
        if (calls === at) throw new Error(`crash before ${port}`);
      };
      await world.triage(doorbellOf(alarmOf())).catch(() => {
        crashes += 1;
      });
      world.fault = () => {};
      opened = world.open.size > 0;
      if (calls < at) break;
      if (opened) await world.sweep();
      else await world.ring();
      const id = world.incidentId();
      expect(world.executions.get(id), `crash at call ${at}`).toBe('RUNNING');
      await world.run(id);
      expect(verifyChain(id, world.chains.get(id) ?? []), `crash at call ${at}`).toMatchObject({
        whole: true,
        closed: true,
      });
      expect(world.events(id)[0]?.kind).toBe('incident_opened');
    }
    expect(crashes).toBeGreaterThan(3);
  });
});
