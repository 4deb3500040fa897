/** I7 on the deployed tables: a role that may append replaces one entry, which pages, stops everything, and is located. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';
import { recoveryChain } from '../../core/audit/chain.ts';
import { region } from '../../local/emulator.ts';
import { countersign } from './endings.ts';
import { eventually } from './eventually.ts';
import { lift, stops } from './kill-switch.ts';
import { putOn } from './roles.ts';
import { eventsOf, type Incident, type Stage, statusOf } from './stage.ts';

/** Seconds from the change to the page and the stop. */
const noticedSeconds = 60;

export function tampering(on: () => Stage): void {
  test('poll replaces one entry: a page and a stop within a minute, and nothing is sent until a signed resume', async () => {
    const stage = on();
    const [changed, other] = [await stage.raise('tampered'), await stage.raise('beside-it')];
    const cards = [await stage.card(changed), await stage.card(other)];
    const before = await stops(stage);
    const began = Date.now();
    await replaceThird(stage, changed);
    stage.tampered.push(changed.id);
    const page = await stage.pages.about(changed.id, 'records were changed');
    await eventually('the stop', async () => ((await stops(stage)).length > before.length ? true : undefined));
    expect(Date.now() - began).toBeLessThan(noticedSeconds * 1000);
    expect(page).toMatch(/countersign-audit, inc-[0-9a-f]+, 3: .* \(MODIFY\)/);
    expect(page).toMatch(/sends nothing any more: stop \d+ is in force/);

    const sent = stage.laptop.node.commands.length;
    for (const { ts } of cards)
      await stage.laptop.slack.press({ user: 'ana', button: 'approve', messageTs: ts }).catch(() => {});
    // The other incident waits; the one whose chain is broken ends beside it.
    await stage.event(
      other,
      'gate_decided',
      ({ decision, reasons }) => decision === 'wait' && reasons[0]?.rule === 'kill_switch',
    );
    const recovery = await eventually('the closing beside the broken chain', async () => {
      const entries = await stage.laptop.chain(recoveryChain(changed.id));
      return eventsOf(entries).some(({ kind }) => kind === 'people_told') ? entries : undefined;
    });
    expect(eventsOf(recovery)[0]).toMatchObject({
      status: 'halted',
      cause: expect.stringContaining('entry 3 of the audit'),
    });
    expect(await stage.pages.about(changed.id, 'halted')).toContain('entry 3');
    const { code, stdout } = await countersign(stage, `${process.execPath} cli/main.ts`, 'audit', 'verify', changed.id);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/entry 3: was changed/)]);
    expect(stage.laptop.node.commands.length, 'nothing is sent under a stop').toBe(sent);

    await lift(stage);
    await approved(stage, other, cards[1]?.ts ?? '');
    await stage.event(other, 'command_finished', ({ dispatch }) => dispatch.part === 'verify');
    await stage.setState(other, 'OK');
    expect(statusOf(await stage.closed(other))).toBe('resolved');
    expect([await stage.mutating(changed), await stage.mutating(other)]).toEqual([0, 1]);
  });

  test('an entry that is removed, and one that is changed as root does it, stop too; each is located', async () => {
    const stage = on();
    const incident = await stage.raise('damaged');
    await stage.card(incident);
    await stage.leave(incident);
    await stage.closed(incident);
    const items = await stage.records.items('countersign-audit', incident.id);
    const [third, last] = [items[2] ?? {}, items.at(-2) ?? {}];
    const verify = () => countersign(stage, `${process.execPath} cli/main.ts`, 'audit', 'verify', incident.id);
    for (const [what, item, problem] of [
      ['removed', third, /entry 3: .*removed/],
      ['cut', last, /removed|no closing entry/],
    ] as const) {
      const before = (await stops(stage)).length;
      await stage.records.remove('countersign-audit', item);
      await eventually(
        `the stop after what was ${what}`,
        async () => (await stops(stage)).length > before || undefined,
      );
      expect(await verify(), what).toMatchObject({ code: 1, stdout: expect.stringMatching(problem) });
      await stage.records.put('countersign-audit', item);
    }
    expect(await stage.pages.about(incident.id, 'was removed')).toContain('countersign-audit');
    await lift(stage);
  });
}

/** With the rights of `poll` alone: PutItem without a condition. */
async function replaceThird({ laptop, records }: Stage, { id }: Incident): Promise<void> {
  const { endpoint } = laptop.emulator;
  const poll = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint, region, credentials: await putOn(endpoint, 'poll') }),
  );
  const third = (await records.items('countersign-audit', id))[2] ?? {};
  const entry = String(third.entry).replace('"actor":"', '"actor":"x');
  await poll.send(new PutCommand({ TableName: 'countersign-audit', Item: { ...third, entry } }));
}

/** Approves the card that is out now: under a stop the first one was taken back, if it was not answered before. */
async function approved(stage: Stage, incident: Incident, first: string): Promise<void> {
  const isAnswered = eventsOf(await stage.laptop.chain(incident.id)).some(({ kind }) => kind === 'vote_signed');
  if (isAnswered) return;
  const { messageTs } = await stage.event(incident, 'approval_delivered', ({ messageTs: ts }) => ts !== first);
  await stage.laptop.slack.press({ user: 'ben', button: 'approve', messageTs });
}
