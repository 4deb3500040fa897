/** A drill: which alarms are rung for one, and what is made of an incident that goes well, badly, or does not begin. */
import { expect, test } from 'vitest';
import { type DrillPorts, drill } from '../../cli/simulate/drill.ts';
import type { Alarm } from '../../core/alarm/alarm.ts';
import { drillOf } from '../../core/use-cases/drill.ts';
import { alarmOf, compiledOf, fixRunbook, riskTools, start } from '../support/fixtures.ts';
import { World } from '../support/world.ts';

const steps = (text: string) => `${fixRunbook.split('---\n').slice(0, 2).join('---\n')}---\n\n${text}`;
const step = (number: number, script: string, info = '') =>
  `${number}. Step ${number}\n\n   \`\`\`bash${info}\n   ${script}\n   \`\`\`\n`;
const reading = steps(`${step(1, 'df -h /')}\n${step(2, 'uptime')}`);
const compiled = compiledOf({ runbook: reading });
const tags = { countersign: 'on', 'countersign-drill': 'on' };
const resting = alarmOf({ state: 'OK', tags });
const reason = 'Drill: nothing is wrong.';

const refusal = (alarm: Alarm, runbook = reading, policy?: string) => {
  const judged = drillOf(compiledOf({ runbook, ...(policy ? { policy } : {}) }), alarm, riskTools);
  return 'refused' in judged ? judged.refused : null;
};

test('an alarm that is there for drills, OK, and named by a runbook that only reads is rung', () => {
  expect(drillOf(compiled, resting, riskTools)).toMatchObject({ runbook: { id: 'fix' } });
});

test.each([
  ['is not opted in', { ...resting, tags: { 'countersign-drill': 'on' } }, /is not opted in: tag it countersign=on/],
  ['is none for drills', alarmOf({ state: 'OK' }), /is not there for drills: .* countersign-drill=on/],
  ['rings already', alarmOf({ tags }), /is ALARM, and has to be OK/],
  ['has too little data', { ...resting, state: 'INSUFFICIENT_DATA' as const }, /is INSUFFICIENT_DATA/],
  ['is quiet', { ...resting, quiet: 'its actions are disabled' }, /is quiet: its actions are disabled/],
  ['is named by no runbook', alarmOf({ name: 'other', state: 'OK', tags }), /has no runbook .* that alone names it/],
])('an alarm that %s is not', (_, alarm, words) => {
  expect(refusal(alarm)).toMatch(words);
});

test.each([
  [
    'that restarts',
    step(2, 'systemctl restart web'),
    /answered by fix, and a drill only reads: its step 2 is modifying/,
  ],
  ['that declares more than it does', step(2, 'uptime', ' risk=destructive'), /its step 2 is destructive/],
  [
    'with a way back that changes',
    `${step(2, 'uptime')}   \`\`\`bash rollback\n   systemctl restart web\n   \`\`\`\n`,
    /step 2/,
  ],
  ['that a person does', '2. Look at the rack (manual)\n\n   manual: look\n', /its step 2 is done by hand/],
])('an alarm whose runbook has a step %s is not', (_, second, words) => {
  expect(refusal(resting, steps(`${step(1, 'df -h /')}\n${second}`))).toMatch(words);
});

/** A world whose alarm is set by hand, and whose machine runs while the drill looks. */
function ports(world: World): DrillPorts & { readonly states: string[] } {
  world.compiled = compiled;
  world.alarm = resting;
  world.fault = () => new Promise((resolve) => setImmediate(resolve));
  const states: string[] = [];
  return {
    states,
    named: async () => world.alarm,
    async set(_name, state, stateReason) {
      states.push(state);
      world.alarm = { ...resting, state, stateReason, stateChangedAt: new Date(world.now).toISOString() };
      if (state === 'ALARM') void world.ring().then((id) => world.run(id));
    },
    items: (id) => world.audit.items(id),
    happened: () => {},
    now: () => world.now,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

const runbook = compiled.runbooks[0];
if (!runbook) throw new Error('no runbook');
const rung = { alarm: resting, runbook, reason };

test('a drill passes when its incident was opened, every step answered, people were told, and leaves the alarm OK', async () => {
  const world = new World();
  const front = ports(world);
  const result = await drill(front, rung, 600_000);
  expect(result).toMatchObject({ drill: true, runbook: 'fix', commands: 2, succeeded: 2, told: true, passed: true });
  expect(result.status).toMatch(/^(recovered|unverified)$/);
  expect(front.states).toEqual(['ALARM', 'OK']);
  expect(JSON.stringify(world.closings)).toContain('Drill: ');
});

test('a drill fails when a command fails, or nobody could be told', async () => {
  const failing = new World();
  failing.respond = () => ({ status: 'Failed', exitCode: 1 });
  expect(await drill(ports(failing), rung, 600_000)).toMatchObject({ succeeded: 0, passed: false });
  const silent = new World();
  silent.slackIsDown = true;
  expect(await drill(ports(silent), rung, 600_000)).toMatchObject({ told: false, passed: false });
});

test('a drill fails when no incident is opened, and lets the alarm go all the same', async () => {
  const world = new World();
  const front = ports(world);
  let passed = 0;
  const deaf: DrillPorts = {
    ...front,
    async set(_name, state, stateReason) {
      front.states.push(state);
      world.alarm = { ...resting, state, stateReason };
    },
    now: () => start + passed,
    pause: async (milliseconds) => {
      passed += milliseconds;
    },
  };
  const result = await drill(deaf, rung, 60_000);
  expect(result).toMatchObject({ status: null, opened: null, passed: false });
  expect(front.states).toEqual(['ALARM', 'OK']);
});

test('an alarm that rings by itself meanwhile is left as it is', async () => {
  const world = new World();
  const front = ports(world);
  const threshold = 'Threshold Crossed: 1 datapoint [96.0]';
  world.onSend = () => {
    if (world.alarm) world.alarm = { ...world.alarm, stateReason: threshold };
  };
  await drill(front, rung, 600_000);
  expect(front.states).toEqual(['ALARM']);
  expect(world.alarm).toMatchObject({ state: 'ALARM', stateReason: threshold });
});
