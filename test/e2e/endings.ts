/** Ways an incident ends: approved and resolved, rejected, expired; and what the audit says of each. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { sha256 } from '../../core/digest.ts';
import type { QuestionItem } from '../../core/question.ts';
import { actionIds } from '../../core/slack/controls.ts';
import { incidentIdOf } from '../../core/subject.ts';
import { awsEnvironment } from '../../local/emulator.ts';
import { eventually } from './eventually.ts';
import { buttonsOf, eventsOf, hurried, type Stage, statusOf } from './stage.ts';

/** The `countersign` command in a process of its own, against the deployed tables. */
export async function countersign(stage: Stage, command: string, ...words: string[]) {
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
    const { question } = await records.question(id);
    const [item] = question.items as [QuestionItem];
    await expect(stage.mutating({ id }), 'nothing is changed before a person approves').resolves.toBe(0);
    expect(await laptop.slack.press({ user: 'ana', button: 'approve', messageTs: card.ts })).toMatchObject({
      status: 200,
    });
    const entries = await stage.closed({ id });

    expect(statusOf(entries)).toBe('resolved');
    const commands = stage.sent({ id }).filter(({ comment }) => comment === `${id}.4.run.1.1`);
    expect(
      commands.map(({ script }) => sha256(script)),
      'I2: what was signed is what the host got',
    ).toEqual([item.scriptHash]);
    expect(commands[0]?.instanceIds).toEqual(item.targets);
    expect(await stage.mutating({ id })).toBe(1);
    const kinds = entries.map(({ kind }) => kind);
    const order = [
      'approval_requested',
      'vote_signed',
      'approval_settled',
      'dispatch_intended',
      'command_sent',
      'incident_closed',
    ];
    const places = order.map((kind) => kinds.lastIndexOf(kind));
    expect(kinds.indexOf('vote_signed')).toBe(kinds.lastIndexOf('vote_signed'));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    // One thread: its first message ends as the incident did, and card and closing are answers to it.
    const first = await eventually(`the first message of ${id}`, () => headOf(stage, id, 'Resolved'));
    const about = (await laptop.slack.messages()).filter((message) => JSON.stringify(message).includes(id));
    expect(about.map(({ threadTs }) => threadTs)).toEqual([null, first.ts, first.ts]);

    // Until the next checkpoint, a minute later at most, it cannot be told whether the last entries are all: exit 2.
    const verified = await eventually('a checkpoint over the last entry', async () => {
      const said = await countersign(stage, 'npm run --silent countersign --', 'audit', 'verify', id);
      return said.code === 2 ? undefined : said;
    });
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringMatching(/\d+ entries, whole, closed/) });
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
    const votes = eventsOf(entries).flatMap((event) => (event.kind === 'vote_signed' ? [event] : []));
    expect(votes).toMatchObject([{ word: 'reject', by: { name: 'ben' } }]);
    expect(votes.map(({ envelope }) => JSON.parse(Buffer.from(envelope.payload, 'base64').toString()))).toMatchObject([
      { reason: press.reason },
    ]);
    expect(await stage.records.question(incident.id)).toMatchObject({ status: 'REJECTED' });
    await expectNoButtons(stage, ts);
  });

  test('tried again after a rejection: a person’s signed word opens a second incident about the same change, with a card of its own', async () => {
    const stage = on();
    const first = await stage.raise('again');
    const { ts } = await stage.card(first);
    const reject = { user: 'ana', button: 'reject', messageTs: ts, reason: 'not with this plan' } as const;
    await eventually('the modal that asks why', async () =>
      (await stage.laptop.slack.press(reject)).status === 200 ? true : undefined,
    );
    await stage.closed(first);
    const closing = await eventually('the closing with its button', async () =>
      (await stage.laptop.slack.messages()).find((message) =>
        buttonsOf(message).some(({ action_id, value }) => action_id === actionIds.retry && value === first.id),
      ),
    );
    await stage.laptop.slack.press({ user: 'ben', button: 'retry', messageTs: closing.ts });
    const stateChangedAt = eventsOf(await stage.laptop.chain(first.id)).flatMap((event) =>
      event.kind === 'incident_opened' ? [event.stateChangedAt] : [],
    )[0];
    const { alarmArn } = first;
    const subject = {
      kind: 'alarm',
      alarmArn,
      contributorId: null,
      stateChangedAt: stateChangedAt ?? '',
      round: 2,
    } as const;
    const second = { id: incidentIdOf(subject) };
    const card = await stage.card(second);
    expect(card.ts).not.toBe(ts);
    expect(await stage.event(second, 'incident_opened')).toMatchObject({ subject });
    expect(await stage.mutating(second)).toBe(0);
    await stage.leave(second);
  });

  test('expired: nobody answers, which is a no, and people are paged', async () => {
    const stage = on();
    const incident = await stage.raise('expired', { tags: { countersign: 'on', environment: hurried.environment } });
    const card = await stage.card(incident);
    const entries = await stage.closed(incident);
    expect(statusOf(entries)).toBe('expired');
    expect(await stage.records.question(incident.id)).toMatchObject({ status: 'EXPIRED', votes: [] });
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

/** The first message of an incident's thread, as soon as its headline begins with this. */
async function headOf({ laptop }: Stage, id: string, state: string) {
  const [first] = (await laptop.slack.messages()).filter((message) => JSON.stringify(message).includes(id));
  return first?.text.startsWith(state) ? first : undefined;
}
