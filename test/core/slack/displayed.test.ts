/** What a card showed is known from the message that comes back, however Slack writes it; what is repainted is known too. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { storedCard } from '../../../core/report/stored-card.ts';
import type { Block } from '../../../core/slack/blocks.ts';
import { approvalCard, decidedCard } from '../../../core/slack/card.ts';
import { displayedDigest, hostsOnCard } from '../../../core/slack/displayed.ts';
import { literal } from '../../../core/slack/rich.ts';
import { seed, share } from '../../soak.ts';
import { ana, bo, sampleCard } from './samples.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Every text of a value changed. */
function mapped(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((element) => mapped(element, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, mapped(element, change)]));
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const sections = (blocks: readonly Block[]) => structuredClone(blocks) as unknown as Json[];

/** Commands of every size that fits, with what shells, runbooks and Slack treat specially. */
const commands = fc
  .array(
    fc.constantFrom('systemctl restart ', "'web.service'", ' && ', '<in >out 2>&1', '\n', '&lt;', 'x', ' é', '"'),
    {
      minLength: 1,
      maxLength: 150,
    },
  )
  .map((pieces) => pieces.join('').trim())
  .filter((command) => command !== '');
const ids = fc.stringMatching(/^[0-9a-f]{17}$/).map((hex) => `i-${hex}`);
const names = fc.option(fc.constantFrom('web-1', 'db (main)', 'a, b', 'i-0123456789abcdef0', 'Host 3', '<b>&amp;'));
const targets = fc.uniqueArray(fc.record({ id: ids, name: names }), {
  minLength: 1,
  maxLength: 20,
  selector: ({ id }) => id,
});
const outputs = fc.array(
  fc.record({ host: fc.constantFrom('web-1', 'web-2'), text: fc.string({ maxLength: 6_000 }) }),
  {
    maxLength: 4,
  },
);
const cards = fc
  .record({ command: commands, targets, before: outputs, dryRun: outputs, drawnAt: fc.nat(600) })
  .map(({ drawnAt, ...card }) => sampleCard({ ...card, drawnAt: 1_795_403_820 + drawnAt }));

function drawn(card: ReturnType<typeof sampleCard>): readonly Block[] | null {
  try {
    return approvalCard(card).blocks;
  } catch {
    return null;
  }
}

describe('what a card shows', () => {
  test(`is the same on every drawing, with entities or without, and from what is stored of it, seed ${seed}`, () => {
    fc.assert(
      fc.property(cards, fc.nat(600), (card, later) => {
        const blocks = drawn(card);
        fc.pre(blocks !== null);
        const digest = displayedDigest(blocks);
        expect(digest).toMatch(/^[0-9a-f]{64}$/);
        expect(displayedDigest(mapped(blocks, escaped) as unknown[])).toBe(digest);
        const again = { ...storedCard(card), drawnAt: card.drawnAt + later, approvedBy: [ana], approvers: [bo] };
        expect(displayedDigest(drawn(again) ?? [])).toBe(digest);
      }),
      { numRuns: share(5_000), seed },
    );
  }, 600_000);

  test(`is another when one character of a command or of a host is another, seed ${seed}`, () => {
    fc.assert(
      fc.property(cards, fc.nat(), fc.constantFrom('a', 'Z', '0', '/', ';', 'ı'), (card, at, character) => {
        const blocks = drawn(card);
        fc.pre(blocks !== null);
        const digest = displayedDigest(blocks);
        const texts = [card.command ?? '', ...card.targets.map(({ id }) => id)];
        const text = texts[at % texts.length] ?? '';
        const place = at % text.length;
        const other = `${text.slice(0, place)}${character}${text.slice(place + 1)}`;
        fc.pre(other !== text && other.trimEnd() !== text && !/&(amp|lt|gt);/.test(text + other));
        const repainted = mapped(blocks, (one) => (one.includes(text) ? one.replace(text, other) : one));
        expect(displayedDigest(repainted as unknown[])).not.toBe(digest);
      }),
      { numRuns: share(5_000), seed },
    );
  }, 600_000);

  const blocks = approvalCard(sampleCard()).blocks;
  const digest = displayedDigest(blocks);
  const repaints: [string, (blocks: Json[]) => unknown][] = [
    [
      'another headline',
      (all) => mapped(all, (text) => text.replace('Deletes files on web-1', 'Reads files on web-1')),
    ],
    [
      'another host beside the command',
      (all) => mapped(all, (text) => text.replace('exactly this on web-1', 'exactly this on web-2')),
    ],
    ['another value of a parameter', (all) => mapped(all, (text) => (text === '/var/log' ? '/var/tmp' : text))],
    ['another question', (all) => mapped(all, (text) => text.replace('question 1 3f2a9c', 'question 1 3f2a9d'))],
    [
      'a harmless command above it',
      (all) => [all[0], { type: 'rich_text', elements: [literal('df -h') as unknown as Json] }, ...all.slice(1)],
    ],
    ['no hosts', (all) => all.filter((block) => !JSON.stringify(block).includes('countersign.hosts'))],
    [
      'its hosts twice',
      (all) => [...all, ...all.filter((block) => JSON.stringify(block).includes('countersign.hosts'))],
    ],
    ['no command', (all) => all.filter((block) => !JSON.stringify(block).includes('rich_text_preformatted'))],
    ['no buttons', (all) => all.filter((block) => !JSON.stringify(block).includes('"actions"'))],
    ['nothing', () => []],
    ['what is no block', () => [null, 1, 'x', {}]],
  ];
  test.each(repaints)('with %s it is another', (_, repaint) => {
    expect(displayedDigest(repaint(sections(blocks)) as unknown[])).not.toBe(digest);
  });

  const leaves: unknown[] = [
    { type: 'emoji', name: 'warning' },
    { type: 'user', user_id: 'U0000000001' },
    { type: 'usergroup', usergroup_id: 'S0000000001' },
    { type: 'channel', channel_id: 'C0000000001' },
    { type: 'broadcast', range: 'here' },
    { type: 'team', team_id: 'T0000000001' },
    { type: 'color', value: '#ff0000' },
    { type: 'date', timestamp: 1_795_403_700, format: 'on web-2 {date}', fallback: 'x' },
    { type: 'link', url: 'https://on.web-2.invalid', text: '' },
    { type: 'whatever comes later', words: 'on web-2' },
    { type: 'text' },
    'on web-2',
    null,
  ];
  test.each(leaves)('with %j in what it says of the command or of the hosts it is another', (leaf) => {
    for (const id of ['countersign.about', 'countersign.hosts']) {
      const painted = structuredClone(blocks) as unknown as {
        block_id?: string;
        elements: { elements: unknown[] }[];
      }[];
      const block = painted.find(({ block_id }) => block_id?.startsWith(id));
      block?.elements[0]?.elements.push(leaf);
      expect(painted).not.toEqual(blocks);
      expect(displayedDigest(painted)).not.toBe(digest);
    }
  });

  test('with a part that is none of rich text it is none', () => {
    const painted = structuredClone(blocks) as unknown as { block_id?: string; elements: unknown[] }[];
    painted.find(({ block_id }) => block_id?.startsWith('countersign.about'))?.elements.push('on web-2');
    expect(displayedDigest(painted)).toBeNull();
  });

  test('a code that Slack made a picture of is still what stood there', () => {
    const command = 'echo :tada:';
    const before = approvalCard(sampleCard({ command })).blocks;
    const drawn = JSON.parse(
      JSON.stringify(before).replace(
        JSON.stringify({ type: 'text', text: command }),
        `{"type":"text","text":"echo "},{"type":"emoji","name":"tada","unicode":"1f389"}`,
      ),
    );
    expect(drawn).not.toEqual(before);
    expect(displayedDigest(drawn)).toBe(displayedDigest(before));
  });

  test('of a decided card it is none that could be approved', () => {
    const outcome = { status: 'APPROVED' as const, by: [ana], at: 1_795_403_700, reason: null };
    expect(displayedDigest(decidedCard(sampleCard(), outcome).blocks)).not.toBe(digest);
  });

  test('an address that Slack made a link of is still what stood there', () => {
    const command = 'curl http://localhost:80/health';
    const before = approvalCard(sampleCard({ command })).blocks;
    const linked = JSON.parse(
      JSON.stringify(before).replace(
        JSON.stringify({ type: 'text', text: command }),
        `{"type":"text","text":"curl "},{"type":"link","url":"http://localhost:80/health"}`,
      ),
    );
    expect(linked).not.toEqual(before);
    expect(displayedDigest(linked)).toBe(displayedDigest(before));
  });
});

test('the hosts of a card are known by their ids, each once', () => {
  const targets = [
    { id: 'i-0123456789abcdef0', name: 'web-1' },
    { id: 'mi-0123456789abcdef1', name: null },
    { id: 'i-0123456789abcdef2', name: 'a, i-0123456789abcdef0' },
  ];
  expect(hostsOnCard(approvalCard(sampleCard({ targets })).blocks)).toMatchObject([
    { id: 'i-0123456789abcdef0' },
    { id: 'mi-0123456789abcdef1', text: 'mi-0123456789abcdef1' },
    { id: 'i-0123456789abcdef2' },
  ]);
  expect(hostsOnCard([])).toEqual([]);
});
