/** Tampering is noticed: changed and removed records stop and page, loose entries page, and no failure hides another record. */
import { beforeEach, describe, expect, test } from 'vitest';
import { append, begin } from '../../../core/audit/append.ts';
import { recoveryChain } from '../../../core/audit/chain.ts';
import type { AuditEvent } from '../../../core/audit/entry.ts';
import { entryHash } from '../../../core/audit/stored.ts';
import { canonicalJson } from '../../../core/digest.ts';
import type { Stop, SwitchWriter } from '../../../core/incident/kill-switch.ts';
import type { ShownOutputs } from '../../../core/report/show.ts';
import type { Change } from '../../../core/report/tampering.ts';
import { archive } from '../../../core/use-cases/archive.ts';
import { MemoryAudit } from '../../support/memory/audit.ts';
import { MemoryBucket } from '../../support/memory/bucket.ts';

const chain = 'inc-0123456789abcdef0123';
const opened: AuditEvent = { kind: 'envelope_refused', alarmArn: null, why: 'first' };
const joined = (why: string): AuditEvent => ({ kind: 'alarm_joined', alarmArn: 'arn', state: 'ALARM', why });

/** The switch as Control has it: numbered stops, and the events that have stopped before. */
class Switch implements SwitchWriter {
  readonly stops = new Map<number, Stop>();
  readonly events = new Set<string>();
  lifted = 0;
  isDown = false;
  async stop(number: number) {
    if (this.isDown) throw new Error('Control is down');
    return this.stops.get(number) ?? null;
  }
  async resume() {
    return null;
  }
  async abort() {
    return null;
  }
  async putStop(number: number, stop: Stop) {
    if (this.events.has(stop.eventId)) return 'known';
    if (this.stops.has(number)) return 'taken';
    this.stops.set(number, stop);
    this.events.add(stop.eventId);
    return 'put';
  }
}

let audit: MemoryAudit;
let control: Switch;
let pages: { subject: string; text: string }[];
let pagerIsDown: boolean;
let bucket: MemoryBucket;
const shown = new Map<string, ShownOutputs>();
beforeEach(() => {
  bucket = new MemoryBucket();
  shown.clear();
  audit = new MemoryAudit();
  control = new Switch();
  pages = [];
  pagerIsDown = false;
});

const noticed = (...changes: Change[]) =>
  archive(
    {
      item: async (name, place) => (await audit.items(name)).find((item) => item.place === place) ?? null,
      control,
      publicKey: async () => 'no key is asked for where nothing was resumed',
      page: async (subject, text) => {
        if (pagerIsDown) throw new Error('SNS is down');
        pages.push({ subject, text });
      },
      items: (name) => audit.items(name),
      shown: async (incidentId) => shown.get(incidentId) ?? { evidence: [], outputs: [] },
      keep: async (object) => void (await bucket.put(object)),
      reviewed: [],
      now: () => Date.parse('2026-11-21T03:00:00.000Z'),
    },
    changes,
  );

let events = 0;
const change = (changes: Partial<Change>): Change => ({
  eventId: `event-${++events}`,
  table: 'countersign-audit',
  operation: 'MODIFY',
  pk: chain,
  sk: 1,
  before: 'incident_opened',
  after: 'command_finished',
  text: '{"a":"secret body"}',
  image: { kind: { S: 'command_finished' } },
  ...changes,
});

/** The INSERTs that appending has made, in order. */
const inserts = (name = chain): Change[] =>
  (audit.chains.get(name) ?? []).map(({ place, text }) =>
    change({ operation: 'INSERT', pk: name, sk: place, before: null, after: 'alarm_joined', text }),
  );

async function write(name: string, ...whys: string[]): Promise<void> {
  const writer = audit.writer('test');
  await begin(writer, name, opened);
  for (const why of whys) await append(writer, name, joined(why));
}

describe('a record that was changed or removed', () => {
  test.each([
    [
      'MODIFY',
      change({}),
      '- countersign-audit, inc-0123456789abcdef0123, 1: incident_opened became command_finished (MODIFY)',
    ],
    ['REMOVE', change({ operation: 'REMOVE', after: null, text: null }), '1: incident_opened was removed'],
    [
      'of Dispatches',
      change({ table: 'countersign-dispatches', sk: 'BURN#1.run.1.1', before: null, after: null, text: null }),
      '- countersign-dispatches, inc-0123456789abcdef0123, BURN#1.run.1.1: an item became something else (MODIFY)',
    ],
    ['by an operation that nobody knows', change({ operation: 'TRUNCATE' }), '(TRUNCATE)'],
  ])('%s stops and pages: what, where, which key, and no body', async (_, one, line) => {
    expect(await noticed(one)).toEqual([]);
    expect([...control.stops]).toEqual([
      [
        1,
        {
          eventId: one.eventId,
          by: 'archive',
          why: expect.stringContaining(one.table),
          at: '2026-11-21T03:00:00.000Z',
        },
      ],
    ]);
    expect(pages).toHaveLength(1);
    expect(pages[0]?.subject).toBe('Countersign: records were changed');
    expect(pages[0]?.text).toContain(line);
    expect(pages[0]?.text).toContain('stop 1 is in force');
    expect(pages[0]?.text).not.toContain('secret body');
  });

  test('stops once, however often it is delivered, also after a person has lifted the stop', async () => {
    const one = change({});
    for (let delivery = 0; delivery < 3; delivery += 1) await noticed(one);
    expect(control.stops.size).toBe(1);
    control.stops.clear();
    expect(await noticed(one)).toEqual([]);
    expect(control.stops.size).toBe(0);
    expect(pages.at(-1)?.text).toContain('a person has lifted that stop: Countersign sends again');
  });

  test('is one of many in one page; each has its stop', async () => {
    const many = Array.from({ length: 25 }, (_, index) => change({ sk: index + 1 }));
    expect(await noticed(...many)).toEqual([]);
    expect(control.events.size).toBe(25);
    expect(pages).toHaveLength(1);
    expect(pages[0]?.text).toContain('… and 15 more');
  });

  test('shows hostile kinds and keys on one line, cut', async () => {
    await noticed(change({ before: `x\n- all is well\n${'y'.repeat(5000)}`, pk: '\u202e\n' }));
    const lines = pages[0]?.text.split('\n') ?? [];
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(line.length).toBeLessThan(800);
    expect(pages[0]?.text).not.toContain('\u202e');
  });
});

describe('when something fails', () => {
  test('the pager: it is stopped all the same, and the record is delivered again', async () => {
    pagerIsDown = true;
    const one = change({});
    expect(await noticed(one)).toMatchObject([{ change: one, error: { message: 'SNS is down' } }]);
    expect(control.stops.size).toBe(1);
    pagerIsDown = false;
    expect(await noticed(one)).toEqual([]);
    expect([control.stops.size, pages.length]).toEqual([1, 1]);
  });

  test('the stop: people are paged all the same, told that it is not stopped, and the record is delivered again', async () => {
    control.isDown = true;
    const one = change({});
    expect(await noticed(one)).toMatchObject([{ change: one, error: { message: 'Control is down' } }]);
    expect(pages[0]?.text).toContain('could not stop itself (Control is down) and tries again. Stop it by hand');
    expect(pages[0]?.text).not.toContain('is in force');
    control.isDown = false;
    expect(await noticed(one)).toEqual([]);
    expect(pages.at(-1)?.text).toContain('stop 1 is in force');
  });

  test('both: both errors are there', async () => {
    [control.isDown, pagerIsDown] = [true, true];
    const messages = (await noticed(change({}))).map(({ error }) => error.message);
    expect(messages.sort()).toEqual(['Control is down', 'SNS is down']);
  });

  test('one record keeps no other from being looked at', async () => {
    await write(chain, 'second', 'third');
    const [, , third] = inserts();
    audit.port = () => {
      throw new Error('Audit is down');
    };
    const [before, after] = [change({}), change({ operation: 'REMOVE' })];
    const failures = await noticed(before, third as Change, after);
    expect(failures.map((failure) => [failure.change, failure.error.message])).toEqual([[third, 'Audit is down']]);
    expect(control.events).toEqual(new Set([before.eventId, after.eventId]));
    expect(pages).toHaveLength(1);
  });
});

describe('an entry that was added', () => {
  test.each([
    ['as one batch', (all: Change[]) => [all]],
    ['one by one', (all: Change[]) => all.map((one) => [one])],
    ['from the middle on', (all: Change[]) => [all.slice(2)]],
    ['the last one first', (all: Change[]) => [all.toReversed()]],
  ])('continues its chain: nobody hears of it, %s', async (_, batches) => {
    await write(chain, 'second', 'third', 'fourth');
    for (const batch of batches(inserts())) expect(await noticed(...batch)).toEqual([]);
    expect([pages, control.stops.size]).toEqual([[], 0]);
  });

  test.each([recoveryChain(chain), 'DAY#2026-11-21#7'])('continues %s as well', async (name) => {
    await write(name, 'second');
    expect(await noticed(...inserts(name))).toEqual([]);
    expect(pages).toEqual([]);
  });

  test('is no entry at all where slots, leases and the first release’s burns are put', async () => {
    const added = { operation: 'INSERT', before: null, after: null, text: null };
    await noticed(
      change({ ...added, table: 'countersign-dispatches', sk: 'BURN#1.run.1.1' }),
      change({ ...added, table: 'countersign-dispatches', pk: 'LEASE#i-1', sk: '000000001' }),
      change({ ...added, pk: `DISPATCH#${chain}.1.run.1`, sk: 0 }),
    );
    expect([pages, control.stops.size]).toEqual([[], 0]);
  });

  /** Each as a writer with PutItem could make it. */
  const tampered: Record<string, (text: string) => { text: string | null; sk?: number; pk?: string }> = {
    'that is no JSON': () => ({ text: 'no JSON' }),
    'without a text': () => ({ text: null }),
    'with another content': (text) => ({ text: text.replace('third', 'THIRD') }),
    'of another chain': (text) => ({ text, pk: 'inc-ffffffffffffffffffff' }),
    'at another place': (text) => ({ text, sk: 9 }),
    'at no place': (text) => ({ text, sk: 0 }),
  };
  test.each(Object.entries(tampered))('%s pages and stops nothing', async (_, tamper) => {
    await write(chain, 'second', 'third');
    const third = inserts()[2] as Change;
    expect(await noticed({ ...third, ...tamper(third.text ?? '') })).toEqual([]);
    expect(pages.map(({ subject }) => subject)).toEqual(['Countersign: an audit chain is broken']);
    expect(pages[0]?.text).toMatch(/: alarm_joined was added and (is|was|has|belongs|follows|does)/);
    expect(control.stops.size).toBe(0);
  });

  test('that follows another entry than the one before it, or none, pages', async () => {
    await write(chain, 'second', 'third');
    const [first, second, third] = inserts() as [Change, Change, Change];
    audit.chains.set(chain, (audit.chains.get(chain) ?? []).toSpliced(1, 1));
    await noticed(third);
    expect(pages.at(-1)?.text).toContain('follows nothing: there is no entry 2');
    audit.plant(chain, 2, canonicalJson({ ...JSON.parse(second.text ?? ''), hash: JSON.parse(first.text ?? '').hash }));
    await noticed(third);
    expect(pages.at(-1)?.text).toContain('does not follow the entry before it');
    audit.plant(chain, 2, 'no JSON');
    await noticed(third);
    expect(pages).toHaveLength(3);
    await noticed({ ...second, sk: 1 });
    expect(pages).toHaveLength(4);
  });

  test('a first entry that names a predecessor pages', async () => {
    await write('other', 'second');
    const entry = JSON.parse(inserts('other')[0]?.text ?? '');
    const forged = { ...entry, previous: 'f'.repeat(64) };
    const text = canonicalJson({ ...forged, hash: entryHash(forged) });
    await noticed(change({ operation: 'INSERT', pk: 'other', text }));
    expect(pages[0]?.text).toContain('does not follow the entry before it');
  });
});
