/** I2, I9: what was planned is what is undone, whatever alarm, tags and policy say by then (attack F8, F4). */
import { describe, expect, test } from 'vitest';
import type { Alarm } from '../../../core/alarm/alarm.ts';
import type { QuestionRecord } from '../../../core/approval/record.ts';
import { alarmOf, compiledOf, instanceId, policyText } from '../../support/fixtures.ts';
import { approving, type Operator, World } from '../../support/world.ts';
import { isChange } from './witness.ts';

const otherHost = 'i-0fedcba9876543210';
const tagged = (unit: string) => ({ countersign: 'on', 'countersign-unit': unit });

/** The unit comes from the alarm's tag, the host from its dimension; step 1 has a way back, step 3 undoes. */
const runbook = `---
id: drain
title: Drain it
owner: platform
severity: high
services: [web]
environments: [production]
match:
  alarms: ['fix-*']
symptoms: [broken]
parameters:
  unit: { type: unit, from: tag:countersign-unit }
targets: { from: alarm, max: 1 }
---

1. Drain

   \`\`\`bash
   systemctl stop {{ unit }}
   \`\`\`
   \`\`\`bash rollback
   systemctl start {{ unit }}
   \`\`\`

2. Restart

   \`\`\`bash
   systemctl restart {{ unit }}
   \`\`\`

3. Let it serve again

   \`\`\`bash when=always
   systemctl start {{ unit }}
   \`\`\`
`;

function draining(): World {
  const world = new World();
  world.compiled = compiledOf({ runbook });
  world.alarm = alarmOf({ tags: tagged('web.service') });
  world.instances = [instanceId, otherHost].map((id) => ({ id, tags: { countersign: 'on' }, online: true }));
  return world;
}

const edits: [string, Partial<Alarm>][] = [
  ['its tag names another unit', { tags: tagged('database.service') }],
  ['its tag is gone', { tags: { countersign: 'on' } }],
  ['its InstanceId names another host', { dimensions: { InstanceId: otherHost }, tags: tagged('web.service') }],
];

const sentBy = (world: World) => world.sends.map(({ script, targets }) => `${script} on ${targets.join()}`);
const askedBy = (asked: QuestionRecord[]) =>
  asked.map(({ question: { items } }) => `${items[0]?.dispatch.step}.${items[0]?.dispatch.part}`);

describe.each(edits)('F8: after the drain was sent, the alarm is edited: %s', (_, edit) => {
  async function drained(status: string) {
    const world = draining();
    const asked: QuestionRecord[] = [];
    world.respond = ({ script }) => (script.includes('stop') ? { status, exitCode: status === 'Success' ? 0 : 1 } : {});
    world.onSend = ({ script }) => {
      if (script.includes('stop')) world.alarm = alarmOf({ ...edit });
    };
    const operator: Operator = async (w, record) => {
      asked.push(record);
      await approving(w, record);
    };
    const status_ = await world.run(await world.ring(), operator);
    return { world, asked, status: status_ };
  }

  test('the way back of a failed step is asked for, and sent, with the planned unit on the planned host', async () => {
    const { world, asked, status } = await drained('Failed');
    expect(askedBy(asked)).toEqual(['1.run', '1.rollback', '3.run']);
    expect(sentBy(world)).toEqual([
      `systemctl stop 'web.service' on ${instanceId}`,
      `systemctl start 'web.service' on ${instanceId}`,
      `systemctl start 'web.service' on ${instanceId}`,
    ]);
    expect([status, world.pages.length]).toEqual(['failed', 1]);
  });

  test('a later step forward is not sent: it halts, and what undoes is still offered', async () => {
    const { world, asked, status } = await drained('Success');
    const isGone = edit.tags !== undefined && !('countersign-unit' in edit.tags);
    // Where the tag no longer says anything, the plan that was acted upon still does.
    expect(askedBy(asked)).toEqual(isGone ? ['1.run', '2.run', '3.run'] : ['1.run', '3.run']);
    for (const sent of sentBy(world)) expect(sent).toMatch(new RegExp(`'web\\.service' on ${instanceId}$`));
    expect(status).toBe(isGone ? 'unverified' : 'halted');
    expect(world.pages).toHaveLength(1);
  });
});

describe('F4: the mode is switched while an incident runs', () => {
  test('live to dry_run after a change: what undoes is asked for, it is told as halted and paged, and not as "nothing changed"', async () => {
    const world = draining();
    const asked: QuestionRecord[] = [];
    world.onSend = ({ script }) => {
      if (script.includes('stop')) world.compiled = compiledOf({ runbook, policy: policyText('dry_run') });
    };
    const operator: Operator = async (w, record) => {
      asked.push(record);
      await approving(w, record);
    };
    expect(await world.run(await world.ring(), operator)).toBe('halted');
    expect(askedBy(asked)).toEqual(['1.run', '3.run']);
    expect(sentBy(world)).toHaveLength(2);
    const told = JSON.stringify(world.posts.at(-1));
    expect(told).toContain('Halted: fix-web');
    expect(told).toContain("the policy's mode is dry_run and the plan was made in live");
    expect(told).not.toMatch(/[Nn]othing (was )?changed|Dry run/);
    expect(told).toMatch(/✓ 1\. Drain.*ran/);
    expect(world.pages).toEqual(['Countersign: fix-web halted']);
  });

  test('live to dry_run before a change: nothing is sent, and it is not told as a dry run that it was not', async () => {
    const world = draining();
    const switching: Operator = async (w, record) => {
      await approving(w, record);
      w.compiled = compiledOf({ runbook, policy: policyText('dry_run') });
    };
    const status = await world.run(await world.ring(), switching);
    expect(world.sends.filter(isChange)).toEqual([]);
    expect(status).toBe('halted');
    expect(world.pages).toHaveLength(1);
  });

  test('dry_run to live: what was skipped was never done, so no later step is asked for or sent; halted and paged', async () => {
    const world = draining();
    world.compiled = compiledOf({ runbook, policy: policyText('dry_run') });
    const id = await world.ring();
    await world.plan(id);
    expect(await world.gate(id)).toMatchObject({ decision: 'skip', dispatch: { step: 1, part: 'run' } });
    world.compiled = compiledOf({ runbook });
    expect(await world.run(id)).toBe('halted');
    expect([world.sends, world.questions(id)]).toEqual([[], []]);
    const told = JSON.stringify(world.posts.at(-1));
    expect(told).toContain("the policy's mode is live and the plan was made in dry_run");
    expect(world.pages).toEqual(['Countersign: fix-web halted']);
  });
});
