/** CloudWatch throttles an account while people decide: what was approved waits, and goes out once when it answers again. */
import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { executionOf, type Incident, type Stage } from './stage.ts';

export function throttled(on: () => Stage): void {
  test('an approval under throttles of CloudWatch is no failure: the machine holds, and sends once when it is answered', async () => {
    const stage = on();
    const incident = await stage.raise('throttled');
    const { ts } = await stage.card(incident);
    stage.laptop.cloudwatch.setThrottled(incident.alarmName, true);
    try {
      await stage.laptop.slack.press({ user: 'ana', button: 'approve', messageTs: ts });
      await eventually('a round of holding after Execute', async () =>
        (await statesOf(stage, incident)).join(' ').includes('Execute Sent Hold Gate Verdict Hold') ? true : undefined,
      );
      expect(await stage.mutating(incident)).toBe(0);
    } finally {
      stage.laptop.cloudwatch.setThrottled(incident.alarmName, false);
    }
    await stage.event(incident, 'command_finished', ({ dispatch }) => dispatch.step === 3 && dispatch.part === 'run');
    expect(await stage.mutating(incident)).toBe(1);
    await stage.leave(incident);
  });
}

/** The states that the incident's execution has entered, in order. */
async function statesOf(stage: Stage, incident: Incident): Promise<string[]> {
  const request = new GetExecutionHistoryCommand({
    executionArn: executionOf(stage.laptop, incident.id),
    maxResults: 1000,
  });
  const { events = [] } = await stage.machine.send(request);
  return events.flatMap(({ stateEnteredEventDetails: at }) => (at?.name ? [at.name] : []));
}
