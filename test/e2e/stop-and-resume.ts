/** The kill switch in people's own hands, typed and pressed in Slack: stop, resume, abort while a host is busy, suspend. */
import { expect, onTestFinished, test } from 'vitest';
import { controlTable } from '../../adapters/dynamodb/control.ts';
import { readSwitch } from '../../core/incident/kill-switch.ts';
import { eventually } from './eventually.ts';
import { buttonsOf, eventsOf, type Stage, statusOf } from './stage.ts';
import { keepBusy } from './stopping.ts';

export function stopAndResume(on: () => Stage): void {
  test('a stop that is typed is acknowledged when it is true, what is approved waits, and a resume by the button lets it go on', async () => {
    const stage = on();
    const incident = await stage.raise('typed-stop');
    const { ts } = await stage.card(incident);
    expect(await say(stage, 'ben', 'stop a test types it')).toMatch(
      /^Stopped: nothing is sent any more\. .*by ben.*a test types it/,
    );
    const sent = stage.laptop.node.commands.length;
    await stage.laptop.slack.press({ user: 'ana', button: 'approve', messageTs: ts });
    await stage.event(
      incident,
      'gate_decided',
      ({ decision, reasons }) => decision === 'wait' && reasons[0]?.rule === 'kill_switch',
    );
    expect(stage.laptop.node.commands.length, 'nothing is sent under a stop').toBe(sent);
    const status = await say(stage, 'ana', 'status');
    expect(status).toContain('Stopped: nothing is sent, but for what was under way');
    expect(status).toContain('by ben');

    const told = await eventually('the stop’s own message', async () =>
      (await stage.laptop.slack.messages()).findLast((message) =>
        buttonsOf(message).some(({ action_id }) => action_id === 'countersign.resume'),
      ),
    );
    expect(told.text).toBe('Stopped: nothing is sent any more: a test types it');
    await stage.laptop.slack.press({ user: 'ana', button: 'resume', messageTs: told.ts });
    await eventually('the resume', async () => ((await standing(stage)).stopped ? undefined : true));
    await stage.event(incident, 'command_sent', ({ dispatch }) => dispatch.step === 3 && dispatch.part === 'run');
    expect(await stage.mutating(incident)).toBe(1);
    await stage.leave(incident);
  });

  test('whom the policy does not name for it resumes nothing, and somebody who is suspended approves nothing', async () => {
    const stage = on();
    expect(await say(stage, 'eve', 'stop')).toMatch(/^Stopped/);
    expect(await say(stage, 'eve', 'resume')).toBe('You may not do that. ana, ben may.');
    expect((await standing(stage)).stopped).toBe(true);
    expect(await say(stage, 'ana', 'resume')).toMatch(/^Resumed/);
    expect(await say(stage, 'ben', 'suspend ana lost her laptop')).toMatch(/^ana is suspended/);
    const incident = await stage.raise('suspended');
    const { ts } = await stage.card(incident);
    await stage.laptop.slack.press({ user: 'ana', button: 'approve', messageTs: ts });
    await stage.event(incident, 'vote_refused', ({ by }) => by.name === 'ana');
    expect(await stage.mutating(incident)).toBe(0);
    expect(await say(stage, 'ben', 'reinstate ana')).toBe('ana may approve again.');
    await stage.leave(incident);
  });
}

/** Last of what changes something: its command was cancelled and may run on, so that its host's lease is held to its end. */
export function aborting(on: () => Stage): void {
  test('an abort ends what is under way, and cancels what runs; a resume later does not bring it back', async () => {
    const stage = on();
    const incident = await stage.raise('aborted');
    const { ts } = await stage.card(incident);
    const release = await keepBusy(stage);
    onTestFinished(release);
    await stage.laptop.slack.press({ user: 'ana', button: 'approve', messageTs: ts });
    const { commandId } = await stage.event(
      incident,
      'command_sent',
      ({ dispatch }) => dispatch.step === 3 && dispatch.part === 'run',
    );
    expect(await say(stage, 'ana', 'stop --abort wrong cluster')).toMatch(
      /^Stopped: .*cancelled within a minute or two/,
    );
    expect(await stage.event(incident, 'cancel_requested')).toMatchObject({ commandId, by: { name: 'ana' } });
    await release();
    await say(stage, 'ana', 'resume');
    expect((await standing(stage)).stopped).toBe(false);
    const entries = await stage.closed(incident);
    expect(statusOf(entries)).toBe('halted');
    expect(eventsOf(entries)).toContainEqual(
      expect.objectContaining({
        kind: 'command_finished',
        dispatch: expect.objectContaining({ step: 3 }),
        outcome: 'unknown',
      }),
    );
    expect(await stage.pages.about(incident.id)).toContain('ana aborted everything that was under way: wrong cluster');
  });
}

/** Types it, and answers with what this person is told at last: the first answer says no more than that it is on its way. */
async function say({ laptop }: Stage, user: string, text: string): Promise<string> {
  const before = laptop.slack.whispers(user).length;
  const answer = await laptop.slack.command({ user, text: `/countersign ${text}` });
  expect(answer).toMatchObject({ status: 200, body: expect.stringContaining('On its way') });
  // On a busy machine what came of it may be there before that.
  const news = () => laptop.slack.whispers(user).slice(before);
  return eventually(
    `an answer to ${text}`,
    async () => news().findLast(({ text: said }) => !said.startsWith('On its way'))?.text,
  );
}

function standing({ laptop }: Stage) {
  return readSwitch(controlTable(laptop.database, 'countersign-control'), laptop.publicKey);
}
