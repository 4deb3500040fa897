/** I5 on a deployed system in its default mode: a dry run observes and reports, asks nobody and changes nothing. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { verifyChain } from '../../core/audit/verify.ts';
import { countMutating } from '../../local/demo/result.ts';
import { type Laptop, startLaptop } from '../../local/laptop.ts';
import { eventually } from './eventually.ts';
import { recordsOf } from './records.ts';
import { buttonsOf, statusOf } from './stage.ts';

const patienceMs = 240_000;
vi.setConfig({ testTimeout: patienceMs });

let laptop: Laptop;
beforeAll(async () => {
  laptop = await startLaptop({ mode: 'dry_run', approvalSeconds: 300, modelKey: null, onProgress: () => {} });
}, patienceMs);
afterAll(() => laptop?.stop());

test('a dry run runs what reads, skips what would ask with its reason, and leaves no request and no button', async () => {
  const id = await laptop.raiseAlarm('disk-full');
  const before = await measured();
  const entries = await eventually(`the end of ${id}`, async () => {
    const chain = await laptop.chain(id);
    return chain.at(-1)?.event.kind === 'incident_closed' && !(await laptop.isOpen(id)) ? chain : undefined;
  });
  expect(statusOf(entries)).toBe('dry_run');
  expect(verifyChain(id, entries)).toMatchObject({ whole: true, closed: true });

  const { commands } = laptop.node;
  expect(commands.map(({ comment }) => comment)).toEqual(
    ['1.run.1', '2.run.1', '3.run.1', '4.before.1', '4.dry_run.1'].map((dispatch) => `${id}.${dispatch}`),
  );
  expect(await countMutating(commands)).toBe(0);
  expect(await measured()).toEqual(before);
  expect(await recordsOf(laptop).items('countersign-control', id)).toEqual([]);
  expect(entries.map(({ event }) => event)).toContainEqual(
    expect.objectContaining({
      kind: 'gate_decided',
      decision: 'skip',
      dispatch: { step: 4, part: 'run', attempt: 1 },
      reasons: expect.arrayContaining([{ rule: 'mutation', text: 'destructive: a person must approve' }]),
    }),
  );
  const messages = await laptop.slack.messages();
  expect(messages.flatMap(buttonsOf)).toEqual([]);
  expect(messages).toHaveLength(1);
});

/** The host's own state, but for the few bytes that the journal grows by itself. */
async function measured() {
  const metrics = (await laptop.node.hosts[0]?.measure()) ?? [];
  const lasting = metrics.filter(({ name }) => name === 'disk_used_percent' || name === 'service_active');
  return lasting.map((metric) => ({ ...metric, value: metric.value.toFixed(2) }));
}
