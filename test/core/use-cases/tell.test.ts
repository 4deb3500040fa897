/** One thread per incident: its first message follows the chain, is posted once whoever comes first, and keeps nothing waiting. */
import { describe, expect, test } from 'vitest';
import { append } from '../../../core/audit/append.ts';
import type { SlackMessage } from '../../../core/slack/blocks.ts';
import { ana } from '../../support/fixtures.ts';
import { approving, World } from '../../support/world.ts';

const textOf = (message: SlackMessage | undefined) => JSON.stringify(message?.blocks ?? []);
const headline = (message: SlackMessage | undefined) =>
  message?.blocks[0]?.type === 'header' ? message.blocks[0].text.text : '';

describe('the first message of an incident', () => {
  test('says how it stands: looked for, waiting, ended; cards and closing are answers to it', async () => {
    const world = new World();
    const id = await world.ring();
    await world.tell(id);
    expect(headline(world.heads.at(-1))).toBe('Looks for a runbook: fix-web');
    await world.run(id, async (_, record) => {
      await world.tell(id);
      await approving(world, record);
    });
    await world.tell(id);
    const headlines = world.heads.map(headline);
    expect(headlines[0]).toBe('Looks for a runbook: fix-web');
    expect(headlines).toContain('Waits for an answer on step 2: fix-web');
    expect(headlines.at(-1)).toMatch(/^(Resolved|Not verified): fix-web$/);
    expect(textOf(world.heads.at(-1))).toContain('✓ ');
    expect(world.below.every((ts) => ts === 'head-1')).toBe(true);
    expect(world.posts.length).toBeGreaterThan(1);
  });

  test('is drawn only when it says something else', async () => {
    const world = new World();
    const id = await world.ring();
    await world.tell(id);
    await world.plan(id);
    await world.tell(id);
    const drawn = world.heads.length;
    await world.tell(id);
    await world.tell(id);
    expect(world.heads).toHaveLength(drawn);
  });

  test('is posted by whoever asks first, where `tell` was not woken, and not again', async () => {
    const world = new World();
    const id = await world.ring();
    await world.run(id);
    expect(world.heads).toHaveLength(1);
    expect(new Set(world.below)).toEqual(new Set(['head-1']));
    await world.tell(id);
    expect(headline(world.heads.at(-1))).toMatch(/fix-web$/);
    expect([...world.threads.rows.values()].map(({ place }) => place?.messageTs)).toEqual(['head-1']);
  });

  test('names who is on it, since when', async () => {
    const world = new World();
    const id = await world.ring();
    await world.plan(id);
    await append(world.writer('decide'), id, {
      kind: 'acknowledged',
      by: { ...ana, via: 'slack' },
      reference: '2.run.1.1',
    });
    await world.tell(id);
    expect(textOf(world.heads.at(-1))).toMatch(/ana.*is on it since/);
  });

  test('of an incident that was told without a thread none is begun', async () => {
    const world = new World();
    world.slackIsDown = true;
    const id = await world.ring();
    await world.close(id, 'failed', 'a test');
    world.slackIsDown = false;
    world.threads.rows.clear();
    await world.tell(id);
    expect(world.heads).toEqual([]);
  });

  test('of what was never opened none is begun', async () => {
    const world = new World();
    await world.tell('inc-0123456789abcdef0123');
    expect(world.heads).toEqual([]);
  });
});

describe('nothing waits for it', () => {
  test('a claim that nobody fulfils costs two seconds, and the card stands by itself', async () => {
    const world = new World();
    const id = await world.ring();
    await world.plan(id);
    await world.threads.claimThread(id, 'incidents');
    const before = world.now;
    await world.run(id);
    expect(world.below[0]).toBeNull();
    expect(world.now - before).toBeGreaterThanOrEqual(2000);
    expect(world.posts.length).toBeGreaterThan(0);
  });

  test('a claim is taken over after 12 seconds', async () => {
    const world = new World();
    const id = await world.ring();
    await world.threads.claimThread(id, 'incidents');
    world.now += 13_000;
    await world.tell(id);
    expect(world.heads).toHaveLength(1);
  });

  test.each(['threads.claim', 'threads.place', 'threads.thread'])(
    'where the work table fails at %s, cards and closing are posted all the same',
    async (broken) => {
      const world = new World();
      world.fault = (port) => {
        if (port === broken) throw new Error('down');
      };
      const id = await world.ring();
      await world.tell(id).catch(() => {});
      expect(await world.run(id)).not.toBe('failed');
      expect(world.posts.length).toBeGreaterThan(1);
    },
  );

  test('while it goes on a failure is let go; once it is over it is tried again', async () => {
    const world = new World();
    const id = await world.ring();
    await world.tell(id);
    await world.plan(id);
    world.slackIsDown = true;
    await expect(world.tell(id)).resolves.toBeUndefined();
    await world.close(id, 'failed', 'a test');
    await expect(world.tell(id)).rejects.toThrow('Slack is down');
    world.slackIsDown = false;
    await world.tell(id);
    expect(headline(world.heads.at(-1))).toBe('Failed: fix-web');
  });
});

describe('what others may write is not believed', () => {
  test('a planted place of a card is not drawn over: its buttons stay', async () => {
    const world = new World();
    const id = await world.ring();
    await world.run(id, async () => {});
    const [delivered] = world.events(id).flatMap((event) => (event.kind === 'approval_delivered' ? [event] : []));
    const place = { channel: 'incidents', messageTs: delivered?.messageTs ?? '' };
    expect(place.messageTs).toBe('1.0');
    world.threads.rows.set(id, { channel: 'incidents', place, drawn: null, claimedUntil: 0 });
    const before = world.heads.length;
    await world.tell(id);
    expect(world.heads).toHaveLength(before);
  });

  test('an ending that CloudWatch refutes is not told', async () => {
    const world = new World();
    const id = await world.ring();
    await world.plan(id);
    await world.tell(id);
    await append(world.writer('decide'), id, { kind: 'incident_closed', status: 'resolved', cause: null });
    await world.tell(id);
    expect(headline(world.heads.at(-1))).toBe('Not verified: fix-web');
  });

  test('of a chain that is broken nothing but that is told', async () => {
    const world = new World();
    const id = await world.ring();
    await world.plan(id);
    await world.tell(id);
    const items = await world.audit.items(id);
    world.audit.plant(id, 2, (items[1]?.text ?? '').replace('"actor":"plan"', '"actor":"nobody"'));
    await world.tell(id);
    expect(headline(world.heads.at(-1))).toBe('Halted: fix-web');
    expect(textOf(world.heads.at(-1))).toContain('audit.broken');
  });
});
