/** Ways an incident ends: approved and resolved, rejected, expired; and what the audit says of each, also after tampering. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { verifyChain } from '../../core/audit/verify.ts';
import { sha256 } from '../../core/digest.ts';
import { awsEnvironment } from '../../local/emulator.ts';
import { eventually } from './eventually.ts';
import { buttonsOf, hurried, type Stage, statusOf } from './stage.ts';

/** The `countersign` command in a process of its own, against the deployed tables. */
async function countersign(stage: Stage, command: string, ...words: string[]) {
  const { endpoint, folder } = stage.laptop.emulator;
  const [program = '', ...first] = command.split(' ');
  return promisify(execFile)(program, [...first, ...words], { env: awsEnvironment(endpoint, folder) }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
  );
}

export function endings(on: () => Stage): void {
  test('approved: the full disk is emptied once, by the signed bytes, and the chain proves it', async () => {
    const stage = on();
    const { laptop, records } = stage;
    const id = await laptop.raiseAlarm('disk-full');
    const card = await stage.card({ id });
    const { request } = await records.request(id);
    await expect(stage.mutating({ id }), 'nothing is changed before a person approves').resolves.toBe(0);
    expect(await laptop.slack.press({ user: 'ana', button: 'approve', messageTs: card.ts })).toMatchObject({
      status: 200,
    });
    const entries = await stage.closed({ id });

    expect(statusOf(entries)).toBe('resolved');
    const commands = stage.sent({ id }).filter(({ comment }) => comment === `${id}.4.run.1`);
    expect(
      commands.map(({ script }) => sha256(script)),
      'I2: what was signed is what the host got',
    ).toEqual([request.scriptHash]);
    expect(commands[0]?.instanceIds).toEqual(request.targets);
    expect(await stage.mutating({ id })).toBe(1);
    const kinds = entries.map(({ event }) => event.kind);
    const order = [
      'approval_requested',
      'vote_cast',
      'approval_settled',
      'dispatch_intended',
      'command_sent',
      'incident_closed',
    ];
    const places = order.map((kind) => kinds.lastIndexOf(kind as (typeof kinds)[number]));
    expect(kinds.indexOf('vote_cast')).toBe(kinds.lastIndexOf('vote_cast'));
    expect(places.every((place) => place > 0)).toBe(true);
    await expectAudited(stage, id);
  });

  test('rejected: the reason typed into the modal is in the audit, and nothing is changed', async () => {
    const stage = on();
    const incident = await stage.raise('rejected');
    const { ts } = await stage.card(incident);
    const press = { user: 'ben', button: 'reject', messageTs: ts, reason: 'The deploy is still going on' } as const;
    // The modal must open within 3 s; on a busy machine it may not, and a person presses again.
    await eventually('the modal that asks why', async () =>
      (await stage.laptop.slack.press(press)).status === 200 ? true : undefined,
    );
    const entries = await stage.closed(incident);
    expect(statusOf(entries)).toBe('rejected');
    expect(await stage.mutating(incident)).toBe(0);
    expect(entries.flatMap(({ event }) => (event.kind === 'vote_cast' ? [event.vote] : []))).toMatchObject([
      { decision: 'reject', by: { name: 'ben' }, reason: press.reason },
    ]);
    expect(await stage.records.request(incident.id)).toMatchObject({ status: 'REJECTED' });
    await expectNoButtons(stage, ts);
  });

  test('expired: nobody answers, which is a no, and people are paged', async () => {
    const stage = on();
    const incident = await stage.raise('expired', { tags: { countersign: 'on', environment: hurried.environment } });
    const card = await stage.card(incident);
    const entries = await stage.closed(incident);
    expect(statusOf(entries)).toBe('expired');
    expect(await stage.records.request(incident.id)).toMatchObject({ status: 'EXPIRED', votes: [] });
    await stage.pages.about(incident.id);
    await expectNoButtons(stage, card.ts);
    expect(await stage.mutating(incident)).toBe(0);
  });
}

async function expectNoButtons({ laptop }: Stage, ts: string): Promise<void> {
  await eventually(`the withdrawal of the buttons of ${ts}`, async () => {
    const message = (await laptop.slack.messages()).find((candidate) => candidate.ts === ts);
    return message && buttonsOf(message).length === 0 ? true : undefined;
  });
}

/** I7 on the deployed table: only root on an emulator can change an entry at all, and every change is found. */
async function expectAudited(stage: Stage, id: string): Promise<void> {
  const { records } = stage;
  const good = await countersign(stage, 'npm run --silent countersign --', 'audit', 'verify', id);
  expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining(`${id}: `) });
  expect(good.stdout).toMatch(/\d+ entries, whole, closed/);

  const items = await records.items('countersign-audit', id);
  const [third, last] = [items[2] ?? {}, items.at(-1) ?? {}];
  const changed = { ...third, entry: String(third.entry).replace('"actor":"', '"actor":"x') };
  const verify = () => countersign(stage, `${process.execPath} cli/main.ts`, 'audit', 'verify', id);
  const damages: [string, RegExp, () => Promise<void>][] = [
    ['changed', /entry 3: was changed/, () => records.put('countersign-audit', changed)],
    ['removed', /entry 3: .*removed/, () => records.remove('countersign-audit', third)],
    ['cut', /no closing entry/, () => records.remove('countersign-audit', last)],
  ];
  for (const [what, problem, damage] of damages) {
    await damage();
    expect(await verify(), what).toMatchObject({ code: 1, stdout: expect.stringMatching(problem) });
    await records.put('countersign-audit', what === 'cut' ? last : third);
  }
  expect(verifyChain(id, await stage.laptop.chain(id)).whole).toBe(true);
}
