/** A card that cannot be posted or shown ends the incident with the cause: in the chain, in the halt's reason, in the page. */
import { expect, test } from 'vitest';
import { isRetryable } from '../../../adapters/patience.ts';
import { ChannelBusy } from '../../../core/use-cases/ports.ts';
import { compiledOf, fixRunbook } from '../../support/fixtures.ts';
import { World } from '../../support/world.ts';

/** What the chain says of the deliveries, and the reason with which the gate halted. */
async function ending(world: World) {
  const id = await world.ring();
  expect(await world.run(id)).toBe('halted');
  const events = world.events(id);
  const causes = events.flatMap((event) => (event.kind === 'approval_undeliverable' ? [event.why] : []));
  const halt = events.find((event) => event.kind === 'gate_decided' && event.decision === 'halt');
  return { causes, halt: JSON.stringify(halt), told: JSON.stringify([world.posts, world.pages]) };
}

test('a command that shows a secret is posted nowhere, and the halt says why', async () => {
  const world = new World();
  const command = "mysql --password=hunter2hunter2 -e 'drop table x'";
  world.compiled = compiledOf({ runbook: fixRunbook.replace('systemctl restart web', () => command) });
  const { causes, halt, told } = await ending(world);
  expect(causes).toHaveLength(6);
  for (const text of [...causes, halt, told]) {
    expect(text).toMatch(/its command shows a secret/);
    expect(text).not.toContain('hunter2');
  }
  expect(world.sends.some(({ script }) => script === command)).toBe(false);
});

test('Slack being down is said so, and no secret of the error reaches the chain', async () => {
  const world = new World();
  let calls = 0;
  world.fault = (port) => {
    calls += 1;
    if (port === 'post')
      throw new Error(`Slack did not answer chat.postMessage with xoxb-123456789012-abcdefghij (${calls})`);
  };
  const { causes, halt } = await ending(world);
  expect(causes).toHaveLength(6);
  expect(halt).toContain('could not be delivered: Slack did not answer chat.postMessage with [redacted: Slack token]');
  expect(JSON.stringify([...world.audit.chains.values()])).not.toMatch(/xoxb-|token-\d/);
});

test('a connection to Slack that is lost counts as a round without a card, and as no error of AWS that passes', async () => {
  const world = new World();
  world.fault = (port) => {
    if (port === 'post') throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  };
  const { causes, halt } = await ending(world);
  expect(causes).toHaveLength(6);
  expect(halt).toContain('socket hang up');
  const id = await world.ring();
  const error = await world.ask(id, { step: 2, part: 'run', attempt: 1, wave: 1 }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect(isRetryable(error)).toBe(false);
});

test('a card that arrives at the second try does not end the incident', async () => {
  const world = new World();
  let posts = 0;
  const id = await world.ring();
  await world.tell(id);
  world.fault = (port) => {
    if (port === 'post' && ++posts === 1) throw new Error('Slack did not answer chat.postMessage');
  };
  expect(await world.run(id)).toBe('unverified');
  expect(world.events(id).filter(({ kind }) => kind === 'approval_undeliverable')).toHaveLength(1);
});

test('a channel that takes no more messages now is asked again, and that is no round without a card', async () => {
  const world = new World();
  const id = await world.ring();
  await world.tell(id);
  let busy = 8;
  world.fault = (port) => {
    if (port === 'post' && busy-- > 0) throw new ChannelBusy('Slack takes no more calls of chat.postMessage now');
  };
  expect(await world.run(id)).toBe('unverified');
  expect(world.events(id).filter(({ kind }) => kind === 'approval_undeliverable')).toEqual([]);
});
