/** One thread per incident: its first message follows the chain, is posted once whoever comes first, and keeps nothing waiting. */
import { describe, expect, test } from 'vitest';
import { append } from '../../../core/audit/append.ts';
import { metricPicture } from '../../../core/picture/metric.ts';
import type { SlackMessage } from '../../../core/slack/blocks.ts';
import { epochOf } from '../../../core/time.ts';
import { MessageGone } from '../../../core/use-cases/ports.ts';
import { ana } from '../../support/fixtures.ts';
import { fleetOf } from '../../support/fleet.ts';
import { approving, rejecting, World } from '../../support/world.ts';

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

  test('says of no step that it was not run while it goes on: not once it is approved, and not between its waves', async () => {
    const world = fleetOf(3);
    const id = await world.ring();
    const said = new Set<string>();
    world.lost = async (port) => {
      const { entries } = world.reading(id);
      if (port !== 'audit.put' || entries.some(({ kind }) => kind === 'incident_closed')) return;
      await world.tell(id);
      for (const [row] of textOf(world.heads.at(-1)).matchAll(
        /[^"]*","style[^}]*}},{"type":"text","text":" \((modifying|read only|destructive)\) – [^"]*/g,
      ))
        if (row.includes('2. Restart')) said.add(row.split(' – ')[1] ?? '');
    };
    await world.run(id, async (_, record) => {
      if (record.question.items[0]?.dispatch.step === 2) await approving(world, record);
      else await rejecting(world, record);
    });
    expect([...said]).toEqual([
      'not yet',
      'sent, its end is awaited',
      'waits for an answer',
      'not sent yet',
      'ran on 1 of 3 hosts so far',
      'ran',
    ]);
  });

  test('says of a command that may or may not have been taken that it may be running', async () => {
    const world = new World();
    const id = await world.ring();
    await world.plan(id);
    world.accepts = () => ({ answer: { kind: 'unknown', why: 'no answer in time' }, arrives: false });
    await world.execute(id, { step: 1, part: 'run', attempt: 1, wave: 1 });
    await world.tell(id);
    expect(headline(world.heads.at(-1))).toBe('May be running: step 1: fix-web');
    expect(textOf(world.heads.at(-1))).toContain('may be running');
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

  test('of a chain that does not say what it is about none is begun: whoever may append could fill the channel', async () => {
    const world = new World();
    const [opened] = world.events(await world.ring());
    const other = 'inc-0123456789abcdef0124';
    if (opened) await append(world.writer('gate'), other, opened);
    await world.tell(other);
    expect(world.heads).toEqual([]);
  });

  test('of what was never opened none is begun', async () => {
    const world = new World();
    await world.tell('inc-0123456789abcdef0123');
    expect(world.heads).toEqual([]);
  });
});

describe('the metric’s picture', () => {
  const at = epochOf('2026-11-21T02:00:00Z');
  const series = {
    from: at,
    to: at + 3_600_000,
    changedAt: at + 3_000_000,
    periodSeconds: 60,
    threshold: 90,
    values: [{ at: at + 60_000, value: 91 }],
  };
  const seen = { label: 'disk_used_percent, Average per 60 s', text: '▁▂', series };
  const planned = async () => {
    const world = new World();
    world.evidence = [{ label: 'CloudWatch says', text: 'crossed' }, seen];
    const id = await world.ring();
    await world.plan(id);
    return { world, id };
  };

  test('stands below the first message once the plan is there, once', async () => {
    const { world, id } = await planned();
    await world.tell(id);
    await world.tell(id);
    await world.run(id);
    await world.tell(id);
    expect(world.pictures).toHaveLength(1);
    const [{ place, png, words }] = world.pictures as [(typeof world.pictures)[number]];
    expect(place.messageTs).toBe('head-1');
    expect(Buffer.from(png)).toEqual(Buffer.from(metricPicture(series) ?? []));
    expect(words).toContain('disk_used_percent, Average per 60 s, 02:00 to 03:00 UTC');
  });

  test('that Slack refused is tried again, and nothing waits for it', async () => {
    const { world, id } = await planned();
    world.fault = (port) => {
      if (port === 'picture') throw new Error('Slack is down');
    };
    await expect(world.tell(id)).resolves.toBeUndefined();
    expect(world.heads.length).toBeGreaterThan(0);
    world.fault = () => {};
    await world.tell(id);
    expect(world.pictures).toHaveLength(0);
    world.now += 13_000;
    await world.tell(id);
    expect(world.pictures).toHaveLength(1);
  });

  test('is drawn of what the plan names by its digest, and of nothing that was planted since', async () => {
    const { world, id } = await planned();
    world.work.evidence.set(id, [{ ...seen, series: { ...series, threshold: 10 } }]);
    await world.tell(id);
    expect(world.pictures).toHaveLength(0);
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

test('a first message that is gone, or may not be changed, is let go: it must not keep other incidents from being told', async () => {
  const world = new World();
  const id = await world.ring();
  await world.tell(id);
  await world.close(id, 'failed', 'a test');
  const places = world.reading(id).entries.map(({ sequence }) => sequence);
  world.fault = (port) => {
    if (port === 'update') throw new MessageGone('message_not_found');
  };
  await world.tell(id, places);
  expect(world.measures.map(({ name }) => name)).toContain('IncidentsClosed');
});

describe('what others may write is not believed', () => {
  test('a planted place of a card is not drawn over: its buttons stay', async () => {
    const world = new World();
    const id = await world.ring();
    await world.run(id, async () => {});
    const [delivered] = world.events(id).flatMap((event) => (event.kind === 'approval_delivered' ? [event] : []));
    const place = { channel: 'incidents', messageTs: delivered?.messageTs ?? '' };
    expect(place.messageTs).toBe('1.0');
    world.threads.rows.set(id, { channel: 'incidents', place, drawn: null, pictured: false, claimedUntil: 0 });
    const before = world.heads.length;
    await world.tell(id);
    expect(world.heads).toHaveLength(before);
  });

  test('an approval that only an entry claims is not told as one', async () => {
    const world = new World();
    const id = await world.ring();
    await world.plan(id);
    await append(world.writer('settle'), id, {
      kind: 'approval_settled',
      dispatch: { step: 2, part: 'run', attempt: 1, wave: 1 },
      policyDigest: world.compiled.policyDigest,
      requestDigest: null,
      decision: 'approved',
      by: [{ ...ana, via: 'slack' }],
      reason: '',
    });
    await world.tell(id);
    expect(textOf(world.heads.at(-1))).toContain('not sent yet');
    expect(textOf(world.heads.at(-1))).not.toMatch(/approved/i);
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
