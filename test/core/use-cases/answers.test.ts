/** What people may say beside yes and no, from the click on the card to the kernel: skip, other values, fewer hosts, taking back. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { QuestionRecord } from '../../../core/approval/record.ts';
import { append } from '../../../core/audit/append.ts';
import type { ApprovalCard } from '../../../core/report/question-card.ts';
import { approvalCard } from '../../../core/slack/card.ts';
import { untilAsked } from '../../support/asked-step.ts';
import { ana, ben, compiledOf, fixRunbook, instanceId, policyText } from '../../support/fixtures.ts';
import { type Operator, World } from '../../support/world.ts';

const other = 'i-0123456789abcdef1';
const policy = policyText('live').replace('approvers: [ana]', 'approvers: [ana, ben]');
/** The restart has a value, goes to two hosts, and is followed by a manual step. */
const runbook = fixRunbook
  .replace('parameters: {}', 'parameters: { unit: { type: unit, description: What to restart, default: web.service } }')
  .replace('systemctl restart web\n', 'systemctl restart {{ unit }}\n')
  .replace('targets: { from: alarm, max: 1 }', 'targets: { tags: { Name: web }, max: 5 }')
  .replace('4. Look again', '4. Call the owner\n\n5. Look again');

/** More than one operator, so that whoever changes something does not approve it. */
const two = "environments: { production: { accounts: ['111122223333'], second_channel: none } }";

let world: World;
beforeEach(() => {
  world = new World();
  world.compiled = compiledOf({ policy, runbook });
  const tags = { countersign: 'on', Name: 'web' };
  world.instances = [instanceId, other].map((id) => ({ id, tags, online: true }));
});

const stepOf = ({ question }: QuestionRecord) => question.items[0]?.dispatch.step;
const scripts = () => world.sends.map(({ script }) => script);
const closing = () => JSON.stringify(world.posts.at(-1));

/** Says one word to each question by its step; another time of asking gets the next. */
function saying(words: Record<number, ((record: QuestionRecord) => Promise<void>)[]>): Operator {
  const asked = new Map<string, number>();
  return async (_, record) => {
    const step = stepOf(record) ?? 0;
    if (asked.has(record.digest)) return;
    asked.set(record.digest, step);
    const turn = [...asked.values()].filter((one) => one === step).length - 1;
    await words[step]?.[turn]?.(record);
  };
}
const approve =
  (who = ana) =>
  (record: QuestionRecord) =>
    world.click(record, who, 'approve');
const confirm =
  (reason = '') =>
  (record: QuestionRecord) =>
    world.click(record, ana, 'confirm', world.now, { reason });
const skip =
  (reason = '') =>
  (record: QuestionRecord) =>
    world.click(record, ana, 'skip', world.now, { reason });

async function run(operator: Operator) {
  const id = await world.ring();
  world.onSend = () => {};
  return { id, status: await world.run(id, operator) };
}

describe('a skip', () => {
  test('goes on with the next step, runs nothing of its own, and is told with who and why, without secrets', async () => {
    const { id } = await run(
      saying({ 2: [skip('done by hand, password=hunter2hunter2')], 3: [approve(ben)], 4: [confirm('rang Kim')] }),
    );
    expect(scripts().some((script) => script.includes('restart'))).toBe(false);
    expect(scripts().some((script) => script.includes('-delete'))).toBe(true);
    expect(world.events(id)).toContainEqual(
      expect.objectContaining({ kind: 'vote_signed', word: 'skip', by: expect.objectContaining({ name: 'ana' }) }),
    );
    expect(closing()).toMatch(/skipped by.*done by hand/);
    expect(closing()).toMatch(/confirmed by.*rang Kim/);
    expect(closing()).not.toContain('hunter2');
    expect(JSON.stringify(world.audit.chains.get(id))).not.toContain('hunter2');
    await world.tell(id);
    expect(JSON.stringify(world.heads.at(-1))).toContain('skipped by ana');
  });

  test('is shown to whoever decides on a later step', async () => {
    let notes: readonly string[] = [];
    const looking = async (record: QuestionRecord) => {
      notes = (record.card as ApprovalCard).risk.notes;
      await approve(ben)(record);
    };
    await run(saying({ 2: [skip()], 3: [looking], 4: [confirm()] }));
    expect(notes).toContain('step 2 was skipped by ana');
  });

  test('is nobody’s word without a signature, in whatever entry it stands', async () => {
    const id = await world.ring();
    await world.plan(id);
    let { dispatch } = await world.gate(id);
    for (; dispatch && !(dispatch.step === 2 && dispatch.part === 'run'); { dispatch } = await world.gate(id))
      await world.execute(id, dispatch);
    if (!dispatch) throw new Error('step 2 is never asked');
    await append(world.writer('poll'), id, {
      kind: 'gate_decided',
      decision: 'skip',
      dispatch,
      status: null,
      reasons: [],
    });
    expect(await world.gate(id)).toMatchObject({ decision: 'ask', dispatch: { step: 2, part: 'run' } });
    const envelope = await world.vote({ digest: 'ab'.repeat(32) } as QuestionRecord, ana, { word: 'skip' });
    const vote = { questionDigest: 'ab'.repeat(32), word: 'skip', by: { ...ana, via: 'slack' as const }, envelope };
    await append(world.writer('poll'), id, { kind: 'vote_signed', dispatch, ...vote });
    expect(await world.gate(id)).toMatchObject({ decision: 'ask', dispatch: { step: 2, part: 'run' } });
  });
});

describe('other values', () => {
  const change =
    (unit: string, who = ana) =>
    (record: QuestionRecord) =>
      world.click(record, who, 'modify', world.now, { parameters: { unit } });

  test('are asked anew, approved by somebody else, and run, with the check that follows', async () => {
    world.compiled = compiledOf({ policy: policy.replace('single_operator: true', two), runbook });
    const cards: ApprovalCard[] = [];
    const approving = async (record: QuestionRecord) => {
      cards.push(record.card as ApprovalCard);
      await world.click(record, ana, 'approve');
      expect(world.told.at(-1)).toMatch(/you changed what is asked/);
      await world.click(record, ben, 'approve');
    };
    await run(saying({ 2: [change('nginx.service'), approving], 3: [skip()], 4: [confirm()] }));
    expect(scripts()).toContain("systemctl restart 'nginx.service'");
    expect(scripts()).not.toContain("systemctl restart 'web.service'");
    expect(cards[0]?.command).toBe("systemctl restart 'nginx.service'");
    expect(cards[0]?.risk.notes.join('; ')).toMatch(/ana changed it; unit = nginx.service/);
    expect(cards[0]?.before).toEqual([]);
    expect(closing()).toContain('changed by ana: unit = nginx.service');
  });

  test.each([
    ['nginx; reboot', /unit must be a systemd unit/],
    ['poweroff.target', /must be a service/],
    ['web.service', /asked for already/],
  ])('such as %j are refused with the reason, and nothing is signed', async (unit, why) => {
    const { id } = await run(saying({ 2: [change(unit)], 3: [], 4: [] }));
    expect(world.told.join()).toMatch(why);
    expect(world.events(id).some(({ kind }) => kind === 'vote_signed')).toBe(false);
  });

  test('are bounded: what is asked so often is decided as it is', async () => {
    const turns = Array.from({ length: 25 }, (_, turn) => change(`unit-${turn}.service`));
    await run(saying({ 2: turns }));
    expect(world.told.join()).toMatch(/was asked 20 times already/);
  });
});

describe('fewer hosts', () => {
  const leave =
    (...targets: string[]) =>
    (record: QuestionRecord) =>
      world.click(record, ana, 'narrow', world.now, { targets });

  test('are asked anew, and only they get it', async () => {
    await run(saying({ 2: [leave(other), approve(ben)], 3: [skip()], 4: [confirm()] }));
    const restarts = world.sends.filter(({ script }) => script.includes('restart'));
    expect(restarts.map(({ targets }) => targets)).toEqual([[other]]);
    expect(closing()).toContain('hosts left out by ana');
  });

  test.each<[string, string[], RegExp]>([
    ['a host that is none of the card', ['i-0fffffffffffffff0'], /Only hosts of this card/],
    ['all of them', [instanceId, other], /all of its hosts/],
  ])('%s is refused', async (_, targets, why) => {
    const { id } = await run(saying({ 2: [leave(...targets)] }));
    expect(world.told.join()).toMatch(why);
    expect(world.events(id).some(({ kind }) => kind === 'vote_signed')).toBe(false);
  });
});

describe('an approval that is taken back', () => {
  test('before it is used sends nothing, and is asked anew', async () => {
    const both = async (record: QuestionRecord) => {
      await world.click(record, ana, 'approve');
      await world.click(record, ana, 'revoke');
    };
    const { id } = await run(saying({ 2: [both, skip()], 3: [skip()], 4: [confirm()] }));
    expect(scripts().some((script) => script.includes('restart'))).toBe(false);
    expect(world.questions(id).filter((record) => stepOf(record) === 2)).toHaveLength(2);
    expect(closing()).not.toMatch(/2\. Restart.*approved by/);
  });

  test('after it was used is too late, and says so', async () => {
    let used: QuestionRecord | null = null;
    const { id } = await run(
      saying({
        2: [
          async (record) => {
            used = record;
            await world.click(record, ana, 'approve');
          },
        ],
        3: [
          async (record) => {
            const now = world.questions(record.question.incidentId).find(({ digest }) => digest === used?.digest);
            if (now) await world.click(now, ana, 'revoke');
            await skip()(record);
          },
        ],
        4: [confirm()],
      }),
    );
    expect(world.told.join('\n')).toContain('Too late: it was used already, and cannot be taken back.');
    expect(scripts().filter((script) => script.includes('restart')).length).toBeGreaterThan(0);
    expect(world.reading(id).problems).toEqual([]);
  });

  test('holds in the kernel although somebody takes the word out of Control again', async () => {
    const { id, dispatch, asked } = await untilAsked(world, 2);
    await world.click(asked(), ana, 'approve');
    const before = asked();
    await world.click(before, ana, 'revoke');
    world.plant({ ...before, status: 'APPROVED' });
    expect(await world.execute(id, dispatch)).toMatchObject({ outcome: 'stale' });
    expect(scripts().some((script) => script.includes('restart'))).toBe(false);
  });
});

describe('a card that was repainted', () => {
  const repainting = (from: string, to: string) => async (record: QuestionRecord) => {
    const { blocks } = approvalCard(record.card as ApprovalCard);
    const painted = JSON.parse(JSON.stringify(blocks).replaceAll(from, to));
    for (const word of ['approve', 'skip', 'modify'])
      await world.click(record, ana, word, world.now, { blocks: painted, parameters: { unit: 'nginx.service' } });
  };

  test.each([
    ['another command', 'systemctl restart', 'systemctl status '],
    ['another host', instanceId, 'i-0fffffffffffffff0'],
    ['another question', 'question 1 ', 'question 2 '],
  ])('with %s decides nothing, and the person is told why', async (_, from, to) => {
    const { id } = await run(saying({ 2: [repainting(from, to)] }));
    expect(
      world.told.filter((text) => text.includes('the message was changed, or another release drew it')),
    ).toHaveLength(3);
    expect(world.events(id).filter(({ kind }) => kind === 'vote_signed')).toEqual([]);
    expect(world.events(id).filter(({ kind }) => kind === 'vote_refused')).toHaveLength(1);
    expect(scripts().some((script) => script.includes('restart'))).toBe(false);
  });

  test('can still be rejected', async () => {
    const rejecting = (record: QuestionRecord) =>
      world.click(record, ana, 'reject', world.now, { blocks: [], reason: 'odd' });
    expect(await run(saying({ 2: [rejecting] }))).toMatchObject({ status: 'rejected' });
  });

  test('in another place than the record says decides nothing', async () => {
    const elsewhere = (record: QuestionRecord) =>
      world.click(record, ana, 'approve', world.now, { channel: 'C0THER', messageTs: '9.9' });
    await run(saying({ 2: [elsewhere] }));
    expect(world.told.join()).toMatch(/not where the question was asked/);
  });
});

describe('something destructive', () => {
  test('is approved only with the code of its incident', async () => {
    const without = (code: string) => (record: QuestionRecord) =>
      world.click(record, ana, 'approve', world.now, { code });
    await run(saying({ 2: [skip()], 3: [without('AAAA')] }));
    expect(scripts().some((script) => script.includes('-delete'))).toBe(false);
    expect(world.events(world.incidentId()).filter((event) => event.kind === 'vote_signed')).toHaveLength(1);
  });

  test('is not approved by a click alone, whoever makes the button', async () => {
    const direct = async (record: QuestionRecord) => {
      const plain = {
        ...record,
        question: {
          ...record.question,
          items: record.question.items.map((item) => ({ ...item, level: 'modifying' as const })),
        },
      };
      await world.click(plain, ana, 'approve');
    };
    await run(saying({ 2: [skip()], 3: [direct] }));
    expect(world.told.join()).toMatch(/type the code/);
    expect(scripts().some((script) => script.includes('-delete'))).toBe(false);
  });
});
