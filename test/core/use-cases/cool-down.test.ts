/** The time between two destructive steps: the second is not asked for before it is over, and what undoes waits for nothing. */
import { expect, test } from 'vitest';
import { epochOf } from '../../../core/time.ts';
import { ana, compiledOf, fixRunbook, policyText } from '../../support/fixtures.ts';
import { World } from '../../support/world.ts';

const runbook = fixRunbook.replace(
  '4. Look again',
  `4. Delete more

   \`\`\`bash risk=destructive
   find /var/log/more -name '*.gz' -delete
   \`\`\`

5. Look again`,
);

/** What was sent, with when, where every question is approved as soon as it is asked. */
async function run(coolDown: string, text = runbook) {
  const world = new World();
  const policy = policyText('live').replace('timeout: 10m', `timeout: 10m, cool_down: ${coolDown}`);
  world.compiled = compiledOf({ policy, runbook: text });
  const sent: { script: string; at: number }[] = [];
  world.onSend = ({ script }) => void sent.push({ script, at: world.now });
  const asked: number[] = [];
  const id = await world.ring();
  await world.run(id, async (_, record) => {
    if (record.question.items[0]?.dispatch.step === 4) asked.push(epochOf(record.question.createdAt));
    await world.click(record, ana, 'approve');
  });
  const at = (path: string) => sent.find(({ script }) => script.includes(`${path} -name '*.gz' -delete`))?.at ?? 0;
  return { world, id, asked, first: at('/var/log/app'), second: at('/var/log/more') };
}

test('the second destructive step is asked for when the time is over, and not before', async () => {
  const { world, id, asked, first, second } = await run('5m');
  expect(first).toBeGreaterThan(0);
  expect((asked[0] ?? 0) - first).toBeGreaterThanOrEqual(300_000);
  expect(second).toBeGreaterThan(asked[0] ?? 0);
  const waits = world.events(id).flatMap((event) => (event.kind === 'gate_decided' ? event.reasons : []));
  expect(waits.filter(({ rule }) => rule === 'destructive.cool_down')).not.toEqual([]);
});

test('where the policy wants none, nothing waits', async () => {
  const { asked, first } = await run('0s');
  expect((asked[0] ?? 0) - first).toBeLessThan(60_000);
});

test('what always runs does not wait', async () => {
  const { asked, first } = await run(
    '5m',
    runbook.replace('risk=destructive\n   find /var/log/more', 'risk=destructive when=always\n   find /var/log/more'),
  );
  expect((asked[0] ?? 0) - first).toBeLessThan(60_000);
});
