/** What a deploy would do to an open incident, foretold; then it is deployed, and the incident does just that. */
import { expect, test } from 'vitest';
import { fateUnder } from '../../../core/changes/incidents.ts';
import type { Compiled } from '../../../core/compiled.ts';
import { progressOf } from '../../../core/incident/progress.ts';
import { compiledOf, fixRunbook, policyText } from '../../support/fixtures.ts';
import { approving, type Operator, World } from '../../support/world.ts';

const now = compiledOf();
const other = fixRunbook.replace('id: fix', 'id: other');
const deploys: readonly (readonly [string, Compiled, 'goes_on' | 'asked_anew' | 'halts'])[] = [
  ['nothing', now, 'goes_on'],
  [
    'the words of the runbook',
    compiledOf({ runbook: fixRunbook.replace('title: Fix it', 'title: Mend it') }),
    'asked_anew',
  ],
  [
    'a step that has not run',
    compiledOf({ runbook: fixRunbook.replace('systemctl restart web', 'systemctl reload web') }),
    'asked_anew',
  ],
  ['a step that has run', compiledOf({ runbook: fixRunbook.replace('df -h /', 'df -h /srv') }), 'halts'],
  ['the runbook is gone', compiledOf({ runbook: other }), 'halts'],
  [
    'who may approve',
    compiledOf({ policy: policyText('live').replace('approvers: [ana]', 'approvers: [ana, ben]') }),
    'asked_anew',
  ],
  ['the mode', compiledOf({ mode: 'dry_run' }), 'halts'],
];

/** The incident up to its first question, under what is deployed now; then under what is deployed next. */
async function deployed(next: Compiled, foretell: (progress: ReturnType<typeof progressOf>, id: string) => void) {
  const world = new World();
  const id = await world.ring();
  let isDeployed = false;
  const operator: Operator = async (at, record) => {
    if (isDeployed) return approving(at, record);
    isDeployed = true;
    const burns = { burns: await world.dispatches.burns(id), byFirstRelease: [] };
    foretell(progressOf(world.reading(id).entries, burns), id);
    world.compiled = next;
  };
  const status = await world.run(id, operator);
  return { world, id, status };
}

test.each(deploys)('a deploy that changes %s', async (_, next, expected) => {
  let foretold: string | undefined;
  const { world, id, status } = await deployed(next, (progress, incidentId) => {
    foretold = fateUnder(incidentId, progress, next).fate;
  });
  expect(foretold).toBe(expected);
  const first = world.questions(id).filter(({ question }) => question.items[0]?.dispatch.step === 2);
  const happened = status === 'halted' ? 'halts' : first.length > 1 ? 'asked_anew' : 'goes_on';
  expect(happened).toBe(expected);
});

test('an incident that is not planned yet goes on', () => {
  expect(fateUnder('inc-1', progressOf([], null), now)).toEqual({
    incidentId: 'inc-1',
    runbookId: null,
    fate: 'goes_on',
    why: expect.stringContaining('not planned yet'),
  });
});
