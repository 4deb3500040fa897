/** Incidents of one contributor, over CloudWatch as it is: success takes it off the list, and what was done for it must still end well. */
import { describe, expect, test } from 'vitest';
import { alarms } from '../../../adapters/cloudwatch/alarms.ts';
import type { AuditEvent } from '../../../core/audit/entry.ts';
import { compiledOf, fixRunbook, instanceId, policyText, start } from '../../support/fixtures.ts';
import { arnOf, MemoryCloudWatch } from '../../support/memory/cloudwatch.ts';
import { approving, World } from '../../support/world.ts';

const contributor = 'c-1';

/** A step that changes something, and what undoes it, on the host of the alarm. */
const stopAndStart = `${fixRunbook.split('\n1. Look')[0]}
1. Stop

   \`\`\`bash
   systemctl stop worker
   \`\`\`

2. Start again

   \`\`\`bash when=always
   systemctl start worker
   \`\`\`
`;

/** On a mount that the contributor names, with a default that is another one. */
const remount = `${fixRunbook
  .split('\n1. Look')[0]
  ?.replace('parameters: {}', "parameters: { mount: { type: path, from: 'dimension:path', default: / } }")
  .replace('targets: { from: alarm, max: 1 }', 'targets: { tags: { Name: web-1 }, max: 1 }')}
1. Remount

   \`\`\`bash
   mount -o remount,ro {{ mount }}
   \`\`\`
   \`\`\`bash observe
   df -h {{ mount }}
   \`\`\`

2. Undo

   \`\`\`bash when=always
   mount -o remount,rw {{ mount }}
   \`\`\`
`;

const patient = policyText('live')
  .replace('recovered_after: 10s', 'recovered_after: 120s')
  .replace('verification_window: 60s', 'verification_window: 600s');

/** Two steps that only modify, on a service that the contributor names, with a default that is another one. */
const twoRestarts = `${fixRunbook
  .split('\n1. Look')[0]
  ?.replace('parameters: {}', "parameters: { service: { type: unit, from: 'dimension:service', default: other } }")}
1. Restart

   \`\`\`bash
   systemctl restart {{ service }}
   \`\`\`

2. Reload

   \`\`\`bash
   systemctl reload {{ service }}
   \`\`\`
`;

/** One alarm over a fleet, with a contributor that is listed or not. */
class Fleet extends World {
  readonly cloudwatch = new MemoryCloudWatch(() => this.now);
  readonly alarmState = this.cloudwatch.put('fix-fleet', {
    changedAt: start - 7 * 3_600_000,
    more: {
      Dimensions: [],
      Metrics: [{ Id: 'q1', Expression: 'SELECT MAX(m) FROM CWAgent GROUP BY InstanceId, path' }],
    },
  });
  readonly attributes = { InstanceId: instanceId, path: '/data', service: 'web' };

  constructor(runbook: string, policy = policyText('live')) {
    super();
    this.compiled = compiledOf({ runbook, policy });
    this.list();
    const reader = alarms(this.cloudwatch.client, () => this.now);
    this.readAlarm = (arn, id) => reader.read(arn, id);
  }

  list(): void {
    this.alarmState.contributors.set(contributor, { attributes: this.attributes, since: this.now - 30_000 });
  }

  unlist(): void {
    this.alarmState.contributors.delete(contributor);
  }

  override async ring(): Promise<string> {
    await this.triage({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm Contributor State Change',
      resources: [arnOf('fix-fleet')],
      detail: { alarmContributor: { id: contributor } },
    });
    return this.incidentId();
  }

  /** Runs it to its end; the contributor goes from the list with the first change. */
  async through(): Promise<{ id: string; status: string; events: AuditEvent[]; sent: string[] }> {
    this.onSend = ({ dispatch }) => void (dispatch.part === 'run' && this.unlist());
    const id = await this.ring();
    const status = await this.run(id, approving);
    return { id, status, events: this.events(id), sent: this.sends.map(({ script }) => script.trim()) };
  }
}

const joined = (events: readonly AuditEvent[]) =>
  events.flatMap((event) => (event.kind === 'alarm_joined' ? event.state : []));

describe('a contributor that recovers after the first change', () => {
  test('has what was changed for it undone', async () => {
    const { status, sent } = await new Fleet(stopAndStart).through();
    expect(sent).toEqual(['systemctl stop worker', 'systemctl start worker']);
    expect(status).toBe('resolved');
  });

  test('has it undone where it was changed: with its own attributes, not with a default', async () => {
    const { status, sent } = await new Fleet(remount).through();
    expect(sent).toEqual([
      "df -h '/data'",
      "mount -o remount,ro '/data'",
      "df -h '/data'",
      "mount -o remount,rw '/data'",
    ]);
    expect(status).toBe('resolved');
  });

  test('is resolved once it has been off the list for as long as it must, whenever its alarm changed', async () => {
    const fleet = new Fleet(stopAndStart, patient);
    const { id, status, events } = await fleet.through();
    expect(status).toBe('resolved');
    const entries = fleet.reading(id).entries;
    const at = (kind: string) => Date.parse(entries.find(({ event }) => event?.kind === kind)?.at ?? '');
    expect(joined(events)).toEqual(['OK']);
    expect(at('incident_closed') - at('alarm_joined')).toBeGreaterThanOrEqual(120_000);
    const stated = events.find(({ kind }) => kind === 'alarm_joined');
    expect(stated).toMatchObject({
      why: expect.stringMatching(/lists the contributor c-1 no more: first seen at 2026-/),
    });
  });

  test('that comes back and goes again is counted from when it went the last time', async () => {
    const fleet = new Fleet(stopAndStart, patient);
    let waits = 0;
    const pass = fleet.pass;
    fleet.pass = async (milliseconds) => {
      await pass(milliseconds);
      const isRecovering = joined(fleet.events(fleet.incidentId())).at(-1) === 'OK';
      if (isRecovering) waits += 1;
      if (waits === 1) fleet.list();
      if (waits === 2) fleet.unlist();
    };
    fleet.onSend = () => fleet.unlist();
    const id = await fleet.ring();
    fleet.onSend = () => fleet.unlist();
    expect(await fleet.run(id, approving)).toBe('resolved');
    const entries = fleet.reading(id).entries;
    const last = entries.findLast(({ event }) => event?.kind === 'alarm_joined');
    const closed = entries.find(({ event }) => event?.kind === 'incident_closed');
    expect(Date.parse(closed?.at ?? '') - Date.parse(last?.at ?? '')).toBeGreaterThanOrEqual(120_000);
  });

  test('is not said to be OK where CloudWatch evaluates a part only: the incident ends unverified', async () => {
    const fleet = new Fleet(stopAndStart);
    fleet.onSend = () => {
      fleet.unlist();
      Object.assign(fleet.alarmState.more, { EvaluationState: 'PARTIAL_DATA' });
    };
    const id = await fleet.ring();
    expect(await fleet.run(id, approving)).toBe('unverified');
  });
});

describe('a contributor that is not listed where CloudWatch evaluates a part only', () => {
  test('has what follows done with its own attributes, as planned', async () => {
    const fleet = new Fleet(twoRestarts);
    fleet.onSend = () => {
      fleet.unlist();
      Object.assign(fleet.alarmState.more, { EvaluationState: 'PARTIAL_DATA' });
    };
    const id = await fleet.ring();
    expect(await fleet.run(id, approving)).toBe('unverified');
    expect(fleet.sends.map(({ script, targets }) => [script.trim(), targets])).toEqual([
      ["systemctl restart 'web'", [instanceId]],
      ["systemctl reload 'web'", [instanceId]],
    ]);
  });
});

describe('a contributor that recovers before anything', () => {
  test('has nothing sent for it, although its alarm as a whole is still in ALARM', async () => {
    const fleet = new Fleet(stopAndStart);
    const id = await fleet.ring();
    fleet.unlist();
    expect(await fleet.run(id, approving)).toBe('recovered');
    expect(fleet.sends).toEqual([]);
  });
});
