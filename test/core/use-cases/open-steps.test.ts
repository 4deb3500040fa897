/** What is typed and what is chosen before a step runs: nothing of it runs before, nobody approves what they typed, and only a genuine word counts. */
import { describe, expect, test } from 'vitest';
import type { QuestionRecord } from '../../../core/approval/record.ts';
import { voteEntryId } from '../../../core/approval/votes.ts';
import { append } from '../../../core/audit/append.ts';
import { verifyChain } from '../../../core/audit/verify.ts';
import { ana, ben, compiledOf, fixRunbook, policyText } from '../../support/fixtures.ts';
import { type Operator, World } from '../../support/world.ts';

const typing = fixRunbook
  .replace('parameters: {}', 'parameters: { pid: { type: integer, description: The process, from: person, min: 2 } }')
  .replace('systemctl restart web\n', 'kill {{ pid }}\n')
  .replace('systemctl is-active web\n', 'ps -p {{ pid }}\n')
  .replace("find /var/log/app -name '*.gz' -delete\n", 'kill -9 {{ pid }}\n')
  .replace(/ {3}```bash dry-run\n[\s\S]*?```\n/, '');

const way = (title: string, script: string, more = '') =>
  `   - ${title}\n\n     \`\`\`bash\n     ${script}\n     \`\`\`\n${more}\n`;
const choosing = fixRunbook.replace(
  /2\. Restart[\s\S]*?(?=3\. Delete)/,
  () =>
    `2. Restart the web server\n\n${way(
      'nginx',
      'systemctl restart nginx',
      '     ```bash observe\n     systemctl is-active nginx\n     ```\n     ```bash rollback\n     systemctl stop nginx\n     ```\n',
    )}${way('its log', "rm -rf '/var/log/nginx'")}${way('just look', 'systemctl status nginx')}`,
);

const cid = { id: 'U0000000003', name: 'cid' };

/** Three approvers, none of whom runs this alone: of what is destructive in production two decide. */
const both = policyText('live', 'environments: { production: { second_channel: none } }')
  .replace('approvers: [ana]', 'approvers: [ana, ben, cid]')
  .replace('people: [', `people: [{ name: cid, slack: ${cid.id} }, `)
  .replace('single_operator: true\n', '');

function worldOf(runbook: string, policy = both): World {
  const world = new World();
  world.compiled = compiledOf({ runbook, policy });
  return world;
}

/** Whoever may approves. */
const approved: Operator = async (world, record) => {
  for (const one of [ana, ben, cid]) await world.click(record, one, 'approve');
};

/** Runs an incident; what is not answered by kind is approved. */
async function played(world: World, answers: Partial<Record<string, Operator>> = {}) {
  const id = await world.ring();
  const status = await world.run(id, async (_, record) => {
    await (answers[record.question.kind] ?? approved)(world, record);
  });
  return { id, status, kinds: world.questions(id).map(({ question }) => question.kind) };
}

const scripts = (world: World) => world.sends.map(({ script }) => script);
const typed =
  (pid: string, by = ana): Operator =>
  (world, record) =>
    world.click(record, by, 'input', world.now, { parameters: { pid } });
const chosen =
  (choice: number, by = ana): Operator =>
  (world, record) =>
    world.click(record, by, 'choose', world.now, { choice });

/** Until the first question of this kind is out. */
async function untilOpen(world: World) {
  const id = await world.ring();
  await world.plan(id);
  let answer = await world.gate(id);
  while (answer.decision === 'proceed' && answer.dispatch) {
    await world.execute(id, answer.dispatch);
    answer = await world.gate(id);
  }
  if (!answer.dispatch) throw new Error('nothing is asked');
  const { dispatch } = answer;
  await world.ask(id, dispatch);
  return { id, dispatch, asked: () => world.request(id, dispatch) as QuestionRecord };
}

describe('a value that a person types', () => {
  test('is asked for before anything of its first step runs, rendered as one word, and taken by the steps after it', async () => {
    const world = worldOf(typing);
    const { status, kinds } = await played(world, { input: typed('4711') });
    expect(kinds).toEqual(['input', 'approve', 'approve']);
    expect(scripts(world)).toEqual([
      'df -h /',
      "ps -p '4711'",
      "kill '4711'",
      "ps -p '4711'",
      "kill -9 '4711'",
      'df -h /',
    ]);
    expect(status).toBe('unverified');
  });

  test('its card shows the command as far as it is known, and what is to be typed', async () => {
    const world = worldOf(typing);
    const { asked } = await untilOpen(world);
    const card = JSON.stringify(world.posts);
    expect(card).toContain('kill {{ pid }}');
    expect(card).toContain('The process; a whole number without sign, at least 2');
    expect(card).toContain('Enter values');
    expect(card).not.toContain('"Approve"');
    expect(asked().question).toMatchObject({ kind: 'input', terms: { required: 1 } });
    expect(scripts(world)).toEqual(['df -h /']);
  });

  test('whoever typed it may not approve a step in which it stands', async () => {
    const world = worldOf(typing);
    const seen: QuestionRecord[] = [];
    const id = await world.ring();
    await world.run(id, async (_, record) => {
      seen.push(record);
      if (record.question.kind === 'input') await typed('4711')(world, record);
      else await world.click(record, ana, 'approve');
    });
    const asked = seen.filter(({ question }) => question.kind === 'approve').map(({ question }) => question.terms);
    expect(asked.length).toBeGreaterThan(0);
    for (const terms of asked)
      expect(terms).toMatchObject({ approvers: ['ben', 'cid'], excluded: [{ name: 'ana', why: 'changed' }] });
    expect(world.told.join()).toContain('You may reject this and not approve it');
    expect(scripts(world).some((script) => script.startsWith('kill'))).toBe(false);
  });

  test('nobody types in vain: where too few would be left to approve, it halts before it asks', async () => {
    const two = both.replace('approvers: [ana, ben, cid]', 'approvers: [ana, ben]');
    const world = worldOf(typing.replace('kill {{ pid }}\n', 'kill -9 {{ pid }}\n'), two);
    const { status, kinds, id } = await played(world, { input: typed('4711') });
    expect([status, kinds]).toEqual(['halted', []]);
    const halts = world
      .events(id)
      .flatMap((event) => (event.kind === 'gate_decided' && event.decision === 'halt' ? [event] : []));
    expect(halts[0]?.reasons[0]).toMatchObject({
      rule: 'value.nobody_left',
      text: expect.stringMatching(/2 must be left: only ana, ben may/),
    });
  });

  test.each(["1'; reboot; '", '$(reboot)', '`reboot`', '-9', '1', '4 7', '47\n11', '', '٤'])(
    '%j is not taken, and nothing runs with it',
    async (pid) => {
      const world = worldOf(typing);
      const { kinds } = await played(world, { input: typed(pid) });
      expect(kinds).toEqual(['input']);
      expect(scripts(world).filter((script) => script !== 'df -h /')).toEqual([]);
      expect(world.told.length).toBeGreaterThan(0);
    },
  );

  test('only what is asked for can be typed', async () => {
    const runbook = typing
      .replace('pid: {', 'unit: { type: unit, default: web.service }, pid: {')
      .replace('kill {{ pid }}', 'kill {{ pid }} # {{ unit }}'.replace(' # {{ unit }}', ''));
    const world = worldOf(runbook);
    const { asked } = await untilOpen(world);
    await world.click(asked(), ana, 'input', world.now, { parameters: { pid: '4711', unit: 'nginx.service' } });
    expect(world.told.join()).toContain('unit is not asked for');
    expect(asked().status).toBe('PENDING');
  });

  test('of two people who answer at once one is heard', async () => {
    const world = worldOf(typing);
    const { asked, id, dispatch } = await untilOpen(world);
    const record = asked();
    await Promise.all([typed('4711', ana)(world, record), typed('1234', ben)(world, record)]);
    expect(asked().votes).toHaveLength(1);
    await world.settle(id, dispatch);
    const { derived } = await world.gate(id);
    const [value] = Object.values(derived?.typed ?? {});
    expect(derived?.script).toBe(`ps -p '${value?.value}'`);
    expect([value?.by, value?.value]).toEqual(value?.by === 'ana' ? ['ana', '4711'] : ['ben', '1234']);
  });

  test('a value that nobody signed changes nothing', async () => {
    const world = worldOf(typing);
    const { asked, id, dispatch } = await untilOpen(world);
    const other = new World();
    const envelope = await other.vote(asked(), ana, { word: 'input', parameters: { pid: '4711' } });
    world.plant({ ...asked(), status: 'ANSWERED', votes: [envelope] });
    const event = {
      kind: 'vote_signed' as const,
      dispatch,
      questionDigest: asked().digest,
      word: 'input',
      by: { ...ana, via: 'slack' as const },
      envelope,
    };
    await append(world.writer('gate'), id, event, { id: voteEntryId(envelope) });
    expect(await world.settle(id, dispatch)).toBe('undeliverable');
    expect(await world.gate(id)).toMatchObject({ decision: expect.stringMatching(/ask|halt/) });
    expect(await world.execute(id, dispatch)).toMatchObject({ outcome: expect.stringMatching(/stale|refused/) });
    expect(scripts(world)).toEqual(['df -h /']);
  });

  test('a genuine value on a question of another incident, or of another word, is none here', async () => {
    const world = worldOf(typing);
    const { asked, id, dispatch } = await untilOpen(world);
    const record = asked();
    const strange = [
      await world.vote({ ...record, digest: 'f'.repeat(64) }, ana, { word: 'input', parameters: { pid: '4711' } }),
      await world.vote(record, ana, { word: 'approve', parameters: { pid: '4711' } }),
      await world.vote(record, ana, { word: 'modify', parameters: { pid: '4711' } }),
    ];
    for (const envelope of strange)
      await append(world.writer('gate'), id, {
        kind: 'vote_signed',
        dispatch,
        questionDigest: record.digest,
        word: 'input',
        by: { ...ana, via: 'slack' },
        envelope,
      });
    expect((await world.gate(id)).asks).toBe('input');
    expect(await world.execute(id, dispatch)).toMatchObject({ outcome: expect.stringMatching(/stale|refused/) });
    expect(scripts(world)).toEqual(['df -h /']);
  });

  test('the kernel sends nothing of a step whose value is missing, whatever the record says', async () => {
    const world = worldOf(typing);
    const { asked, id, dispatch } = await untilOpen(world);
    world.plant({
      ...asked(),
      status: 'APPROVED',
      votes: [await world.vote(asked(), ana), await world.vote(asked(), ben)],
    });
    expect(await world.execute(id, dispatch)).toMatchObject({ outcome: 'stale' });
    expect(scripts(world)).toEqual(['df -h /']);
  });

  test('a runbook that changed between question and answer is asked anew, and what its type refuses now is not taken', async () => {
    const world = worldOf(typing);
    const { asked, id, dispatch } = await untilOpen(world);
    world.compiled = compiledOf({ runbook: typing.replace('min: 2', 'min: 5000'), policy: both });
    await typed('4711')(world, asked());
    expect(world.told.join()).toContain('The runbook was changed since this was asked');
    world.compiled = compiledOf({ runbook: typing, policy: both });
    await typed('4711')(world, asked());
    world.compiled = compiledOf({ runbook: typing.replace('min: 2', 'min: 5000'), policy: both });
    await world.settle(id, dispatch);
    expect(await world.gate(id)).toMatchObject({ decision: 'ask', asks: 'input' });
  });

  test('skipped, the step and its looks are left out; the next one asks again', async () => {
    const world = worldOf(typing);
    const asked: number[] = [];
    await played(world, {
      input: async (_, record) => {
        const step = record.question.items[0]?.dispatch.step ?? 0;
        asked.push(step);
        await (step === 2 ? world.click(record, ana, 'skip') : typed('99')(world, record));
      },
    });
    expect(asked).toEqual([2, 3]);
    expect(scripts(world)).toEqual(['df -h /', "kill -9 '99'", 'df -h /']);
  });

  test('rejected or unanswered it ends the runbook, and nothing of it ran', async () => {
    const world = worldOf(typing);
    const { status } = await played(world, { input: (_, record) => _.click(record, ana, 'reject') });
    expect(status).toBe('rejected');
    const silent = worldOf(typing);
    const { status: late } = await played(silent, { input: async () => {} });
    expect(late).toBe('expired');
    expect([...scripts(world), ...scripts(silent)].filter((script) => script !== 'df -h /')).toEqual([]);
  });

  test('put right on the card of its step, it is right in the steps after it', async () => {
    const world = worldOf(typing);
    let isRight = false;
    await played(world, {
      input: typed('12'),
      approve: async (_, record) => {
        if (isRight) return approved(world, record);
        isRight = true;
        await world.click(record, ben, 'modify', world.now, { parameters: { pid: '4711' } });
      },
    });
    expect(scripts(world).filter((script) => script.startsWith('kill'))).toEqual(["kill '4711'", "kill -9 '4711'"]);
  });

  test('a dry run asks nobody, and says which value would be asked of whom', async () => {
    const world = worldOf(typing, both.replace('mode: live', 'mode: dry_run'));
    const { id, status, kinds } = await played(world);
    expect(kinds).toEqual([]);
    expect(status).toBe('dry_run');
    expect(scripts(world)).toEqual(['df -h /', 'df -h /']);
    const skips = world
      .events(id)
      .flatMap((event) => (event.kind === 'gate_decided' && event.decision === 'skip' ? [event] : []));
    expect(skips.map(({ reasons }) => reasons[0]?.text)).toContain(
      'step 2 wants pid (The process), typed by a person: asked of cid, ana, ben',
    );
  });

  test('its audit verifies', async () => {
    const world = worldOf(typing);
    const { id } = await played(world, { input: typed('4711') });
    expect(verifyChain(id, await world.audit.items(id), await world.facts(id))).toMatchObject({
      problems: [],
      cannotTell: [],
    });
  });
});

describe('alternatives of a step', () => {
  test('a person chooses one, which is then judged and asked by itself', async () => {
    const world = worldOf(choosing);
    const { kinds } = await played(world, { choose: chosen(1) });
    expect(kinds).toEqual(['choose', 'approve', 'approve']);
    expect(scripts(world)).toContain('systemctl restart nginx');
    expect(scripts(world).filter((script) => script === 'systemctl is-active nginx')).toHaveLength(2);
    expect(scripts(world).join()).not.toContain('rm -rf');
  });

  test('the closing and the head say what was chosen, of what risk, by whom', async () => {
    const world = worldOf(choosing);
    const { id } = await played(world, { choose: chosen(1) });
    const closing = JSON.stringify(world.closings.at(-1)?.message);
    expect(closing).toContain('Restart the web server: nginx');
    expect(closing).toContain('chosen by ana');
    await world.tell(id);
    expect(JSON.stringify(world.heads.at(-1))).toContain('Restart the web server: nginx');
    const values = worldOf(typing);
    await played(values, { input: typed('4711') });
    expect(JSON.stringify(values.closings.at(-1)?.message)).toContain('given by ana: pid = 4711');
  });

  test('a choice approves nothing: what is chosen has its own risk', async () => {
    const world = worldOf(choosing);
    const levels: string[] = [];
    await played(world, {
      choose: chosen(2),
      approve: async (_, record) => {
        levels.push(record.question.items[0]?.level ?? '');
        await world.click(record, ben, 'reject');
      },
    });
    expect(levels).toEqual(['destructive']);
    expect(scripts(world).join()).not.toContain('rm -rf');
  });

  test('what only reads runs by the choice alone, as it would without one', async () => {
    const world = worldOf(choosing);
    const { kinds } = await played(world, { choose: chosen(3) });
    expect(kinds).toEqual(['choose', 'approve']);
    expect(scripts(world)).toContain('systemctl status nginx');
  });

  test('the card shows every command with its risk, and its question holds each', async () => {
    const world = worldOf(choosing);
    const { asked, id } = await untilOpen(world);
    const card = JSON.stringify(world.posts);
    for (const text of ['systemctl restart nginx', "rm -rf '/var/log/nginx'", 'systemctl status nginx', 'Choose 3'])
      expect(card).toContain(text);
    const { items, terms } = asked().question;
    expect(items.map(({ title, level }) => [title, level])).toEqual([
      ['Restart the web server: nginx', 'modifying'],
      ['Restart the web server: its log', 'destructive'],
      ['Restart the web server: just look', 'read_only'],
    ]);
    expect(terms.required).toBe(1);
    const requested = world.events(id).find((event) => event.kind === 'approval_requested');
    expect(requested?.scripts?.map(({ script }) => script)).toHaveLength(3);
  });

  test.each([0, 4, 99, -1])('there is no alternative %d', async (choice) => {
    const world = worldOf(choosing);
    const { asked, id, dispatch } = await untilOpen(world);
    await world.click(asked(), ana, 'choose', world.now, { choice }).catch(() => {});
    expect(asked().votes).toEqual([]);
    const envelope = await world.vote(asked(), ana, { word: 'choose', choice });
    await append(world.writer('gate'), id, {
      kind: 'vote_signed',
      dispatch,
      questionDigest: asked().digest,
      word: 'choose',
      by: { ...ana, via: 'slack' },
      envelope,
    });
    expect((await world.gate(id)).asks).toBe('choose');
    expect(await world.execute(id, dispatch)).toMatchObject({ outcome: 'stale' });
  });

  test('a choice that nobody signed, or on another question, is none', async () => {
    const world = worldOf(choosing);
    const { asked, id, dispatch } = await untilOpen(world);
    const forged = await new World().vote(asked(), ana, { word: 'choose', choice: 1 });
    const strange = await world.vote({ ...asked(), digest: 'e'.repeat(64) }, ana, { word: 'choose', choice: 1 });
    for (const envelope of [forged, strange])
      await append(world.writer('gate'), id, {
        kind: 'vote_signed',
        dispatch,
        questionDigest: asked().digest,
        word: 'choose',
        by: { ...ana, via: 'slack' },
        envelope,
      });
    expect((await world.gate(id)).asks).toBe('choose');
    expect(scripts(world)).toEqual(['df -h /']);
  });

  test('a repainted card is not chosen from', async () => {
    const world = worldOf(choosing);
    const { asked } = await untilOpen(world);
    const painted = JSON.parse(JSON.stringify(world.posts.at(-1)?.blocks).replaceAll('just look', 'nginx again'));
    await world.click(asked(), ana, 'choose', world.now, { choice: 3, blocks: painted });
    expect(world.told.join()).toContain('What this card shows is not what would be signed');
    expect(asked().votes).toEqual([]);
    const swapped = { ...(asked().card as { choices: unknown[] }) };
    world.plant({ ...asked(), card: { ...swapped, choices: swapped.choices.toReversed() } });
    await chosen(1)(world, asked());
    expect(asked().votes).toEqual([]);
  });

  test('the first of two who choose at once decides', async () => {
    const world = worldOf(choosing);
    const { asked, id, dispatch } = await untilOpen(world);
    const record = asked();
    await Promise.all([chosen(1, ana)(world, record), chosen(3, ben)(world, record)]);
    expect(asked().votes).toHaveLength(1);
    // Whoever may write Control opens it again: the first choice stands.
    world.plant({ ...asked(), status: 'PENDING' });
    await world.settle(id, dispatch);
    const before = (await world.gate(id)).derived?.step.title;
    world.now += 1000;
    const other = before?.endsWith('nginx') ? 3 : 1;
    await chosen(other, ben)(world, asked());
    expect((await world.gate(id)).derived?.step.title).toBe(before);
  });

  test('of a changed runbook the alternative is the one that stood on the card, or it is asked anew', async () => {
    const world = worldOf(choosing);
    const { asked, id, dispatch } = await untilOpen(world);
    await chosen(1)(world, asked());
    await world.settle(id, dispatch);
    const moved = choosing.replace('   - nginx\n', `${way('Apache', 'systemctl restart httpd')}   - nginx\n`);
    world.compiled = compiledOf({ runbook: moved, policy: both });
    expect((await world.gate(id)).derived?.step.title).toBe('Restart the web server: nginx');
    const edited = choosing.replace('systemctl restart nginx', 'systemctl reload nginx');
    world.compiled = compiledOf({ runbook: edited, policy: both });
    expect(await world.gate(id)).toMatchObject({ decision: 'ask', asks: 'choose' });
  });

  test('what failed is undone by the way back of what was chosen', async () => {
    const world = worldOf(choosing);
    world.respond = ({ script }) => (script.includes('restart nginx') ? { status: 'Failed', exitCode: 1 } : {});
    await played(world, { choose: chosen(1), failure: (_, record) => _.click(record, ana, 'skip') });
    expect(scripts(world)).toContain('systemctl stop nginx');
  });

  test('skipped, the runbook goes on; rejected, it ends', async () => {
    const world = worldOf(choosing);
    const { kinds } = await played(world, { choose: (_, record) => _.click(record, ana, 'skip') });
    expect(kinds).toEqual(['choose', 'approve']);
    const { status } = await played(worldOf(choosing), { choose: (_, record) => _.click(record, ana, 'reject') });
    expect(status).toBe('rejected');
  });

  test('a dry run chooses none and runs none', async () => {
    const world = worldOf(choosing, both.replace('mode: live', 'mode: dry_run'));
    const { id, kinds, status } = await played(world);
    expect([kinds, status]).toEqual([[], 'dry_run']);
    expect(scripts(world).some((script) => script.includes('nginx'))).toBe(false);
    const [planned] = world.events(id).flatMap((event) => (event.kind === 'planned' ? [event] : []));
    expect(planned?.steps[1]).toMatchObject({
      level: 'destructive',
      alternatives: [{ level: 'modifying' }, { level: 'destructive' }, { level: 'read_only' }],
    });
    const skip = world.events(id).find((event) => event.kind === 'gate_decided' && event.decision === 'skip');
    expect(JSON.stringify(skip)).toContain('step 2 is one of 3: asked of cid, ana, ben');
  });

  test('its audit verifies', async () => {
    const world = worldOf(choosing);
    const { id } = await played(world, { choose: chosen(1) });
    expect(verifyChain(id, await world.audit.items(id), await world.facts(id))).toMatchObject({
      problems: [],
      cannotTell: [],
    });
  });

  test('a value in an alternative is asked for once that one is chosen', async () => {
    const runbook = choosing
      .replace('parameters: {}', 'parameters: { pid: { type: integer, description: The process, from: person } }')
      .replace('systemctl status nginx', 'kill {{ pid }}');
    const world = worldOf(runbook);
    const { kinds } = await played(world, { choose: chosen(3), input: typed('77') });
    expect(kinds).toEqual(['choose', 'input', 'approve', 'approve']);
    expect(scripts(world)).toContain("kill '77'");
    const other = worldOf(runbook);
    expect((await played(other, { choose: chosen(1) })).kinds).toEqual(['choose', 'approve', 'approve']);
  });
});
