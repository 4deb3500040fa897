/** What stops everything at once: Slack is down for a whole incident, the kill switch, a machine stopped while a host is busy. One at a time, after all others. */
import { paginateGetExecutionHistory, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, onTestFinished, test } from 'vitest';
import { verifyChain } from '../../core/audit/verify.ts';
import { lift, stopByHand } from './kill-switch.ts';
import { eventsOf, executionOf, type Incident, type Stage, statusOf } from './stage.ts';

/** Events of a history that an incident without any answer may record: three rounds of asking are about fifty. */
const fewEvents = 250;
/** How long the host is kept busy at most, in seconds: less than the step's own time-out. */
const busySeconds = 110;

export function stopping(on: () => Stage): void {
  test('Slack is down for the whole wait: the incident halts within its history, and people are paged', async () => {
    const stage = on();
    stage.laptop.slack.failWith('down');
    try {
      const incident = await stage.raise('outage');
      const entries = await stage.closed(incident);
      expect(statusOf(entries)).toBe('halted');
      expect(eventsOf(entries)).toContainEqual(
        expect.objectContaining({ kind: 'approval_settled', decision: 'undeliverable' }),
      );
      expect(await stage.pages.about(incident.id)).toContain('halted');
      expect(await stage.mutating(incident)).toBe(0);
      expect(await stage.records.question(incident.id)).toMatchObject({ status: 'WITHDRAWN', votes: [] });
      expect(await historyOf(stage, incident.id)).toBeLessThan(fewEvents);
    } finally {
      stage.laptop.slack.failWith(null);
    }
  });

  test('a stop by hand holds what was approved and whatever begins after it; a forged resume lifts nothing, a signed one does', async () => {
    const stage = on();
    const approved = await stage.raise('held');
    const { ts } = await stage.card(approved);
    await stopByHand(stage, 'a test stops');
    const sent = stage.laptop.node.commands.length;
    await stage.laptop.slack.press({ user: 'ana', button: 'approve', messageTs: ts }).catch(() => {});
    const begun = await stage.raise('held-before-it-began');
    for (const incident of [approved, begun]) await held(stage, incident);
    await lift(stage, async () => ({ keyid: 'mine', sig: Buffer.from('not signed').toString('base64') }));
    await stage.laptop.sweep();
    await expect(stage.laptop.invoke('countersign-execute', firstOf(begun))).resolves.toMatchObject({
      outcome: 'stale',
    });
    expect(stage.laptop.node.commands.length, 'nothing is sent under a stop').toBe(sent);

    await lift(stage);
    await stage.card(begun);
    await stage.leave(begun);
    expect(stage.sent(begun).length).toBeGreaterThan(0);
    await stage.leave(approved);
  });

  test('a machine stopped while a command runs: people read that its result is unknown, and what comes late is in the chain', async () => {
    const stage = on();
    const incident = await stage.raise('busy');
    const { ts } = await stage.card(incident);
    const release = await keepBusy(stage);
    onTestFinished(release);
    const restart = { step: 3, part: 'run', attempt: 1, wave: 1 } as const;
    await stage.laptop.slack.press({ user: 'ana', button: 'approve', messageTs: ts });
    await stage.event(incident, 'command_sent', ({ dispatch }) => dispatch.step === 3 && dispatch.part === 'run');
    await stage.machine.send(new StopExecutionCommand({ executionArn: executionOf(stage.laptop, incident.id) }));
    expect(statusOf(await stage.closed(incident))).toBe('aborted');
    const closing = await closingOf(stage, incident);
    // Which of the two depends on whether the chain had the command's id by then; neither says that it did not run.
    expect(closing).toMatch(
      /Restart the unit – (sent, result unknown|may have run): look at the host first, approved by/,
    );
    expect(closing).not.toContain('Restart the unit – not run');
    expect(await stage.pages.about(incident.id)).toMatch(/aborted.*step 3 on web-1 \(i-/s);

    await release();
    const asked = () => stage.laptop.invoke('countersign-poll', { incidentId: incident.id, dispatch: restart });
    await expect.poll(asked, { timeout: 60_000, interval: 1_000 }).toMatchObject({ outcome: 'succeeded' });
    const entries = await stage.laptop.chain(incident.id);
    expect(eventsOf(entries).at(-1)).toMatchObject({ kind: 'command_finished', late: true, dispatch: restart });
    const report = verifyChain(
      incident.id,
      await stage.laptop.items(incident.id),
      await stage.laptop.facts(incident.id),
    );
    expect(report).toMatchObject({ verdict: 'whole', closed: true });
    expect(await stage.mutating(incident)).toBe(1);
  });
}

/** Waits until the gate holds the incident under a stop. */
async function held(stage: Stage, incident: Incident): Promise<void> {
  await stage.event(
    incident,
    'gate_decided',
    ({ decision, reasons }) => decision === 'wait' && reasons[0]?.rule === 'kill_switch',
  );
}

function firstOf({ id }: Incident) {
  return { incidentId: id, dispatch: { step: 1, part: 'run', attempt: 1, wave: 1 } };
}

/** Something else runs on web-1, whose agent takes one script after the other; the answer ends it. */
export async function keepBusy({ laptop }: Stage): Promise<() => Promise<void>> {
  const end = new AbortController();
  const busy = laptop.node.hosts[0]?.run(`sleep ${busySeconds}`, busySeconds, end.signal);
  return async () => {
    end.abort();
    await busy;
  };
}

/** All text of the message that says how the incident ended. */
async function closingOf({ laptop }: Stage, { id }: Incident): Promise<string> {
  const message = (await laptop.slack.messages()).findLast((candidate) =>
    JSON.stringify(candidate).includes(`countersign audit verify ${id}`),
  );
  return [...JSON.stringify(message?.blocks ?? []).matchAll(/"text":"((?:[^"\\]|\\.)*)"/g)]
    .map(([, text]) => text)
    .join('');
}

async function historyOf({ laptop, machine }: Stage, id: string): Promise<number> {
  const executionArn = executionOf(laptop, id);
  let events = 0;
  for await (const page of paginateGetExecutionHistory({ client: machine }, { executionArn }))
    events += page.events?.length ?? 0;
  return events;
}
