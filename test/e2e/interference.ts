/** I11: a wake-up by a stranger, a machine stopped from outside, arbitrary values in the work table, a kernel called twice. */
import { SendTaskSuccessCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../../core/digest.ts';
import { dispatchKey, sameDispatch } from '../../core/dispatch.ts';
import { payloadTypes, seal } from '../../core/dsse.ts';
import { historyLimits } from '../../core/limits.ts';
import type { QuestionItem } from '../../core/question.ts';
import { lockOf } from '../../core/use-cases/opening.ts';
import { seed } from '../soak.ts';
import { eventually } from './eventually.ts';
import { buttonsOf, endOf, eventsOf, executionOf, hurried, type Incident, type Stage, statusOf } from './stage.ts';

const restart = { step: 3, part: 'run', attempt: 1, wave: 1 } as const;

/** What the kernel says of a question that nobody answered. */
const unsigned = '0 of 1 signed approvals for exactly these bytes';

export function interference(on: () => Stage): void {
  test('a stranger with the valid token wakes the machine, which goes on waiting for a signature', async () => {
    const stage = on();
    const incident = await stage.raise('stranger');
    const { ts } = await stage.card(incident);
    const { token: taskToken } = await stage.records.question(incident.id);
    const output = JSON.stringify({ decision: 'approved', status: 'APPROVED' });
    await stage.machine.send(new SendTaskSuccessCommand({ taskToken, output }));
    await eventually('another round of asking', async () =>
      (await stage.records.question(incident.id)).token === taskToken ? undefined : true,
    );
    expect(await stage.records.question(incident.id)).toMatchObject({ status: 'PENDING', votes: [] });
    expect(await stage.mutating(incident)).toBe(0);

    expect(await stage.laptop.slack.press({ user: 'ana', button: 'approve', messageTs: ts })).toMatchObject({
      status: 200,
    });
    await stage.event(incident, 'command_finished', ({ dispatch }) => dispatch.step === 3 && dispatch.part === 'run');
    expect(await stage.mutating(incident)).toBe(1);
    await stage.leave(incident);
  });

  test('an execution that is stopped from outside is closed by sweep: chain ended, card withdrawn, people paged', async () => {
    const stage = on();
    const incident = await stage.raise('stopped');
    const { ts } = await stage.card(incident);
    await stage.machine.send(new StopExecutionCommand({ executionArn: executionOf(stage.laptop, incident.id) }));
    const entries = await stage.closed(incident);
    expect(statusOf(entries)).toBe('aborted');
    expect(await stage.records.question(incident.id)).toMatchObject({ status: 'WITHDRAWN' });
    const card = (await stage.laptop.slack.messages()).find((message) => message.ts === ts);
    expect(card && buttonsOf(card)).toEqual([]);
    expect(await stage.pages.about(incident.id)).toContain('aborted');
    expect(await stage.mutating(incident)).toBe(0);

    const late = await stage.laptop.slack.press({ user: 'ana', button: 'approve', messageTs: ts }).catch(String);
    expect(late).toContain('has no button');
  });

  test(`arbitrary values in every attribute of every work row send nothing unsigned (SEED=${seed})`, async () => {
    const stage = on();
    const incident = await stage.raise('vandalised', { tags: { countersign: 'on', environment: hurried.environment } });
    let vandalised = 0;
    const entries = await eventually(`the end of ${incident.id} under vandalism`, async () => {
      vandalised += await vandalise(stage, incident, seed + vandalised);
      await stage.laptop.sweep();
      return endOf(stage.laptop, incident.id);
    });
    expect(vandalised).toBeGreaterThan(20);
    expect(statusOf(entries)).toMatch(/^(expired|halted|failed|aborted)$/);
    expect(await stage.mutating(incident)).toBe(0);
    expect(stage.sent(incident).every(({ instanceIds }) => instanceIds.join() === 'i-0d15c0ffee0000001')).toBe(true);
    await stage.closed(incident);
  });

  test(`nor can they change what was approved (SEED=${seed})`, async () => {
    const stage = on();
    const incident = await stage.raise('vandalised-later');
    const { ts } = await stage.card(incident);
    const { question } = await stage.records.question(incident.id);
    const [item] = question.items as [QuestionItem];
    await vandalise(stage, incident, seed);
    await stage.laptop.slack.press({ user: 'ben', button: 'approve', messageTs: ts });
    await eventually('the end of the approved command under vandalism', async () => {
      await vandalise(stage, incident, seed + stage.laptop.node.commands.length);
      return eventsOf(await stage.laptop.chain(incident.id)).find(
        (event) => event.kind === 'command_finished' && sameDispatch(event.dispatch, restart),
      );
    });
    await stage.leave(incident);
    const restarts = stage.sent(incident).filter(({ comment }) => comment === dispatchKey(incident.id, restart));
    expect(restarts.map(({ script, instanceIds }) => ({ scriptHash: sha256(script), instanceIds }))).toEqual([
      { scriptHash: item.scriptHash, instanceIds: item.targets },
    ]);
    expect(await stage.mutating(incident)).toBe(1);
  });

  test('a kernel that is called three times at once for one approved dispatch sends one command', async () => {
    const stage = on();
    const incident = await stage.raise('twice');
    const { ts } = await stage.card(incident);
    const call = () => kernelOf(stage, { incidentId: incident.id, dispatch: restart });
    await stage.laptop.slack.press({ user: 'ana', button: 'approve', messageTs: ts });
    await eventually('the signed approval', async () =>
      (await stage.records.question(incident.id)).status === 'APPROVED' ? true : undefined,
    );
    const answers = await Promise.all([call(), call(), call()]);
    // Whoever comes second is told what is known: it was sent, or how it ended.
    const refusals = eventsOf(await stage.laptop.chain(incident.id)).filter(({ kind }) => kind === 'dispatch_refused');
    for (const answer of answers) expect(['running', 'succeeded'], JSON.stringify(refusals)).toContain(answer.outcome);
    await stage.event(incident, 'command_finished', ({ dispatch }) => dispatch.part === 'verify');
    await stage.setState(incident, 'OK');
    expect(statusOf(await stage.closed(incident))).toBe('resolved');
    const key = dispatchKey(incident.id, restart);
    expect(stage.sent(incident).filter(({ comment }) => comment === key)).toHaveLength(1);
    await expect(call()).resolves.toMatchObject({ outcome: 'succeeded' });
    expect(await stage.mutating(incident)).toBe(1);
  });

  test('a request that somebody marked as approved, with a vote that nobody signed, is refused by the kernel', async () => {
    const stage = on();
    const incident = await stage.raise('marked-approved');
    await stage.card(incident);
    const { digest, token: taskToken } = await stage.records.question(incident.id);
    const [{ id = '' } = {}] = stage.laptop.slack.users;
    const by = { name: 'ana', via: 'slack' as const, id };
    const said = { format: 1, question: digest, word: 'approve', by, at: new Date().toISOString(), reason: '' };
    const vote = await seal(payloadTypes.vote, said, async () => ({ keyid: 'mine', sig: 'bm90IHNpZ25lZA==' }));
    const [{ pk, sk } = {}] = await stage.records.items('countersign-control', incident.id);
    await stage.records.set('countersign-control', { pk, sk }, { status: 'APPROVED', votes: [vote] });
    const call = { incidentId: incident.id, dispatch: restart };
    await expect(kernelOf(stage, call)).resolves.toMatchObject({ outcome: 'stale' });
    await stage.machine.send(new SendTaskSuccessCommand({ taskToken, output: '{}' })).catch(() => {});
    expect(await stage.event(incident, 'dispatch_refused')).toMatchObject({ reasons: [{ text: unsigned }] });
    expect(await stage.event(incident, 'approval_undeliverable')).toMatchObject({
      why: `the question is marked approved, but ${unsigned}`,
    });
    expect(statusOf(await stage.closed(incident))).toBe('halted');
    expect(await stage.mutating(incident)).toBe(0);
  });

  test('a kernel that is called again and again before anybody approved sends nothing, and the incident halts', async () => {
    const stage = on();
    const incident = await stage.raise('too-early');
    const { ts } = await stage.card(incident);
    const call = { incidentId: incident.id, dispatch: restart };
    for (let times = 0; times < historyLimits.maximumStaleRounds; times += 1)
      await expect(kernelOf(stage, call)).resolves.toMatchObject({ outcome: 'stale' });
    expect(await stage.event(incident, 'dispatch_refused')).toMatchObject({ reasons: [{ text: unsigned }] });
    // The card may be gone already: what is out of date three times in a row is asked no more.
    await stage.laptop.slack.press({ user: 'ana', button: 'approve', messageTs: ts }).catch(() => {});
    expect(statusOf(await stage.closed(incident)), 'an approval cannot undo that').toBe('halted');
    expect(await stage.mutating(incident)).toBe(0);
  });
}

/** What the kernel answers to this call; that AWS throttles it meanwhile is no answer yet. */
function kernelOf({ laptop }: Stage, call: object): Promise<{ readonly outcome: string }> {
  return eventually('an answer of the kernel', async () => {
    const answer = (await laptop.invoke('countersign-execute', call)) as { outcome: string };
    return answer.outcome === 'again' ? undefined : answer;
  });
}

/** Anything that DynamoDB can hold, and what a clever vandal would write. */
function anything({ id }: Incident): fc.Arbitrary<unknown> {
  const clever = [
    'proceed',
    'approved',
    'resolved',
    'read_only',
    id,
    `${id}.3.run.1.1`,
    'i-0bad0000000000002',
    '9'.repeat(30),
  ];
  const leaf = fc.oneof(
    fc.constantFrom(...clever),
    fc.string({ maxLength: 60 }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  );
  return fc.oneof(
    leaf,
    fc.array(leaf, { maxLength: 4 }),
    fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), leaf),
  );
}

/** Overwrites all attributes of all rows of the incident, its OPEN item and its lock, and adds rows; returns how many values. */
async function vandalise({ records }: Stage, incident: Incident, salt: number): Promise<number> {
  const values = fc.sample(anything(incident), { seed: salt, numRuns: 60 });
  const next = () => values[written++ % values.length];
  let written = 0;
  const open = (await records.items('countersign-work', 'OPEN')).filter(({ sk }) => sk === incident.id);
  const rows = [
    ...(await records.items('countersign-work', incident.id)),
    ...(await records.items('countersign-work', lockOf(incident.alarmArn, null))),
    ...open,
  ];
  for (const { pk, sk, ...attributes } of rows) {
    const names = [...Object.keys(attributes), 'status', 'approved', 'risk', 'dispatch', 'outputs'];
    await records.set('countersign-work', { pk, sk }, Object.fromEntries(names.map((name) => [name, next()])));
  }
  if (open.length > 0) {
    const undelivered = { pk: incident.id, sk: 'UNDELIVERED', rounds: next() };
    for (const item of [undelivered, { pk: 'OPEN', sk: 'not-an-incident', rounds: next() }])
      await records.put('countersign-work', item);
  }
  return written;
}
