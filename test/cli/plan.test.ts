/** `countersign plan`: what an author sees of a runbook before anybody deploys it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { registerPlan } from '../../cli/plan.ts';
import { parsePolicy, policyDigest } from '../../core/policy/parse.ts';
import { resolveParameters } from '../../core/runbook/parameters.ts';
import { render } from '../../core/runbook/render.ts';
import type { Preview } from '../../core/use-cases/preview.ts';
import { incidentFor } from '../../local/incidents.ts';
import { alarmOf, hosts, library } from '../runbooks/library.ts';
import { account, region } from '../support/fixtures.ts';
import { World } from '../support/world.ts';

let folder = '';
let out = '';
let complaints = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-plan-'));
  out = '';
  complaints = '';
  const plain = (text: string) => `${text.replace(/\u001b\[\d+m/g, '')}\n`;
  vi.spyOn(console, 'log').mockImplementation((text: string) => {
    out += plain(text);
  });
  vi.spyOn(console, 'error').mockImplementation((text: string) => {
    complaints += plain(text);
  });
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  vi.restoreAllMocks();
  vi.useRealTimers();
  process.exitCode = 0;
});

/** Its exit code; what it throws is what main.ts prints with exit 1. */
async function plan(...words: string[]): Promise<typeof process.exitCode> {
  const program = new Command('countersign').exitOverride();
  registerPlan(program);
  await program.parseAsync(['plan', ...words], { from: 'user' });
  return process.exitCode;
}

/** Writes a file of the test's folder, text or JSON, and returns its path. */
function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function planned(...words: string[]): Promise<Preview> {
  expect(await plan(...words, '--json'), complaints).toBe(0);
  expect(complaints).toBe('');
  return JSON.parse(out);
}

const livePolicy = `mode: live
people: [{ name: ana, slack: U0000000001, iam: "arn:aws:iam::111122223333:user/ana" }, { name: ben, slack: U0000000002 }]
approvers: [ana, ben]
`;
const live = (more = '') => file('live.yaml', livePolicy + more);

/** A runbook with one parameter from a dimension, one from a tag, and one that is fixed. */
const front = `id: restart
title: Restart the worker
owner: shop
severity: low
match:
  alarms: ['worker-*']
parameters:
  unit:
    type: unit
    from: dimension:Unit
  log:
    type: path
    from: tag:log
    default: /var/log
    destructive_default: true
  days: { type: integer, default: 7, max: 30 }
`;
const steps = `
1. Look

   \`\`\`bash
   systemctl status {{ unit }}
   \`\`\`

2. Restart

   \`\`\`bash risk=modifying
   systemctl restart {{ unit }}
   \`\`\`
   \`\`\`bash observe
   systemctl is-active {{ unit }}
   \`\`\`
   \`\`\`bash rollback
   systemctl stop {{ unit }}
   \`\`\`

3. Clean up

   \`\`\`bash
   find {{ log }} -name '*.gz' -mtime {{ days }} -delete
   \`\`\`

4. Tell the shop
`;
const runbook = (more = '', body = steps) => file('restart.md', `---\n${front}${more}---\n${body}`);
const alarm = (changes = {}) =>
  file('alarm.json', {
    name: 'worker-7',
    dimensions: { Unit: 'worker', InstanceId: 'i-0123456789abcdef0' },
    ...changes,
  });

describe.each(library.map((one) => [one.id, one] as const))('the library’s %s', (id, compiled) => {
  const { alarm: fixture } = incidentFor(id);
  const arn = `arn:aws:cloudwatch:${region}:${account}:alarm:${fixture.AlarmName}`;
  const told = { ...alarmOf(fixture), arn, account, region, stateChangedAt: '2026-11-21T02:59:30.000Z' };
  const { Tags, ...entry } = fixture;
  const described = {
    ...entry,
    Tags,
    AlarmArn: told.arn,
    StateValue: 'ALARM',
    StateUpdatedTimestamp: '2026-11-20T03:00:10Z',
  };

  test('is planned as the deployed Plan plans it, bytes, risk and verdict', async () => {
    const world = new World();
    const policy = parsePolicy(livePolicy, 'live.yaml');
    const others = library.filter((one) => one.id !== id);
    world.compiled = { ...world.compiled, policy, policyDigest: policyDigest(policy), runbooks: [compiled, ...others] };
    world.alarm = told;
    world.instances = hosts.map(({ instanceId, tags }) => ({ id: instanceId, tags, online: true }));
    const incidentId = await world.ring();
    await world.plan(incidentId);
    const deployed = world.events(incidentId).find((event) => event.kind === 'planned');
    expect(deployed?.problems).toEqual([]);

    const shown = await planned(id, '--alarm', file('alarm.json', described), '--policy', live());
    expect(shown).toMatchObject({
      environment: deployed?.environment,
      mode: 'live',
      refused: [],
      runbook: deployed?.runbook,
    });
    expect(shown.match).toMatchObject({
      runbookId: id,
      confidence: deployed?.confidence,
      chosenBy: deployed?.chosenBy,
    });
    expect(Object.fromEntries(shown.parameters.map(({ name, value }) => [name, value]))).toEqual(deployed?.parameters);
    const decisions = { proceed: 'proceeds', ask: 'asks', halt: 'refused' } as const;
    expect(
      shown.steps.map(({ number, title, risk, decision, scriptHash, command, template }) => ({
        ...{
          number,
          title,
          level: risk.level,
          flags: risk.flags,
          declared: risk.declared,
          floor: risk.floor,
          decision,
        },
        scriptHash: scriptHash ?? (template === null ? deployed?.steps[number - 1]?.scriptHash : 'none'),
        command,
      })),
    ).toEqual(
      deployed?.steps.map(({ model: _, decision, ...step }) => {
        const template = compiled.steps[step.number - 1]?.command?.text;
        const command = template === undefined ? null : render(template, deployed.parameters);
        return { ...step, decision: decisions[decision], command };
      }),
    );
    for (const { decision, approvers, required, risk } of shown.steps)
      expect([approvers, required]).toEqual(
        decision === 'asks' ? [['ana', 'ben'], risk.level === 'destructive' ? 2 : 1] : [[], 0],
      );
  });

  test('is planned the same from EventBridge and SNS, but for the tags, which these do not tell', async () => {
    const dimensions = Object.fromEntries(entry.Dimensions.map(({ Name, Value }) => [Name, Value]));
    const metric = { namespace: entry.Namespace, name: entry.MetricName, dimensions };
    const event = {
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      resources: [told.arn],
      detail: { configuration: { metrics: [{ id: 'm1', metricStat: { metric, period: 60, stat: entry.Statistic } }] } },
    };
    const Message = {
      AlarmName: entry.AlarmName,
      AlarmArn: told.arn,
      NewStateValue: 'ALARM',
      Trigger: { ...entry, Dimensions: entry.Dimensions.map(({ Name, Value }) => ({ name: Name, value: Value })) },
    };
    const untagged = { ...told, tags: {} };
    for (const content of [event, { Type: 'Notification', Message: JSON.stringify(Message) }]) {
      out = '';
      const shown = await planned(id, '--alarm', file('alarm.json', content), '--policy', live());
      const waiting = compiled.parameters.filter(({ sources }) => {
        const names = sources.filter((source) => source.kind === 'dimension').map(({ name }) => name);
        return !sources.some(({ kind }) => kind === 'default') && !names.some((name) => name in dimensions);
      });
      expect(shown.parameters.filter((one) => one.waiting).map(({ name }) => name)).toEqual(
        waiting.map(({ name }) => name),
      );
      const known = { ...compiled, parameters: compiled.parameters.filter((one) => !waiting.includes(one)) };
      expect(
        Object.fromEntries(shown.parameters.flatMap(({ name, value }) => (value === null ? [] : [[name, value]]))),
      ).toEqual(resolveParameters(known, untagged));
      expect(shown.refused).toEqual([]);
      expect(shown.alarm?.tags).toBeNull();
    }
  });

  test('is planned without an alarm: what it would say waits', async () => {
    const shown = await planned(id, '--policy', live());
    expect(shown).toMatchObject({ alarm: null, match: null, refused: [], environment: 'production' });
    for (const step of shown.steps)
      expect([step.decision === 'waits', step.command === null && step.kind === 'command']).toEqual(
        step.waiting.length > 0 ? [true, true] : [false, false],
      );
  });
});

test('a plan says where each value came from, and what still waits', async () => {
  const shown = await planned(runbook(), '--param', 'days=3', '--policy', live());
  expect(shown.parameters).toMatchObject([
    { name: 'unit', value: null, source: 'waiting', waiting: true, sources: ['dimension Unit'] },
    { name: 'log', value: '/var/log', source: 'default', waiting: false, sources: ['tag log', 'default'] },
    { name: 'days', value: '3', source: 'given', waiting: false },
  ]);
  expect(shown.steps.map(({ decision, waiting, command }) => [decision, waiting, command])).toEqual([
    ['waits', ['unit'], null],
    ['waits', ['unit'], null],
    ['asks', [], "find '/var/log' -name '*.gz' -mtime '3' -delete"],
    ['asks', [], null],
  ]);
  expect(shown.targets).toMatchObject({ from: 'alarm', maximum: 1, instances: [], waiting: true });
});

test('the alarm’s values, targets and steps are shown for people too', async () => {
  expect(await plan(runbook(), '--alarm', alarm({ tags: { log: '/srv/log' } }), '--policy', live())).toBe(0);
  for (const line of [
    /^restart, Restart the worker$/m,
    /^ {2}mode live; environment production$/m,
    /^ {2}worker-7 \(object\)$/m,
    /^ {2}dimension Unit = worker$/m,
    /^ {2}this runbook fits with confidence 0\.95\d*: the alarm's name fits worker-\*$/m,
    /^ {2}unit = worker {2}\(the alarm’s dimension Unit\)$/m,
    /^ {2}log = \/srv\/log {2}\(the alarm’s tag log\)$/m,
    /^ {2}days = 7 {2}\(default\)$/m,
    /^ {2}i-0123456789abcdef0 \(the alarm’s InstanceId\), at most 1$/m,
    /^ {3}read_only → proceeds: changes nothing\n {5}│ systemctl status 'worker'$/m,
    /^ {3}modifying → asks 1 of ana, ben in incidents, within 900 s: modifying: a person must approve\n {5}│ systemctl restart 'worker'$/m,
    /^ {3}rollback\n {5}modifying → asks .*\n {7}│ systemctl stop 'worker'$/m,
    /^ {5}destructive: deletes files \(find\.delete\) find '\/srv\/log' .* -delete$/m,
    /^4\. Tell the shop\n {3}manual → asks 1 of ana, ben/m,
    /^Would be refused\n {2}nothing$/m,
  ])
    expect(out).toMatch(line);
});

test('a destructive step that rests on a default is refused once the alarm is known, and says what it lacks', async () => {
  const strict = file('strict.md', readFileSync(runbook(), 'utf8').replace('    destructive_default: true\n', ''));
  const unknown = await planned(strict, '--policy', live());
  expect(unknown.steps[2]?.decision).toBe('asks');
  out = '';
  const known = await planned(strict, '--alarm', alarm({ tags: { team: 'x' } }), '--policy', live());
  expect(known.refused.map(({ step, rule }) => [step, rule])).toEqual([[3, 'default_value']]);
  expect(known.refused[0]?.text).toContain("log is only the runbook's default: the alarm has no tag log");
});

test('the declared level raises, and the floor’s reasons stay', async () => {
  const raised = steps.replace('```bash risk=modifying', '```bash risk=destructive');
  const [, step] = (await planned(runbook('', raised), '--alarm', alarm(), '--policy', live())).steps;
  expect(step?.risk).toMatchObject({ level: 'destructive', floor: 'modifying', declared: 'destructive' });
  expect(step?.risk.reasons).toContainEqual(
    expect.objectContaining({ level: 'modifying', excerpt: "systemctl restart 'worker'", text: expect.any(String) }),
  );
  expect(step?.reasons).toContainEqual({
    rule: 'mutation',
    text: 'destructive: a person must approve',
    decision: 'ask',
  });
});

test('several hosts: how many are allowed, and how many each send takes', async () => {
  const fleet = runbook('targets:\n  tags: { role: worker }\n  max: 8\n');
  const shown = await planned(
    fleet,
    '--param',
    'unit=worker',
    '--policy',
    live('environments: { production: { max_targets: 6 } }\n'),
  );
  expect(shown.targets).toEqual({
    from: 'tags',
    tags: { role: 'worker' },
    maximum: 8,
    allowed: 6,
    instances: [],
    waiting: true,
  });
  expect(shown.steps.map(({ waves }) => waves)).toEqual([[6], [1, 2, 3], [1, 2, 3], []]);
});

describe('what would be refused', () => {
  const halts = (shown: Preview) => shown.refused.map(({ step, part, rule }) => [step, part, rule]);

  test('in an environment that the runbook does not name', async () => {
    const policy = live('environments: { staging: { accounts: ["123456789012"] } }\n');
    const only = runbook('environments: [staging]\n');
    const refused = await planned(only, '--alarm', alarm(), '--policy', policy, '--environment', 'production');
    expect(halts(refused)).toContainEqual([2, 'run', 'runbook_environment']);
    expect(refused.steps[1]).toMatchObject({ decision: 'refused', approvers: [], required: 0 });
    out = '';
    const allowed = await planned(only, '--alarm', alarm(), '--policy', policy, '--environment', 'staging');
    expect(allowed).toMatchObject({ environment: 'staging', refused: [] });
  });

  test('while a change freeze is in force; one that is ahead is only named', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-11-28T12:00:00Z'), toFake: ['Date'] });
    const window = (from: string, to: string) =>
      live(`environments: { production: { freeze: [{ from: "${from}", to: "${to}", reason: Black Friday }] } }\n`);
    const now = await planned(
      runbook(),
      '--alarm',
      alarm(),
      '--policy',
      window('2026-11-27T00:00:00Z', '2026-12-01T00:00:00Z'),
    );
    expect(halts(now)).toEqual([
      [2, 'run', 'freeze'],
      [3, 'run', 'freeze'],
    ]);
    expect(now.steps[1]?.rollback?.decision).toBe('asks');
    expect(now.safeguards.freeze).toMatchObject([{ reason: 'Black Friday', inForce: true, mutations: 'halt' }]);
    out = '';
    const ahead = await planned(
      runbook(),
      '--alarm',
      alarm(),
      '--policy',
      window('2026-12-24T00:00:00Z', '2026-12-27T00:00:00Z'),
    );
    expect(ahead).toMatchObject({ refused: [], safeguards: { freeze: [{ inForce: false }] } });
  });

  test('where nobody may approve', async () => {
    const shown = await planned(runbook(), '--alarm', alarm(), '--policy', file('nobody.yaml', 'mode: live\n'));
    expect(halts(shown)).toContainEqual([2, 'run', 'approvers']);
    expect(shown.steps[0]?.decision).toBe('proceeds');
  });

  test('for an alarm that lacks a value: no plan is made, no step runs', async () => {
    const shown = await planned(
      runbook(),
      '--alarm',
      alarm({ dimensions: { InstanceId: 'i-0123456789abcdef0' } }),
      '--policy',
      live(),
    );
    expect(shown.parameters[0]).toMatchObject({ name: 'unit', value: null, source: 'missing', waiting: false });
    expect(shown.refused).toContainEqual({
      step: null,
      part: null,
      rule: 'plan.refused',
      text: 'parameter unit of restart has no value: it comes from dimension Unit, and the alarm has the dimensions InstanceId and the tags none',
    });
    expect(shown.match?.excluded).toMatch(
      /its parameter unit comes from the dimension Unit, which the alarm does not have/,
    );
    expect(shown.steps.map(({ decision }) => decision)).toEqual(['refused', 'refused', 'refused', 'refused']);
  });

  test('for an alarm without an instance', async () => {
    const shown = await planned(runbook(), '--alarm', alarm({ dimensions: { Unit: 'worker' } }), '--policy', live());
    const refused = { rule: 'plan.refused', text: expect.stringContaining('no dimension InstanceId') };
    expect(shown.refused).toContainEqual(expect.objectContaining(refused));
    out = '';
    const odd = await planned(
      runbook(),
      '--alarm',
      alarm({ dimensions: { Unit: 'worker', InstanceId: 'web-1' } }),
      '--policy',
      live(),
    );
    expect(odd.refused).toMatchObject([{ text: '"web-1" is no instance that Systems Manager manages here' }]);
  });

  test('for an alarm that it does not answer', async () => {
    const shown = await planned(runbook(), '--alarm', alarm({ name: 'db-7' }), '--policy', live());
    expect(halts(shown)).toEqual([[null, null, 'plan.no_match']]);
    expect(shown.match).toEqual({ runbookId: null, confidence: null, why: null, excluded: null, chosenBy: 'nobody' });
    expect(shown.steps[1]).toMatchObject({ decision: 'asks', command: "systemctl restart 'worker'" });
  });

  test('where another runbook of its folder answers better, that one is named', async () => {
    file('exact.md', `---\n${front.replace('id: restart', 'id: exact').replace('worker-*', 'worker-7')}---\n${steps}`);
    expect(await plan(runbook(), '--alarm', alarm(), '--policy', live())).toBe(0);
    expect(out).toMatch(/! the alarm would be given exact, not this one/);
  });

  test('a script that never runs: the plan says so, and validate’s problem makes it exit 1', async () => {
    const never = runbook('', steps.replace('systemctl restart {{ unit }}', 'rm -rf /'));
    expect(await plan(never, '--alarm', alarm(), '--policy', live(), '--json')).toBe(1);
    expect(JSON.parse(out).steps[1]).toMatchObject({
      decision: 'refused',
      command: 'rm -rf /',
      risk: { level: 'forbidden' },
    });
    expect(complaints).toMatch(/✗ .*restart\.md:\d+(?::\d+)?: this script is forbidden/);
  });
});

test('a standing approval of the policy lets a change proceed, and says whose', async () => {
  vi.useFakeTimers({ now: Date.parse('2026-11-28T12:00:00Z'), toFake: ['Date'] });
  const policy = live(`environments: { staging: { accounts: ["123456789012"] } }
standing_approvals:
  - { environment: staging, level: modifying, owner: ana, reason: harmless, granted: 2026-11-01T00:00:00Z, expires: 2026-12-01T00:00:00Z }
`);
  const shown = await planned(runbook(), '--alarm', alarm(), '--policy', policy, '--environment', 'staging');
  expect(shown.steps.map(({ decision }) => decision)).toEqual(['proceeds', 'proceeds', 'asks', 'asks']);
  expect(shown.assumptions).toContain('nothing was changed under a standing approval yet');
  expect(shown.steps[1]?.standing).toMatchObject({ owner: 'ana', reason: 'harmless' });
});

test('keys of an alarm that mean nothing are named, and change nothing', async () => {
  expect(
    await plan(runbook(), '--alarm', alarm({ dimension: { Unit: 'x' }, id: 7 }), '--policy', live(), '--json'),
  ).toBe(0);
  expect(complaints).toMatch(/! .*alarm\.json: dimension, id means nothing here/);
  expect(JSON.parse(out).parameters[0]).toMatchObject({ name: 'unit', value: 'worker' });
});

describe('bad input ends with what, where and what is allowed', () => {
  test.each([
    [
      'a value that its type refuses',
      ['--param', 'unit=-x'],
      /✗ --param unit: must be a systemd unit such as nginx\.service.*; it is "-x"/,
    ],
    ['one that is too high', ['--param', 'days=99'], /✗ --param days: must be at most 30; it is "99"/],
    [
      'an unknown parameter',
      ['--param', 'unti=nginx'],
      /✗ --param unti: runbook restart has no such parameter; it has unit, log, days/,
    ],
    ['no value', ['--param', 'unit'], /✗ --param "unit" is no name=value; write it like --param unit=nginx/],
    ['an empty value', ['--param', 'unit='], /✗ --param unit: must not be empty/],
    ['a parameter twice', ['--param', 'days=1', '--param', 'days=2'], /✗ --param days is given twice/],
    [
      'an unknown environment',
      ['--environment', 'prod'],
      /✗ --environment prod: the policy has no such environment; it has production/,
    ],
  ])('%s', async (_what, words, message) => {
    expect(await plan(runbook(), '--policy', live(), ...words)).toBe(1);
    expect(complaints).toMatch(message);
    expect(out).toBe('');
  });

  test('every wrong value at once', async () => {
    expect(await plan(runbook(), '--policy', live(), '--param', 'days=x', '--param', 'log=var')).toBe(1);
    expect(complaints).toMatch(/--param days: [\s\S]*--param log: |--param log: [\s\S]*--param days: /);
  });

  test('a value of the alarm that its type refuses', async () => {
    const hostile = alarm({ dimensions: { Unit: '--help', InstanceId: 'i-0123456789abcdef0' } });
    expect(await plan(runbook(), '--alarm', hostile, '--policy', live())).toBe(1);
    expect(complaints).toMatch(/unit must be a systemd unit .*; the alarm's dimension Unit says "--help"/);
  });

  test('an invalid runbook, with the problems of validate', async () => {
    const broken = file('broken.md', `---\n${front.replace('severity: low', 'severity: urgent')}---\n${steps}`);
    expect(await plan(broken, '--policy', live())).toBe(1);
    expect(complaints).toMatch(/✗ .*broken\.md:5(?::\d+)?: severity is "urgent": must be one of/);
  });

  test.each([
    [
      'an unknown id',
      ['no-such'],
      /no runbook no-such: \.\/runbooks has cache-down, .*service-down; name one of these, or a file/,
    ],
    ['a folder', ['./runbooks'], /cannot read \.\/runbooks: it is a folder\. It is to be a runbook: one Markdown file/],
    [
      'an alarm that is not there',
      ['disk-full', '--alarm', 'no.json'],
      /cannot read no\.json: there is no such file\. It is to be the alarm/,
    ],
    ['a folder for an alarm', ['disk-full', '--alarm', 'runbooks'], /cannot read runbooks: it is a folder/],
    [
      'a policy that is not there',
      ['disk-full', '--policy', 'no.yaml'],
      /cannot read no\.yaml: .*the policy file; name yours: --policy FILE/,
    ],
    [
      'an alarm that is none',
      ['disk-full', '--alarm', 'biome.json'],
      /biome\.json: it is no alarm: expected an alarm as DescribeAlarms gives it/,
    ],
  ])('%s', async (_what, words, message) => {
    await expect(plan(...words)).rejects.toThrow(message);
  });

  test('a missing file', async () => {
    expect(await plan('./no-such.md')).toBe(1);
    expect(complaints).toMatch(/✗ .*no-such\.md: there is no such file/);
  });

  test('an invalid runbook, as JSON', async () => {
    const broken = file('broken.md', `---\n${front.replace('severity: low', 'severity: urgent')}---\n${steps}`);
    expect(await plan(broken, '--policy', live(), '--json')).toBe(1);
    const [report] = JSON.parse(out).files;
    expect(report).toMatchObject({ file: broken });
    expect(report.problems).toContainEqual(expect.objectContaining({ line: 5, column: 11, severity: 'error' }));
  });

  test('a folder named like a runbook, and a policy with a fault', async () => {
    mkdirSync(join(folder, 'x.md'));
    await expect(plan(join(folder, 'x.md'))).rejects.toThrow(/x\.md: it is a folder/);
    await expect(plan(runbook(), '--policy', file('bad.yaml', 'mode: yolo\n'))).rejects.toThrow(
      /bad\.yaml:1:\d+: mode: "yolo"/,
    );
  });
});

describe('a step in which people choose and type', () => {
  const front = `---
id: fix
title: Fix it
owner: platform
severity: low
environments: [production]
match: { alarms: ['fix-*'] }
parameters: { pid: { type: integer, description: The process, from: person } }
---
`;
  const body = `
1. Restart the web server

   - nginx

     \`\`\`bash
     systemctl restart nginx
     \`\`\`
     \`\`\`bash dry-run
     nginx -t
     \`\`\`

   - its process

     \`\`\`bash
     kill -9 {{ pid }}
     \`\`\`
`;

  test('every alternative is shown with its risk, and the step with that of the riskiest', async () => {
    const { steps } = await planned(file('fix.md', front + body));
    expect(steps[0]).toMatchObject({ kind: 'choice', command: null, scriptHash: null, risk: { level: 'destructive' } });
    expect(steps[0]?.alternatives).toMatchObject([
      { title: 'Restart the web server: nginx', command: 'systemctl restart nginx', risk: { level: 'modifying' } },
      { title: 'Restart the web server: its process', decision: 'waits', typing: { parameters: ['pid'] } },
    ]);
    expect(steps[0]?.alternatives[0]?.dryRun?.command).toBe('nginx -t');
    expect(steps[0]?.alternatives[1]?.typing?.by.length).toBeGreaterThan(0);
  });

  test('people read which they may choose, and who types what', async () => {
    await plan(file('fix.md', front + body));
    expect(out).toMatch(/a person of .* chooses one of 2 \(in dry_run: skipped, and none is run\)/);
    expect(out).toMatch(
      /2\) Restart the web server: its process[\s\S]*first a person types pid: asked of .*may not approve it/,
    );
    expect(out).toContain('pid  a person types it on a card');
  });

  test('a value that is given for it is judged like any other', async () => {
    const { steps } = await planned(file('fix.md', front + body), '--param', 'pid=77');
    expect(steps[0]?.alternatives[1]).toMatchObject({ command: "kill -9 '77'", typing: null });
    expect(await plan(file('fix.md', front + body), '--param', 'pid=x')).toBe(1);
    expect(complaints).toMatch(/pid: must be a whole number/);
  });
});
