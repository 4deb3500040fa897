/** A round with a runbook that a person named: the name is part of the incident's id, takes the place of matching alone, and every step asks. */
import { describe, expect, test } from 'vitest';
import { begin } from '../../../core/audit/append.ts';
import { compileRunbooks } from '../../../core/runbook/compile.ts';
import { incidentIdOf } from '../../../core/subject.ts';
import { openedEvent } from '../../../core/use-cases/opening.ts';
import { retry } from '../../../core/use-cases/retry.ts';
import { alarmOf, ana, compiledOf, fixRunbook, policyText, standing } from '../../support/fixtures.ts';
import { approving, rejecting, World } from '../../support/world.ts';

/** Named by no route, and with no word that fits. */
const other = fixRunbook
  .replace('id: fix', 'id: other')
  .replace('title: Fix it', 'title: Rotate the certificate')
  .replace("alarms: ['fix-*']", "alarms: ['cert-*']")
  .replace('symptoms: [broken]', 'symptoms: [expired]')
  .replace('services: [web]', 'services: [tls]');

function world(more = '', runbooks = [fixRunbook, other]): World {
  const made = new World();
  made.compiled = {
    ...compiledOf({ policy: policyText('live', more) }),
    runbooks: compileRunbooks(runbooks.map((text, index) => ({ file: `runbooks/${index}.md`, text }))),
  };
  return made;
}

const subjectOf = (round: number, runbook?: string) => ({
  kind: 'alarm' as const,
  alarmArn: alarmOf().arn,
  contributorId: null,
  stateChangedAt: alarmOf().stateChangedAt,
  round,
  ...(runbook === undefined ? {} : { runbook }),
});

async function say(on: World, incidentId: string, runbook: string | null, by: { id: string } = ana) {
  const texts: string[] = [];
  const ports = {
    writer: on.writer('decide'),
    control: on.control,
    members: on.members,
    sign: on.sign,
    publicKey: on.publicKey,
    incidentRow: on.work.incidentRow,
    begin: async (next: string) => void (await on.triage({ retry: next })),
    now: () => on.now,
    tellBack: async (_: unknown, text: string) => void texts.push(text),
  };
  const said = {
    by: { via: 'slack' as const, id: by.id },
    word: 'retry',
    reference: incidentId,
    runbook,
    reason: null,
  };
  const heard = await retry(ports, on.compiled, { ...said, channel: null, saidAt: on.now });
  return { ...heard, texts };
}

const planned = (on: World, id: string) => {
  const event = on.events(id).find(({ kind }) => kind === 'planned');
  if (event?.kind !== 'planned') throw new Error('no plan');
  return event;
};

describe('a person who names a runbook', () => {
  test('after a rejected one: that is planned, by a person, with no confidence, and even what only reads is asked about', async () => {
    const on = world();
    const id = await on.ring();
    expect(await on.run(id, rejecting)).toBe('rejected');
    expect(await say(on, id, 'other')).toMatchObject({ outcome: 'counted' });
    const next = incidentIdOf(subjectOf(2, 'other'));
    expect(on.executions.get(next)).toBe('RUNNING');
    const sent = on.sends.length;
    expect(await on.run(next, approving)).toBe('unverified');
    expect(planned(on, next)).toMatchObject({ runbook: { id: 'other' }, chosenBy: 'person', confidence: 0 });
    expect(planned(on, next).steps.map(({ decision }) => decision)).not.toContain('proceed');
    const asked = on.events(next).flatMap((event) => (event.kind === 'approval_requested' ? [event] : []));
    expect(asked.map(({ dispatch }) => dispatch.step)).toContain(1);
    expect(asked[0]?.question?.initiator).toMatchObject({ name: 'ana' });
    expect(on.sends.length).toBeGreaterThan(sent);
  });

  test('where none fitted: an incident that ended as no_match is begun again only so', async () => {
    const on = world('', [other]);
    const id = await on.ring();
    expect(await on.run(id)).toBe('no_match');
    expect(await say(on, id, null)).toMatchObject({ outcome: 'refused' });
    expect(await say(on, id, 'other')).toMatchObject({ outcome: 'counted' });
    expect(await on.run(incidentIdOf(subjectOf(2, 'other')), rejecting)).toBe('rejected');
    expect(on.sends.filter(({ dispatch }) => dispatch.part === 'run')).toEqual([]);
  });

  test('sends nothing unasked under a standing approval that would cover the step of a match', async () => {
    const on = world(standing(9));
    const id = await on.ring();
    await on.run(id, rejecting);
    await say(on, id, 'other');
    const next = incidentIdOf(subjectOf(2, 'other'));
    const before = on.sends.length;
    expect(await on.run(next, rejecting)).toBe('rejected');
    expect(on.sends.slice(before)).toEqual([]);
  });

  test.each([
    ['that is not deployed', 'nothing', ana, /There is no runbook nothing here: fix, other\./],
    ['without being named by the policy', 'other', { id: 'U0000000009' }, /policy does not name you/],
  ])('%s is told so, and nothing begins', async (_, runbook, by, words) => {
    const on = world();
    const id = await on.ring();
    await on.run(id, rejecting);
    const { outcome, texts } = await say(on, id, runbook, by);
    expect([outcome, texts.join()]).toEqual(['refused', expect.stringMatching(words)]);
    expect(on.control.retries.size).toBe(0);
  });

  test('that a fact excludes from this alarm gets a plan of nothing, which says why', async () => {
    const on = world('', [
      fixRunbook,
      other.replace("alarms: ['cert-*']", "alarms: ['fix-*']\n  unless: { namespace: CWAgent }"),
    ]);
    const id = await on.ring();
    await on.run(id, rejecting);
    await say(on, id, 'other');
    const next = incidentIdOf(subjectOf(2, 'other'));
    await on.run(next, rejecting);
    expect(planned(on, next)).toMatchObject({
      runbook: null,
      problems: [expect.stringContaining('other is not for this alarm')],
    });
  });
});

describe('without a signed word for exactly that runbook', () => {
  test('a name put into the first entry of a round, or of the alarm’s own incident, plans and sends nothing', async () => {
    for (const subject of [subjectOf(1, 'other'), subjectOf(2, 'other')]) {
      const on = world();
      const first = await on.ring();
      await on.run(first, rejecting);
      // Somebody signed a further round, and named nothing.
      await say(on, first, null);
      const id = incidentIdOf(subject);
      const before = on.sends.length;
      const writer = on.writer('triage');
      await on.work.open(id, 'LOCK#planted', { subject, alarmName: 'fix-web' });
      await begin(writer, id, openedEvent(subject, on.compiled, on.alarm));
      on.executions.set(id, 'RUNNING');
      await on.run(id, approving);
      expect(on.sends.slice(before)).toEqual([]);
      expect(on.events(id).filter(({ kind }) => kind === 'approval_requested')).toEqual([]);
    }
  });

  test('the id of a round with a name is none of a round without: neither word counts for the other', () => {
    const ids = [subjectOf(1), subjectOf(2), subjectOf(1, 'fix'), subjectOf(2, 'fix'), subjectOf(2, 'other')].map(
      incidentIdOf,
    );
    expect(new Set(ids).size).toBe(ids.length);
  });
});
